// Decides when dates, money, engine or access of a course want a word.
// Leaves sums to cost.
import { unsupported } from '../../core/release.ts'
import { nearest } from '../../course/suggest.ts'
import { finding, unlessRehearsed, type Finding, type Rule } from '../draft.ts'

export const courseOver: Rule = (draft) => {
  const { end } = draft.course
  if (end > draft.policy.today) return []
  return [
    finding(draft, unlessRehearsed(draft, 'error'), 'course-over', ['course', 'end'], {
      title: `the course ended on ${end}`,
      why: 'from that day on everything is taken down; renting for it would be a mistake',
      fix: 'write the dates of the next one',
    }),
  ]
}

export const budgetExceeded: Rule = (draft) => {
  const { budget } = draft.course
  if (!budget || draft.cost.total.cents <= budget.cents) return []
  const over = budget.times(-1).plus(draft.cost.total)
  return [
    finding(draft, unlessRehearsed(draft, 'error'), 'budget-exceeded', ['budget'], {
      title: `${draft.cost.total} exceed the budget of ${budget} by ${over}`,
      why: `the largest line is ${[...draft.cost.lines].sort((a, b) => (b.amount?.cents ?? 0) - (a.amount?.cents ?? 0))[0]?.what ?? 'none'}`,
      fix: 'a smaller or shorter-rented server, or a larger budget',
    }),
  ]
}

/** Days after which a listed price is no longer believed without a look. */
const priceAge = 180

export const prices: Rule = (draft) => {
  const unknown = draft.cost.lines.filter((line) => line.amount === null)
  const old = draft.cost.lines.filter((line) => line.kind === 'server' && line.seen !== null)
  const findings: Finding[] = unknown.map((line) =>
    finding(draft, unlessRehearsed(draft, 'warning'), 'price-unknown', pathOf(line.what), {
      title: `${line.what}: no price is known, so the total is without it`,
      why: 'bateau does not invent figures',
      fix: 'write its price: price: {monthly: 15.99}',
    }),
  )
  for (const line of old) {
    const days = Math.floor(
      (Date.parse(draft.policy.today) - Date.parse(line.seen ?? draft.policy.today)) / 86_400_000,
    )
    findings.push(
      finding(
        draft,
        days > priceAge ? unlessRehearsed(draft, 'warning') : 'info',
        'price-from-catalogue',
        pathOf(line.what),
        {
          title: `${line.what}: price as read on ${line.seen}, ${days} days ago`,
          why: 'it is without VAT, and a set-up fee that is not known is not counted; prices change',
          fix: "look at the provider's page and write the price into the course file",
        },
      ),
    )
  }
  return findings

  function pathOf(what: string) {
    const index = draft.course.servers.findIndex(
      (server) => what === server.name || what.startsWith(`${server.name} `),
    )
    return ['servers', Math.max(0, index)]
  }
}

/** Of servers that were looked at; one that is not known yet is looked at before anything is changed on it. */
export const engineUnfit: Rule = (draft) =>
  draft.servers.flatMap((server) => {
    const reason = server.facts ? unsupported(draft.course.engine, server.facts.os) : null
    return reason === null
      ? []
      : [
          finding(draft, 'error', 'host-unsupported', ['engine'], {
            title: `${server.name} cannot have this cloud: its distribution does not fit`,
            ...reason,
          }),
        ]
  })

/** A path of `engine.git_base` does not help: a rehearsed server is new, and has nothing there. */
export const devstackWithoutGit: Rule = (draft) => {
  const { engine, rehearsal } = draft.course
  if (!draft.policy.rehearsal || engine.kind !== 'devstack' || rehearsal.git !== null) return []
  return [
    finding(draft, 'error', 'devstack-without-git', ['rehearsal', 'git'], {
      title: 'DevStack has nowhere to clone OpenStack from',
      why: "servers of a rehearsal reach nothing but this machine's Debian archive and Python index",
      fix: 'name a directory with openstack/NAME.git here: rehearsal: {git: /srv/git}',
    }),
  ]
}

/** Ports of the control plane, none of which may face the internet. */
const inner: Readonly<Record<number, string>> = {
  3306: 'MariaDB',
  5672: 'RabbitMQ',
  15672: 'RabbitMQ management',
  11211: 'memcached',
  2379: 'etcd',
  2380: 'etcd',
  5000: 'Keystone',
  35357: 'Keystone',
  8774: 'Nova',
  8775: 'Nova metadata',
  8778: 'Placement',
  9292: 'Glance',
  9696: 'Neutron',
  8776: 'Cinder',
  6080: 'noVNC',
  6641: 'OVN northbound',
  6642: 'OVN southbound',
  6640: 'Open vSwitch',
  16509: 'libvirt',
  4369: 'Erlang',
  25672: 'Erlang',
}

export const innerPortOpen: Rule = (draft) =>
  draft.course.access.open.flatMap(({ port }, i) => {
    const service = inner[port] ?? (port >= 5900 && port <= 6100 ? 'VNC consoles' : undefined)
    if (service === undefined) return []
    return [
      finding(draft, 'error', 'control-plane-port', ['access', 'open', i, 'port'], {
        title: `port ${port} is ${service}, which must not face the internet`,
        why: 'such services trust whoever reaches them; the API and the dashboard are behind TLS on 443 already',
        fix: 'remove it; from your own machine reach it through SSH: ssh -L',
      }),
    ]
  })

/** Codes that `accept` may name: errors that a person can take on himself. */
export const acceptable = [
  'rotational-disk',
  'volume-on-local-disk',
  'budget-exceeded',
  'disk-short',
  'uplink-in-bridge',
  'course-over',
  'duid-from-mac',
  'duid-type',
  'control-plane-port',
] as const

export const acceptsUnknown: Rule = (draft) =>
  draft.course.accept.flatMap((code, i) => {
    if (acceptable.some((known) => known === code)) return []
    const guess = nearest(code, acceptable)
    return [
      finding(draft, 'warning', 'accepts-unknown', ['accept', i], {
        title: `${code} is no finding that can be accepted`,
        why: `these can: ${acceptable.join(', ')}`,
        fix: guess === undefined ? 'remove it' : `did you mean ${guess}?`,
      }),
    ]
  })

// Decides which variables have no effect because of what else is set or left out, and why.
// Leaves which variable needs what to ../../variables.
import type { Cite } from '../../names/cite.ts'
import { isIn } from '../../names/source.ts'
import type { Need } from '../../variable.ts'
import { variables } from '../../variables.ts'
import { about, type Draft, type Given, type Rule } from '../finding.ts'

type Condition = { holds: (given: Given) => boolean; why: (given: Given) => string; cite?: Cite }

const service = (what: string, ...names: string[]): Condition => ({
  holds: (given) => given.services.isUnsure || given.isOn(...names),
  why: () => `${what} is not on (enable_service ${names[0] ?? ''})`,
})

const conditions: Record<Need, Condition> = {
  'ovs-agent': {
    holds: ({ value }) => value('Q_AGENT') !== 'ovn',
    why: () =>
      'it is read by the agent of ML2/OVS only, and this DevStack runs OVN (Q_AGENT=ovn, the default)',
    cite: 'ovsMappings',
  },
  ovn: {
    holds: ({ value }) => value('Q_AGENT') === 'ovn',
    why: ({ value }) => `it is read for OVN only, and Q_AGENT is ${value('Q_AGENT') ?? 'another one'}`,
    cite: 'agent',
  },
  ipv4: {
    holds: ({ value }) => value('IP_VERSION') !== '6',
    why: () => 'IP_VERSION=6 makes no IPv4 network',
    cite: 'privateSubnet4',
  },
  ipv6: {
    holds: ({ value }) => value('IP_VERSION') !== '4',
    why: () => 'IP_VERSION=4 makes no IPv6 network',
    cite: 'ipVersion',
  },
  'service-6': {
    holds: ({ value, isOn, conf }) =>
      value('SERVICE_IP_VERSION') === '6' ||
      value('TUNNEL_IP_VERSION') === '6' ||
      isOn('tls-proxy') ||
      conf.statements.some(({ kind, text }) => kind !== 'comment' && /\$\{?HOST_IPV6\b/.test(text)),
    why: () =>
      'SERVICE_IP_VERSION and TUNNEL_IP_VERSION are both 4: the APIs, the dashboard and the catalogue are IPv4, only instances have IPv6',
    cite: 'serviceVersion',
  },
  'initial-networks': {
    holds: ({ value }) => value('NEUTRON_CREATE_INITIAL_NETWORKS') === 'True',
    why: () => 'NEUTRON_CREATE_INITIAL_NETWORKS is False: no network is made',
    cite: 'initialNetworks',
  },
  // Seen in a real run of 2026.1: the mapping then is `public:br-ex`, whatever the variable says.
  'ovn-networks': {
    holds: ({ value }) => value('Q_AGENT') === 'ovn' && value('NEUTRON_CREATE_INITIAL_NETWORKS') === 'True',
    why: ({ value }) =>
      value('Q_AGENT') === 'ovn'
        ? 'it is read when the public bridge is made, which NEUTRON_CREATE_INITIAL_NETWORKS=False leaves out'
        : `it is read for OVN only, and Q_AGENT is ${value('Q_AGENT') ?? 'another one'}`,
    cite: 'initialNetworks',
  },
  'provider-networking': {
    holds: ({ value }) => value('Q_USE_PROVIDER_NETWORKING') === 'True',
    why: () =>
      'it counts with Q_USE_PROVIDER_NETWORKING=True only, which is not the same as Q_USE_PROVIDERNET_FOR_PUBLIC',
    cite: 'providerNet',
  },
  cinder: service('Cinder', 'c-api', 'c-sch', 'c-vol', 'c-bak', 'cinder'),
  swift: service('Swift', 's-proxy', 's-object', 's-container', 's-account', 'swift'),
  tempest: service('Tempest', 'tempest'),
  horizon: service('Horizon', 'horizon'),
  novnc: service('noVNC', 'n-novnc'),
  spice: {
    holds: (given) => given.isOn('n-spice') || given.value('NOVA_SPICE_ENABLED') === 'True',
    why: () => 'SPICE is not on (enable_service n-spice)',
  },
  etcd3: service('etcd', 'etcd3'),
  mysql: {
    holds: ({ value, isOn }) => !isOn('postgresql') && value('DATABASE_TYPE') !== 'postgresql',
    why: () => 'the database is PostgreSQL',
    cite: 'databaseType',
  },
  rabbit: service('RabbitMQ', 'rabbit'),
  ldap: service('LDAP', 'ldap'),
  'tls-proxy': service('the TLS proxy', 'tls-proxy'),
  'dhcp-agent': {
    holds: (given) => given.isOn('q-dhcp', 'neutron-dhcp'),
    why: () => 'the DHCP agent is not on; OVN answers DHCP itself',
    cite: 'agent',
  },
  never: { holds: () => false, why: ({ release }) => `nothing in DevStack ${release} goes by it any more` },
}

/** A reason that is more exact than "nothing goes by it"; 2025.2 took out what went by GLANCE_HOSTPORT. */
function exactly(name: string, { release }: Given): { why: string; cite: Cite } | undefined {
  if (name !== 'GLANCE_HOSTPORT' || !isIn('glanceUrl', release)) return undefined
  return {
    why: 'only a Glance without uWSGI goes by it, and stack.sh stops when WSGI_MODE is anything but uwsgi',
    cite: 'glanceUrl',
  }
}

const effects: Rule = (given) =>
  [...given.settings.final.values()].flatMap((setting): Draft[] => {
    const needs = variables.get(setting.name)?.needs
    const known = given.knows(setting.name)
    if (needs === undefined || !known || setting.text === '' || setting.text === known.default) return []
    const condition = conditions[needs]
    if (condition.holds(given)) return []
    const better = exactly(setting.name, given)
    const cite = better?.cite ?? condition.cite
    return [
      about(setting, {
        code: 'no-effect',
        verdict: 'no-effect',
        title: `${setting.name} has no effect here`,
        why: better?.why ?? condition.why(given),
        fix: 'take the line out',
        source: cite === undefined ? `${known.place}@${given.release}` : given.source(cite),
        mend: { kind: 'out' },
      }),
    ]
  })

/** All that describes the first networks, where none are made. */
const noNetworks: Rule = (given) =>
  conditions['initial-networks'].holds(given)
    ? []
    : [...given.settings.final.values()]
        .filter(({ name }) =>
          /^(?:IPV6_(?!PROVIDER)|FIXED_RANGE|FLOATING_RANGE|SUBNETPOOL_|(?:PUBLIC_)?NETWORK_GATEWAY$|PUBLIC_INTERFACE$|IP_VERSION$)/.test(
            name,
          ),
        )
        .map((setting) =>
          about(setting, {
            code: 'no-effect',
            verdict: 'no-effect',
            title: `${setting.name} has no effect here`,
            why: conditions['initial-networks'].why(given),
            fix: 'take the line out, or make the networks by hand afterwards',
            source: given.source('initialNetworks'),
          }),
        )

const wsgi: Rule = ({ set, source }) => {
  const setting = set('WSGI_MODE')
  if (!setting?.text || setting.text === 'uwsgi') return []
  return [
    about(setting, {
      code: 'wsgi-mode',
      verdict: 'wrong',
      title: `stack.sh stops: WSGI_MODE=${setting.text} is no longer supported`,
      why: 'uwsgi is the only way left to run APIs',
      fix: 'take the line out',
      source: source('uwsgiOnly'),
      mend: { kind: 'out' },
    }),
  ]
}

export const effectRules: readonly Rule[] = [effects, noNetworks, wsgi]

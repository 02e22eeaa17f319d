// Decides how a probed server reads: what was seen in plain words, what it means, and the course file's stanza.
// Leaves the judgement to delivery-kind and the stanza to delivery-stanza.
import type { Evidence } from './delivery-evidence.ts'
import { type DeliveryKind, dhcpWords, type Told } from './delivery-kind.ts'
import type { HeardRouter } from '../wire/discovery.ts'
import { announcedMtu } from '../wire/discovery.ts'

const words: Record<DeliveryKind, string> = {
  routed: 'the block is routed to this server',
  'dhcpv6-pd': 'the block is delegated to this server by DHCPv6',
  'on-link': "the block is on the provider's segment; the server must answer for each address (NDP proxy)",
  'slaac-only': 'one address is delivered, which the server makes itself; instances cannot be served from it',
  'too-small': 'the block is too small for instances',
  'not-delivered': 'the block is not delivered to this server',
  unknown: 'could not tell how IPv6 reaches this server',
}

/** Name and value of everything that was seen. `client`: what would hold a delegated block there. */
export function seenLines(evidence: Evidence, client: string): [what: string, seen: string][] {
  const { facts, manager, addresses, routers, answering, defaultVia, tried, control, how } = evidence
  const none = (list: readonly string[], or: string) => (list.length === 0 ? or : list.join('; '))
  const managedBy = facts.netplanId === null ? manager : `${manager}, by netplan (${facts.netplanId})`
  return [
    ['system', `${facts.os.id} ${facts.os.codename}, systemd ${facts.systemd || 'absent'}`],
    [
      'uplink',
      `${facts.uplink.name}, configured by ${managedBy === 'kernel' ? 'the kernel (ifupdown, or by hand)' : managedBy}`,
    ],
    [
      'addresses',
      none(
        addresses.map(({ address, length, isMade }) => `${address}/${length}${isMade ? ' by SLAAC' : ''}`),
        'none but link-local',
      ),
    ],
    [
      'router',
      none(
        [
          ...routers.map(routerWords),
          ...evidence.discarded.map((why) => `an advertisement was discarded: ${why}`),
        ],
        'nobody announces itself',
      ),
    ],
    [
      'answers',
      none(
        answering.map(({ router }) => String(router)),
        'no router answers a ping to all routers',
      ),
    ],
    ['default route', none(defaultVia.map(String), 'none')],
    [
      'leases',
      none(
        evidence.leases.map(({ prefix, client }) => `${prefix} held by ${client}`),
        'none',
      ),
    ],
    ['DHCPv6', dhcpWords(evidence.dhcp)],
    ['client', client],
    [
      'block',
      evidence.block === null
        ? 'none named, and none seen'
        : `${evidence.block}, ${sources[evidence.blockFrom ?? 'named']}`,
    ],
    [
      'tried',
      how.by === 'ping'
        ? `pings from ${how.from}`
        : how.by === 'reflected'
          ? `replies from ${how.target}: ${how.why}`
          : `nothing: ${how.why}`,
    ],
    ...tried.map(({ address, arrival, words: said }): [string, string] => [
      '',
      `${address}  ${arrivals[arrival]}${said === '' ? '' : `  (${said})`}`,
    ]),
    ...(control
      ? [
          ['own address', `${control.address}  ${arrivals[control.arrival]}  (${control.words})`] as [
            string,
            string,
          ],
        ]
      : []),
  ]
}

const arrivals = {
  'to-us': 'came, framed to this server',
  'asked-for': 'was asked for by neighbour discovery',
  nothing: 'did not come',
} as const
const sources = {
  named: 'as named',
  lease: 'from a lease on the server',
  offer: 'as DHCPv6 offers it',
  route: 'from a route on the server',
  address: 'from an address on the server',
  announced: 'from the announcement of the router',
} as const

function routerWords({ router, advertisement, prefixes, absurd }: HeardRouter): string {
  const mtu = announcedMtu(advertisement)
  const flags = [advertisement.managed && 'M', advertisement.other && 'O'].filter(Boolean).join(' ')
  return [
    `${router} announces itself for ${advertisement.lifetime} s`,
    ...(flags === '' ? [] : [`flags ${flags}`]),
    ...(mtu === null ? [] : [`MTU ${mtu}`]),
    ...prefixes.map(
      ({ prefix, autonomous, onLink }) =>
        `${prefix}${onLink ? ' on the link' : ''}${autonomous ? ', for SLAAC' : ''}`,
    ),
    ...absurd.map((what) => `ignored: ${what}`),
  ].join(', ')
}

/** For a terminal or a log. Ends with a line break. */
export function deliveryText(
  evidence: Evidence,
  told: Told,
  more: { stanza: string | null; client: string },
): string {
  const { stanza, client } = more
  const seen = seenLines(evidence, client).map(([what, text]) => `  ${what.padEnd(14)}${text}`)
  return `${[
    `${evidence.facts.hostname}: ${words[told.kind]}`,
    ...told.because.map((one) => `  because  ${one}`),
    ...told.ways.map((one) => `  you can  ${one}`),
    '',
    'Seen:',
    ...seen,
    ...(stanza === null ? [] : ['', 'In the course file:', '', stanza.trimEnd()]),
  ].join('\n')}\n`
}

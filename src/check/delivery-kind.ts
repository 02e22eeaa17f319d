// Decides how IPv6 reaches a server, from what was seen: routed, delegated, on the link, a single address, or not at all.
// Leaves gathering what was seen to delivery-look, and words and the course file's stanza to delivery-text. Pure.
import type { Address, Prefix } from '../core/prefix.ts'
import type { Evidence } from './delivery-evidence.ts'

export type DeliveryKind =
  | 'routed'
  | 'dhcpv6-pd'
  | 'on-link'
  /** One address, made by the server itself from an announcement; nothing else is delivered. */
  | 'slaac-only'
  /** A /128, a /112: no /64 for SLAAC in it. */
  | 'too-small'
  | 'not-delivered'
  | 'unknown'

export type Told = {
  kind: DeliveryKind
  /** The block as it would stand in the course file. */
  block: Prefix | null
  gateway: 'ra' | Address | null
  nextHop: Address | null
  because: readonly string[]
  /** What a person can do next; for a delivery that carries instances mostly nothing. */
  ways: readonly string[]
}

/** Shortest prefix that SLAAC works on (RFC 4862 section 5.5.3, RFC 7421). */
const slaacLength = 64

export function tellDelivery(evidence: Evidence): Told {
  const { block } = evidence
  const common = { block, gateway: gatewayOf(evidence), nextHop: null }
  if (block !== null && block.length > slaacLength)
    return { ...common, kind: 'too-small', because: [tooSmall(block)], ways: waysOut }
  const seen = evidence.tried.filter(({ arrival }) => arrival !== 'nothing')
  const asked = seen.filter(({ arrival }) => arrival === 'asked-for')
  if (block !== null && asked.length > 0) return onLink(evidence, block, common, asked.length)
  if (block !== null && seen.length > 0) return arrives(evidence, block, common, seen.length)
  return nothingArrives(evidence, common)
}

type Common = Pick<Told, 'block' | 'gateway' | 'nextHop'>

function onLink(evidence: Evidence, block: Prefix, common: Common, asked: number): Told {
  const seen = `the router asked for ${asked} of ${evidence.tried.length} addresses of ${block} by neighbour discovery`
  if (evidence.blockFrom === 'announced')
    return {
      ...common,
      kind: 'unknown',
      because: [
        seen,
        `${block} is what the router announces to everybody on the segment: whose it is cannot be seen`,
      ],
      ways: [
        `if the provider's console gives ${block} to this server alone: bateau probe with --block ${block}`,
        'if the console shows another block: name that one with --block, and the file of its DUID, where it has one, with --duid-file',
      ],
    }
  return {
    ...common,
    kind: 'on-link',
    because: [seen],
    ways: [
      'works, with the server answering for its instances (NDP proxy); ask the provider to route the block to the server: that is better',
    ],
  }
}

function arrives(evidence: Evidence, block: Prefix, common: Common, count: number): Told {
  const seen = `packets for ${count} of ${evidence.tried.length} addresses of ${block} that nobody holds came framed to this server`
  const lease = evidence.leases.find(({ prefix }) => prefix.contains(block))
  if (lease)
    return {
      ...common,
      kind: 'dhcpv6-pd',
      because: [seen, `${lease.client} holds a lease of ${lease.prefix}`],
      ways: [],
    }
  if (offered(evidence, block))
    return {
      ...common,
      kind: 'dhcpv6-pd',
      because: [seen, 'the DHCPv6 server offers it to this DUID'],
      ways: [],
    }
  const { nextHop } = evidence
  return {
    ...common,
    kind: 'routed',
    nextHop: nextHop?.isHeld ? nextHop.address : null,
    because: [
      seen,
      ...(nextHop?.isHeld ? [`the router looks for ${nextHop.address} to deliver them: the next hop`] : []),
    ],
    ways:
      evidence.dhcp.answer === 'not-asked'
        ? [
            'if the console shows a DUID beside the block, a lease is what routes it here: write delivery: dhcpv6-pd',
          ]
        : [],
  }
}

function nothingArrives(evidence: Evidence, common: Common): Told {
  const { block, dhcp, nextHop } = evidence
  const seen = block === null ? [] : [nothingSeen(evidence, block)]
  const told = (
    kind: DeliveryKind,
    because: string[],
    ways: readonly string[],
    more: Partial<Told> = {},
  ): Told => ({
    ...common,
    kind,
    because: [...seen, ...because],
    ways,
    ...more,
  })
  if (dhcp.answer === 'offers') return whatIsOffered(evidence, told)
  if (nextHop && !nextHop.isHeld)
    return told(
      'routed',
      [
        `the router looks for ${nextHop.address} whenever a packet for the block comes, and this server does not have it`,
      ],
      [`compare ${nextHop.address} with the next hop in the provider's console`],
      { nextHop: nextHop.address },
    )
  if (dhcp.answer === 'refuses')
    return told(
      'not-delivered',
      [
        `the DHCPv6 server refuses this DUID: ${dhcp.status}${dhcp.message === '' ? '' : ` (${dhcp.message})`}`,
      ],
      [
        "copy the DUID whole from the provider's console, from beside this very block; a block made lately may take half an hour",
      ],
    )
  if (!isProvenSilent(evidence))
    return told('unknown', [unproven(evidence)], [lookFrom, ...(block === null ? [nameBlock] : [])])
  if (block === null || isAnnounced(evidence, block))
    return told(
      'slaac-only',
      [
        'of the announced prefix the router delivers the address that the server made for itself, and no other',
      ],
      [...waysOut, nameBlock],
    )
  return told('not-delivered', dhcp.answer === 'not-asked' ? [] : [dhcpWords(dhcp)], [
    ...(dhcp.answer === 'not-asked'
      ? ['if the console shows a DUID beside the block: put it in a file, and name that with --duid-file']
      : ['see in the console that IPv6 (and SLAAC, where there is a switch) is on for this server']),
    'ask the provider whether, and to which address, the block is routed',
  ])
}

function whatIsOffered(
  { dhcp, block }: Evidence,
  told: (kind: DeliveryKind, because: string[], ways: readonly string[], more?: Partial<Told>) => Told,
): Told {
  const prefixes = dhcp.answer === 'offers' ? dhcp.prefixes.map(({ prefix }) => prefix) : []
  const said = `the DHCPv6 server offers ${prefixes.join(', ')} to this DUID; nothing was leased`
  const [first] = prefixes
  if (block === null || prefixes.some((prefix) => prefix.contains(block)))
    return told('dhcpv6-pd', [said], [], { block: block ?? first ?? null })
  return told(
    'not-delivered',
    [said],
    [`the DUID belongs to another block: name that one, or take the DUID of ${block}`],
  )
}

const offered = ({ dhcp }: Evidence, block: Prefix): boolean =>
  dhcp.answer === 'offers' && dhcp.prefixes.some(({ prefix }) => prefix.contains(block))

function gatewayOf({ routers, defaultVia, answering }: Evidence): 'ra' | Address | null {
  if (routers.some(({ advertisement }) => advertisement.lifetime > 0)) return 'ra'
  return defaultVia[0] ?? answering[0]?.router ?? null
}

/** Silence says something only where another packet was seen to arrive, or a router said that it has no route. */
const isProvenSilent = ({ control, tried, how }: Evidence): boolean =>
  how.by === 'ping' &&
  ((control !== null && control.arrival !== 'nothing') || tried.some(({ words }) => noRoute.test(words)))

const noRoute = /unreachable: (no route|reject route)/i

function isAnnounced({ routers, blockFrom }: Evidence, block: Prefix): boolean {
  if (blockFrom === 'announced') return true
  return routers.some(({ prefixes }) => prefixes.some(({ prefix }) => prefix.contains(block)))
}

function nothingSeen({ tried, how }: Evidence, block: Prefix): string {
  const words = [...new Set(tried.map((one) => one.words))].filter(Boolean)
  if (how.by === 'nothing') return `whether ${block} arrives could not be tried: ${how.why}`
  return `of packets for ${tried.length} addresses of ${block} none arrived${words.length > 0 ? `; the sender heard: ${words.join('; ')}` : ''}`
}

function unproven({ control, how }: Evidence): string {
  if (how.by === 'nothing') return how.why
  if (how.by === 'reflected')
    return `packets were sent from here with addresses of the block (${how.why}); that no reply came may also be a filter on source addresses`
  return control === null
    ? `the server has no other address whose reachability from ${how.from} would show that looking works`
    : `${control.address}, which the server holds, was not reached from ${how.from} either: ${control.words}`
}

export function dhcpWords(dhcp: Evidence['dhcp']): string {
  switch (dhcp.answer) {
    case 'not-asked':
      return `not asked: ${dhcp.why}`
    case 'silent':
      return 'silent: two questions with the DUID, no answer'
    case 'refuses':
      return `refuses: ${dhcp.status}${dhcp.message === '' ? '' : ` (${dhcp.message})`}`
    case 'absurd':
      return `its answer cannot be used: ${dhcp.why}`
    case 'offers':
      return `offers ${dhcp.prefixes.map(({ prefix, validSeconds }) => `${prefix} for ${validSeconds} s`).join(', ')}`
  }
}

const tooSmall = (block: Prefix): string =>
  block.length === 128
    ? 'a /128 is one address, and that is the server; instances need addresses of their own'
    : `a /${block.length} holds no /64, and SLAAC works on nothing else (RFC 4862 section 5.5.3)`

const waysOut = [
  'ask the provider for a routed or delegated block: a /56 gives every group a network of its own, a /64 carries the instances on one',
  'or take an offer that has one; or bring a routed prefix to the server by a tunnel, and name that as the block',
]
const nameBlock = "if the provider's console shows a block for this server: name it with --block"
const lookFrom = 'look from a place with IPv6: --from HOST, any server that you can log in to'

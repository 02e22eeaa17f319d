// Decides when addresses cannot work: overlapping, unreachable, of the wrong length, or owned by nobody.
// Leaves laying blocks out to addressing.
import { Prefix } from '../../core/prefix.ts'
import type { Path } from '../../course/course.ts'
import { blockLengths, groupsIn, layOut, ownLength } from '../addressing.ts'
import { rangeOf } from '../slots.ts'
import { finding, unlessRehearsed, type Finding, type PlannedServer, type Rule } from '../draft.ts'

type Reserved = { prefix: Prefix; what: string; kind: 'never' | 'paper' | 'lab' }

/** IANA's special-purpose registry, as far as somebody may take such a prefix for a block of theirs. */
const reserved: readonly Reserved[] = [
  {
    prefix: Prefix.of('fe80::/10'),
    what: 'link-local (RFC 4291): valid on one link only, no router passes it on, and SLAAC ignores it as a prefix (RFC 4862 section 5.5.3)',
    kind: 'never',
  },
  {
    prefix: Prefix.of('fc00::/7'),
    what: 'unique local (RFC 4193): the internet does not route it',
    kind: 'never',
  },
  { prefix: Prefix.of('ff00::/8'), what: 'multicast (RFC 4291)', kind: 'never' },
  {
    prefix: Prefix.of('::/8'),
    what: 'reserved (RFC 4291): loopback and IPv4 written as IPv6 are in there',
    kind: 'never',
  },
  { prefix: Prefix.of('2002::/16'), what: '6to4 (RFC 7526: given up)', kind: 'never' },
  {
    prefix: Prefix.of('2001:db8::/32'),
    what: 'for documentation (RFC 3849): nobody routes it',
    kind: 'paper',
  },
  { prefix: Prefix.of('3fff::/20'), what: 'for documentation (RFC 9637): nobody routes it', kind: 'paper' },
  { prefix: Prefix.of('2001:2::/48'), what: 'for benchmarking (RFC 5180): nobody routes it', kind: 'lab' },
]

const isReserved = (prefix: Prefix) =>
  reserved.some((entry) => entry.kind === 'never' && entry.prefix.overlaps(prefix))

/** Every prefix the course file gives for a server, with its place. */
function given(planned: PlannedServer): { name: string; prefix: Prefix; path: Path }[] {
  const base: Path = ['servers', planned.index]
  const { layout } = planned.server
  const all = [
    { name: 'block', prefix: planned.block, path: [...base, 'ipv6', 'block'] },
    { name: 'public', prefix: layout?.public ?? null, path: [...base, 'addressing', 'public'] },
    { name: 'transit', prefix: layout?.transit ?? null, path: [...base, 'addressing', 'transit'] },
    { name: 'pool', prefix: layout?.pool ?? null, path: [...base, 'addressing', 'pool'] },
  ]
  return all.flatMap(({ prefix, ...rest }) => (prefix ? [{ prefix, ...rest }] : []))
}

export const unroutable: Rule = (draft) =>
  draft.servers.flatMap((planned) =>
    given(planned).flatMap(({ name, prefix, path }): Finding[] => {
      if (name !== 'block' && planned.block?.contains(prefix)) return []
      const found = reserved.find((entry) => entry.prefix.overlaps(prefix))
      if (!found || (found.kind !== 'never' && planned.server.provider === 'rehearsal')) return []
      const code = found.kind === 'never' ? 'unroutable-prefix' : 'documentation-prefix'
      return [
        finding(draft, found.kind === 'never' ? 'error' : unlessRehearsed(draft, 'error'), code, path, {
          title: `${planned.name}: ${name} ${prefix} is ${found.kind === 'lab' ? 'a benchmarking prefix' : found.kind === 'paper' ? 'a documentation prefix' : 'not a prefix that the internet routes'}`,
          why: `${found.prefix} is ${found.what}`,
          fix:
            name === 'block'
              ? "write the block that the provider's console shows"
              : `leave addressing.${name} out: bateau takes it from the block`,
        }),
      ]
    }),
  )

/** Public, transit and pool must be parts of the block, and no two of them may share an address. */
export const overlap: Rule = (draft) =>
  draft.servers.flatMap((planned) => {
    const laid = planned.addressing
    if (!laid) return []
    const { layout } = planned.server
    const parts = [
      { name: 'public' as const, prefix: laid.public.prefix },
      ...(laid.transit ? [{ name: 'transit' as const, prefix: laid.transit.prefix }] : []),
      ...(laid.pool ? [{ name: 'pool' as const, prefix: laid.pool }] : []),
    ]
    const asked = (name: 'public' | 'transit' | 'pool') => layout?.[name] ?? null
    const at = (name: string): Path => ['servers', planned.index, 'addressing', name]
    const findings: Finding[] = []
    parts.forEach((part, i) => {
      if (!laid.block.contains(part.prefix) && !isReserved(part.prefix))
        findings.push(
          finding(draft, 'error', 'outside-block', at(part.name), {
            title: `${planned.name}: ${part.name} ${part.prefix} is not in the block ${laid.block}`,
            why: 'the provider sends only the block to this server',
            fix: `leave addressing.${part.name} out, or take a part of the block`,
          }),
        )
      for (const other of parts.slice(0, i)) {
        if (!part.prefix.overlaps(other.prefix)) continue
        // A public prefix that is no /64 covers everything bateau lays out beside it: slaac-needs-64 says so once.
        if (!asked(part.name) && other.name === 'public' && other.prefix.length < 64) continue
        findings.push(
          finding(draft, 'error', 'prefix-overlap', at(asked(part.name) ? part.name : other.name), {
            title: `${planned.name}: ${part.name} ${part.prefix} and ${other.name} ${other.prefix} overlap`,
            why: 'one address would be on two segments, and a route can point to only one of them',
            fix: 'leave both out, and bateau lays them out side by side',
          }),
        )
      }
    })
    return findings
  })

/** SLAAC takes exactly 64 bits for the interface (RFC 4862 section 5.5.3 d): neither more nor less. */
export const slaacLength: Rule = (draft) =>
  draft.servers.flatMap((planned) =>
    (['public', 'transit'] as const).flatMap((name): Finding[] => {
      const prefix = planned.server.layout?.[name]
      if (!prefix || prefix.length === 64) return []
      return [
        finding(draft, 'error', 'slaac-needs-64', ['servers', planned.index, 'addressing', name], {
          title: `${planned.name}: ${name} ${prefix} is not a /64`,
          why: `instances make their own addresses by SLAAC, which needs a /64 exactly${prefix.length < 64 ? '; a shorter one also swallows the block as one segment' : ''}`,
          fix: `take one /64 of it, for example ${prefix.length < 64 ? (prefix.nth(64, 1) ?? prefix) : Prefix.at(prefix.network, 64)}; or leave it out`,
        }),
      ]
    }),
  )

export const blockUnusable: Rule = (draft) =>
  draft.servers.flatMap((planned) => {
    if (!planned.block || planned.server.ipv6?.delivery === 'slaac-only') return []
    const laid = layOut(planned.block, [])
    if (laid.ok) return []
    return laid.faults.map((fault) =>
      finding(draft, 'error', fault.code, ['servers', planned.index, 'ipv6', 'block'], {
        title: `${planned.name}: ${fault.title}`,
        why: fault.why,
        fix: fault.fix,
      }),
    )
  })

/** Instances send everything to their gateway: it must be the host, on the public prefix. */
export const gatewayNotHost: Rule = (draft) =>
  draft.servers.flatMap((planned): Finding[] => {
    const asked = planned.server.layout?.publicGateway
    const laid = planned.addressing
    if (!asked || !laid) return []
    const path: Path = ['servers', planned.index, 'addressing', 'public_gateway']
    const provider = planned.server.ipv6?.gateway
    const inside = laid.public.prefix.containsAddress(asked)
    if (!inside || (provider && provider !== 'ra' && asked.equals(provider)))
      return [
        finding(draft, 'error', 'gateway-not-host', path, {
          title: `${planned.name}: gateway ${asked} is not an address of the server`,
          why: inside
            ? "it is the provider's router, which is not on the instances' segment"
            : `the server has addresses of ${laid.public.prefix} there, and only those can be its`,
          fix: `leave it out, or write ${laid.public.prefix.host(1)}`,
        }),
      ]
    if (asked.equals(laid.public.prefix.network))
      return [
        finding(draft, 'warning', 'gateway-anycast', path, {
          title: `${planned.name}: gateway ${asked} is the subnet-router anycast address`,
          why: 'every router of the segment answers for it (RFC 4291 section 2.6.1), and it is gone whenever forwarding is off',
          fix: `leave it out, or write ${laid.public.prefix.host(1)}`,
        }),
      ]
    return []
  })

export const uplinkInBridge: Rule = (draft) =>
  draft.servers.flatMap((planned): Finding[] => {
    const ports = planned.server.layout?.bridgePorts ?? []
    const uplink = planned.server.ipv6?.uplink ?? planned.facts?.uplink.name
    const wrong = uplink === undefined ? ports : ports.filter((port) => port === uplink)
    if (wrong.length === 0) return []
    return [
      finding(draft, 'error', 'uplink-in-bridge', ['servers', planned.index, 'addressing', 'bridge_ports'], {
        title: `${planned.name}: ${wrong.join(', ')} is ${uplink === undefined ? 'made' : 'the uplink, made'} a port of the public bridge`,
        why: "its address, default route and SSH then hang on the bridge: a restart of Open vSwitch or a reboot cuts the server off, and router announcements no longer reach the host's own interface",
        fix: 'bridge_ports: []; the block is routed to the server, so the bridge needs no outside port',
      }),
    ]
  })

export const sharedBlock: Rule = (draft) =>
  draft.servers.flatMap((planned, i) =>
    draft.servers.slice(0, i).flatMap((other): Finding[] => {
      const findings: Finding[] = []
      if (planned.block && other.block?.overlaps(planned.block))
        findings.push(
          finding(draft, 'error', 'shared-block', ['servers', planned.index, 'ipv6', 'block'], {
            title: `${planned.name} and ${other.name} share ${planned.block.length >= other.block.length ? planned.block : other.block}`,
            why: 'the provider routes a block to one server; the other one sends, and the answers go elsewhere',
            fix: 'give each server a block of its own',
          }),
        )
      const duid = planned.server.ipv6?.duid?.reveal()
      if (duid !== undefined && duid === other.server.ipv6?.duid?.reveal())
        findings.push(
          finding(draft, 'error', 'shared-duid', ['servers', planned.index, 'ipv6'], {
            title: `${planned.name} and ${other.name} show the same DUID`,
            why: 'whichever asks last gets the block, and takes it from the other',
            fix: 'each block has its own DUID: copy the one beside it',
          }),
        )
      return findings
    }),
  )

export const poolTooSmall: Rule = (draft) =>
  draft.servers.flatMap((planned): Finding[] => {
    const laid = planned.addressing
    if (!laid || !draft.course.networks.class) return []
    const path: Path = ['servers', planned.index, 'ipv6', 'block']
    if (!laid.pool)
      return [
        finding(draft, draft.course.networks.direct ? 'warning' : 'error', 'no-class-networks', path, {
          title: `${planned.name}: a /${laid.block.length} has no room for class networks`,
          why: 'each group needs a /64 of its own beside the public and the transit one; all instances share the network `direct`',
          fix: 'ask for a /62 or shorter, or write networks.class: false',
        }),
      ]
    const groups = planned.slots.length
    if (BigInt(groups) <= groupsIn(laid.pool)) return []
    return [
      finding(draft, 'error', 'pool-too-small', path, {
        title: `${planned.name}: ${groups} groups, but the pool ${laid.pool} has ${groupsIn(laid.pool)} /64s`,
        why: 'each group has a network with a /64 of its own',
        fix: `a block of /${Math.max(blockLengths.shortest, 63 - Math.ceil(Math.log2(Math.max(2, groups))))} is enough; or fewer groups`,
      }),
    ]
  })

/** Each group's own networks lie in one range of the pool, beside the class networks. */
export const ownTooMany: Rule = (draft) =>
  draft.servers.flatMap((planned): Finding[] => {
    const laid = planned.addressing
    const { ownNetwork, work } = draft.course.class
    if (!laid || !ownNetwork) return []
    const groups = new Set(planned.placed.map(({ group }) => group))
    const fit = new Set(laid.own?.map(({ group }) => group))
    if (fit.size === groups.size) return []
    const largest = Math.max(...draft.course.groups.map(({ students }) => students.length))
    return [
      finding(draft, 'error', 'own-networks-do-not-fit', ['class', 'own_network'], {
        title: `${planned.name}: own networks for ${groups.size} groups do not fit in ${laid.pool ? `the pool ${laid.pool}` : `a /${laid.block.length}`}`,
        why: `each group has a /${ownLength(largest)} of it, for a /64 a ${work} and some to spare; there is room for ${fit.size}`,
        fix: 'ask for a shorter block, or write class.own_network: false',
      }),
    ]
  })

/** Networks that are there keep their prefixes, and routers of other groups would be asked for them. */
export const ownMoved: Rule = (draft) =>
  draft.servers.flatMap((planned): Finding[] => {
    const known = rangeOf(planned.name, draft.course.enrolment.before)
    if (known === null || planned.ownRange === undefined || planned.ownRange === known) return []
    const size = 2 ** (64 - known)
    return [
      finding(draft, 'error', 'own-networks-would-move', ['students'], {
        title: `${planned.name}: a group has more than ${size} of own networks, which is what its range holds`,
        why: `the groups’ ranges there are /${known}; a larger one would lie where other groups’ networks are`,
        fix: `put some of that group into another one, so that none has more than ${size}`,
      }),
    ]
  })

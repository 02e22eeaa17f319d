// Decides which part of a block serves for what: service, public segment, transit, one /64 for each group.
// Leaves how the block arrives to delivery/, and whether an asked-for layout is sound to lint.
import { bad, good, type Outcome } from '../core/fault.ts'
import { type Address, Prefix } from '../core/prefix.ts'
import type { Addressing, OwnRange, TenantNetwork } from '../core/site.ts'
import type { Layout } from '../course/course.ts'

/**
 * MTU of tenant networks: 1500 of the underlay, less 40 for IPv6 and 58 for Geneve as Neutron counts it with OVN's
 * options (ml2 max_header_size 58).
 */
const tenantMtu = 1500 - 40 - 58

/** Routers' gateways on transit begin at ::a, clear of the host's ::1 and of what a person adds by hand below. */
const firstGateway = 0xan

/** Gateways of seats' own routers: past those of the groups, below what Neutron gives away on transit (::1:0). */
const firstOwnGateway = 0x1000n
const lastOwnGateway = 0xffffn

/** A group's range has room for a quarter more seats than the largest group, and is a /60 at the least. */
const spare = 1.25
const fewestOwn = 16

/** Networks of seats' own: `groups` have them, `seats` is how many the largest group of the course has. */
export type OwnWish = {
  router: 'group' | 'own'
  groups: readonly (string | null)[]
  seats: number
  /** Of the ranges, where they have one already; left out: as ownLength has it. */
  length?: number
}

/** For a server without a usable block. */
export const otherWaysOut =
  'or take an offer that has one; or bring a routed prefix to the server by a tunnel, and write it here as delivery: routed'

/** Shortest and longest block: a provider gives no more than a /32, and SLAAC (RFC 4862) needs a /64. */
export const blockLengths = { shortest: 32, longest: 64 } as const

/**
 * Lays a block out. /61 and shorter: /64 number 0 service, 1 public, 2 transit, the upper half the pool. /62: 0 public,
 * 1 transit, upper half pool. /63 and /64: public alone. A group's place in `groups` is its place in the pool (null: some
 * former group's), so groups added at the end move none. Groups past the end of the pool get no network. `taken` is an address of the provider's that
 * may lie in the block (an on-link gateway): the host then is `::2`.
 * Own networks come from the pool's other end: ranges of one size, so that a group added at the end moves none; ranges
 * that would run into the class networks are left out.
 * Fault codes: `block-too-short`, `block-too-long`.
 */
export function layOut(
  block: Prefix,
  groups: readonly (string | null)[],
  layout: Layout | null = null,
  taken: Address | null = null,
  own: OwnWish | null = null,
): Outcome<Addressing> {
  if (block.length > blockLengths.longest) return bad(tooLong(block))
  if (block.length < blockLengths.shortest) return bad(tooShort(block))
  const parts = partsOf(block)
  const publicPrefix = layout?.public ?? parts.public
  const transit = layout?.transit ?? parts.transit
  const pool = layout?.pool ?? parts.pool
  const first = publicPrefix.host(1)
  const host = layout?.publicGateway ?? (taken?.equals(first) ? publicPrefix.host(2) : first)
  return good({
    block,
    service: parts.service?.host(1) ?? host,
    public: { prefix: publicPrefix, host },
    transit: transit && pool ? { prefix: transit, host: transit.host(1) } : null,
    pool: transit ? pool : null,
    tenants: transit && pool ? tenantsOf(groups, pool, transit) : [],
    ...(own && transit && pool ? { own: ownRanges(own, groups.length, pool, transit) } : {}),
    tenantMtu,
  })
}

/** How many groups a block has room for. */
export function groupsIn(pool: Prefix | null): bigint {
  return pool?.count(64) ?? 0n
}

type Parts = { service: Prefix | null; public: Prefix; transit: Prefix | null; pool: Prefix | null }

function partsOf(block: Prefix): Parts {
  const part = (n: number) => block.nth(64, n) ?? block
  if (block.length >= 63) return { service: null, public: part(0), transit: null, pool: null }
  const pool = block.nth(block.length + 1, 1) ?? null
  if (block.length === 62) return { service: null, public: part(0), transit: part(1), pool }
  return { service: part(0), public: part(1), transit: part(2), pool }
}

function tenantsOf(groups: readonly (string | null)[], pool: Prefix, transit: Prefix): TenantNetwork[] {
  return groups.flatMap((group, i) => {
    const prefix = pool.nth(64, i)
    return prefix && group !== null
      ? [{ name: `class-${group}`, group, prefix, via: transit.host(firstGateway + BigInt(i)) }]
      : []
  })
}

/** The length of a group's range of own /64s. */
export function ownLength(seats: number): number {
  return 64 - Math.ceil(Math.log2(Math.max(fewestOwn, Math.ceil(seats * spare))))
}

function ownRanges(
  { router, groups, seats, length = ownLength(seats) }: OwnWish,
  classNetworks: number,
  pool: Prefix,
  transit: Prefix,
): OwnRange[] {
  const ranges = groups.flatMap((group, i) => {
    const range = pool.nth(length, pool.count(length) - 1n - BigInt(i))
    const inTheWay = classNetworks > 0 && range?.overlaps(pool.nth(64, classNetworks - 1) ?? pool)
    return range && group !== null && !inTheWay ? [{ group, i, range }] : []
  })
  if (router === 'group')
    return ranges.map(({ group, i, range }) => ({
      name: `own-${group}`,
      group,
      prefix: range,
      via: transit.host(firstGateway + BigInt(i)),
    }))
  const size = 1n << BigInt(64 - length)
  return ranges.flatMap(({ group, i, range }) =>
    Array.from({ length: Number(size) }, (_, slot) => ({
      name: `own-${group}-${slot}`,
      group,
      prefix: range.nth(64, slot) ?? range,
      via: firstOwnGateway + BigInt(i) * size + BigInt(slot),
    })).flatMap((one) => (one.via > lastOwnGateway ? [] : [{ ...one, via: transit.host(one.via) }])),
  )
}

function tooLong(block: Prefix) {
  return {
    code: 'block-too-long',
    title: `${block} is longer than a /64${block.length === 128 ? ': a single address' : ''}`,
    why: 'instances make their own addresses by SLAAC, which needs the last 64 bits (RFC 4862, RFC 7421)',
    fix: `ask the provider for a /64 at the least (a /56 gives every group a network of its own); ${otherWaysOut}`,
  }
}

function tooShort(block: Prefix) {
  return {
    code: 'block-too-short',
    title: `${block} is shorter than a /32`,
    why: 'no provider routes as much to one server; it is probably the range that the block comes from',
    fix: 'write the block of this server alone, mostly a /56 or a /48',
  }
}

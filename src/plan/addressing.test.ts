import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Address, Prefix } from '../core/prefix.ts'
import type { Addressing } from '../core/site.ts'
import { groupsIn, layOut } from './addressing.ts'

function laid(block: string | Prefix, groups: readonly string[] = []): Addressing {
  const outcome = layOut(typeof block === 'string' ? Prefix.of(block) : block, groups)
  if (!outcome.ok) throw new RangeError(outcome.faults[0]?.title)
  return outcome.value
}

const brief = ({ service, public: segment, transit, pool }: Addressing) =>
  `${service} | ${segment.prefix} ${segment.host} | ${transit ? `${transit.prefix} ${transit.host}` : '-'} | ${pool ?? '-'}`

describe('a block', () => {
  test.each([
    [
      '2001:db8:17::/56',
      '2001:db8:17::1 | 2001:db8:17:1::/64 2001:db8:17:1::1 | 2001:db8:17:2::/64 2001:db8:17:2::1 | 2001:db8:17:80::/57',
    ],
    [
      '2001:db8::/48',
      '2001:db8::1 | 2001:db8:0:1::/64 2001:db8:0:1::1 | 2001:db8:0:2::/64 2001:db8:0:2::1 | 2001:db8:0:8000::/49',
    ],
    [
      '2001:db8::/32',
      '2001:db8::1 | 2001:db8:0:1::/64 2001:db8:0:1::1 | 2001:db8:0:2::/64 2001:db8:0:2::1 | 2001:db8:8000::/33',
    ],
    [
      '2001:db8:0:8::/61',
      '2001:db8:0:8::1 | 2001:db8:0:9::/64 2001:db8:0:9::1 | 2001:db8:0:a::/64 2001:db8:0:a::1 | 2001:db8:0:c::/62',
    ],
    [
      '2001:db8:0:4::/62',
      '2001:db8:0:4::1 | 2001:db8:0:4::/64 2001:db8:0:4::1 | 2001:db8:0:5::/64 2001:db8:0:5::1 | 2001:db8:0:6::/63',
    ],
    ['2001:db8:0:2::/63', '2001:db8:0:2::1 | 2001:db8:0:2::/64 2001:db8:0:2::1 | - | -'],
    ['2001:db8:0:1::/64', '2001:db8:0:1::1 | 2001:db8:0:1::/64 2001:db8:0:1::1 | - | -'],
  ])('%s is laid out as service, public, transit and pool', (block, text) => {
    expect(brief(laid(block))).toBe(text)
  })

  test.each([
    ['2001:db8::/31', 'block-too-short'],
    ['2001:db8:0:1::/63', 'host-bits'],
    ['2001:d00::/24', 'block-too-short'],
    ['2001:db8::/65', 'block-too-long'],
    ['2001:db8::1/128', 'block-too-long'],
  ])('%s is refused: %s', (text, code) => {
    const parsed = Prefix.parse(text)
    const outcome = parsed.ok ? layOut(parsed.value, []) : parsed
    expect(!outcome.ok && outcome.faults[0]?.code).toBe(code)
  })

  test('gives each group a /64 of the pool and a router address on transit, in order', () => {
    expect(laid('2001:db8:17::/56', ['g1', 'tp-b']).tenants).toEqual([
      {
        name: 'class-g1',
        group: 'g1',
        prefix: Prefix.of('2001:db8:17:80::/64'),
        via: Address.of('2001:db8:17:2::a'),
      },
      {
        name: 'class-tp-b',
        group: 'tp-b',
        prefix: Prefix.of('2001:db8:17:81::/64'),
        via: Address.of('2001:db8:17:2::b'),
      },
    ])
  })

  test('of /56 has room for 128 groups and no more, of /62 for 2', () => {
    expect(groupsIn(laid('2001:db8:17::/56').pool)).toBe(128n)
    expect(laid('2001:db8:17::/56', names(130)).tenants).toHaveLength(128)
    expect(laid('2001:db8:0:4::/62', names(3)).tenants).toHaveLength(2)
    expect(laid('2001:db8:0:1::/64', names(3)).tenants).toHaveLength(0)
  })
})

const names = (count: number) => Array.from({ length: count }, (_, i) => `g${i + 1}`)
const blocks = fc
  .tuple(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), fc.integer({ min: 32, max: 64 }))
  .map(([bits, length]) => Prefix.at(Address.fromBits(bits), length))

describe('any block from /32 to /64', () => {
  test('has all its parts inside it, and no two of them overlap', () => {
    fc.assert(
      fc.property(blocks, fc.nat({ max: 40 }), (block, count) => {
        const { public: segment, transit, pool, tenants, service } = laid(block, names(count))
        const parts = [segment.prefix, ...(transit ? [transit.prefix] : []), ...(pool ? [pool] : [])]
        for (const part of [...parts, ...tenants.map((tenant) => tenant.prefix)])
          expect(block.contains(part)).toBe(true)
        for (const [i, part] of parts.entries())
          for (const other of parts.slice(0, i)) expect(part.overlaps(other)).toBe(false)
        for (const [i, tenant] of tenants.entries()) {
          expect(pool?.contains(tenant.prefix)).toBe(true)
          expect(tenant.prefix.length).toBe(64)
          expect(transit?.prefix.containsAddress(tenant.via)).toBe(true)
          expect(tenant.via.equals(transit?.host ?? service)).toBe(false)
          for (const other of tenants.slice(0, i)) {
            expect(tenant.prefix.overlaps(other.prefix)).toBe(false)
            expect(tenant.via.equals(other.via)).toBe(false)
          }
        }
        expect(block.containsAddress(service)).toBe(true)
        expect(pool?.containsAddress(service) ?? false).toBe(false)
        expect(transit?.prefix.containsAddress(service) ?? false).toBe(false)
        expect(segment.prefix.length).toBe(64)
      }),
    )
  })

  test('moves no group when one is added at the end', () => {
    fc.assert(
      fc.property(blocks, fc.nat({ max: 60 }), fc.integer({ min: 1, max: 20 }), (block, count, more) => {
        const before = laid(block, names(count))
        const after = laid(block, names(count + more))
        expect(after.tenants.slice(0, before.tenants.length)).toEqual(before.tenants)
        expect({ ...after, tenants: [] }).toEqual({ ...before, tenants: [] })
      }),
    )
  })

  test('has a network for every group as long as its pool lasts', () => {
    fc.assert(
      fc.property(blocks, fc.nat({ max: 60 }), (block, count) => {
        const { pool, tenants } = laid(block, names(count))
        const room = groupsIn(pool)
        expect(BigInt(tenants.length)).toBe(BigInt(count) < room ? BigInt(count) : room)
      }),
    )
  })
})

test("the provider's router in the block keeps its address, and the server takes the next", () => {
  const block = Prefix.of('2001:db8:64::/64')
  const outcome = layOut(block, [], null, block.host(1))
  expect(outcome.ok && brief(outcome.value)).toBe('2001:db8:64::2 | 2001:db8:64::/64 2001:db8:64::2 | - | -')
})

describe('networks of seats’ own', () => {
  const own = (block: string, groups: string[], seats: number, router: 'group' | 'own' = 'group') => {
    const outcome = layOut(Prefix.of(block), groups, null, null, { router, groups, seats })
    if (!outcome.ok) throw new RangeError(outcome.faults[0]?.title)
    return outcome.value
  }

  test('are in one range a group from the far end of the pool, behind the router of its class network', () => {
    const { own: ranges, tenants } = own('2001:db8:17::/56', ['g1', 'g2'], 10)
    expect(ranges?.map(({ name, prefix, via }) => `${name} ${prefix} ${via}`)).toEqual([
      'own-g1 2001:db8:17:f0::/60 2001:db8:17:2::a',
      'own-g2 2001:db8:17:e0::/60 2001:db8:17:2::b',
    ])
    expect(ranges?.map(({ via }) => `${via}`)).toEqual(tenants.map(({ via }) => `${via}`))
  })

  test('behind routers each have a gateway for every /64 of the range, whoever takes it', () => {
    const { own: ranges = [] } = own('2001:db8:17::/56', ['g1', 'g2'], 20, 'own')
    expect(ranges).toHaveLength(64)
    expect(ranges[0]).toMatchObject({ name: 'own-g1-0', prefix: Prefix.of('2001:db8:17:e0::/64') })
    expect(`${ranges[0]?.via} ${ranges.at(-1)?.via}`).toBe('2001:db8:17:2::1000 2001:db8:17:2::103f')
  })

  test('stay where they are when a group comes at the end, and never touch a class network or each other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 44, max: 58 }), fc.integer({ min: 1, max: 40 }), (length, seats) => {
        const names = ['g1', 'g2', 'g3']
        const block = `2001:db8::/${length}`
        const [before, after] = [own(block, names.slice(0, 2), seats), own(block, names, seats)]
        const ranges = after.own ?? []
        // A third group in a small pool may leave no room, but moves nobody.
        for (const range of before.own ?? []) {
          const now = ranges.find(({ name }) => name === range.name)
          expect(now === undefined || now.prefix.equals(range.prefix)).toBe(true)
        }
        ranges.forEach((range, i) => {
          expect(after.pool?.contains(range.prefix)).toBe(true)
          expect(range.prefix.count(64) >= BigInt(seats)).toBe(true)
          for (const other of [...after.tenants, ...ranges.slice(0, i)])
            expect(range.prefix.overlaps(other.prefix)).toBe(false)
        })
      }),
    )
  })

  test('are not there without being asked for', () => {
    expect(laid('2001:db8:17::/56', ['g1'])).not.toHaveProperty('own')
  })
})

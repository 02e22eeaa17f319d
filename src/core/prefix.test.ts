import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Address, Prefix } from './prefix.ts'

const address = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }).map((bits) => Address.fromBits(bits))
const length = fc.integer({ min: 0, max: 128 })

describe('an address', () => {
  it('is written as RFC 5952 says, as another implementation writes it', () => {
    fc.assert(
      fc.property(address, (a) => {
        expect(`[${a}]`).toBe(new URL(`http://[${a}]/`).hostname)
        expect(Address.of(a.toString()).equals(a)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::1.2.3.4', '::102:304'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
    ['::', '::'],
  ])('%s is %s', (text, shown) => expect(Address.of(text).toString()).toBe(shown))

  it.each([
    '',
    'fe80::1%eno1',
    '2001:db8::/64',
    '192.0.2.1',
    '1::2::3',
    '12345::',
    'g::',
    '010.1.1.1',
    ' ::1',
  ])('is not %j', (text) =>
    expect(Address.parse(text)).toMatchObject({ ok: false, faults: [{ code: 'bad-address' }] }),
  )

  it('made by SLAAC from a MAC is the one Neutron gives the port', () => {
    const a = Address.eui64(Prefix.of('2001:db8:5:105::/64'), 'fa:16:3e:f9:9e:59')
    expect(a.toString()).toBe('2001:db8:5:105:f816:3eff:fef9:9e59')
    expect(() => Address.eui64(Prefix.of('2001:db8::/56'), 'fa:16:3e:f9:9e:59')).toThrow(/\/64/)
    expect(() => Address.eui64(Prefix.of('2001:db8::/64'), 'fa:16:3e:f9:9e')).toThrow(/MAC/)
  })

  it('is link-local in fe80::/10 and nowhere else', () => {
    expect(Address.of('febf::1').isLinkLocal()).toBe(true)
    expect(Address.of('fec0::1').isLinkLocal()).toBe(false)
  })
})

describe('a prefix', () => {
  it('a /56 gives 256 /64s and no more', () => {
    const block = Prefix.of('2001:db8:0:1100::/56')
    expect(block.count(64)).toBe(256n)
    expect(block.nth(64, 255)?.toString()).toBe('2001:db8:0:11ff::/64')
    expect(block.nth(64, 256)).toBeUndefined()
    expect(block.nth(48, 0)).toBeUndefined()
  })

  it('carves pieces that it contains and that never overlap', () => {
    fc.assert(
      fc.property(
        address,
        length,
        length,
        fc.bigInt(0n, 1n << 20n),
        fc.bigInt(0n, 1n << 20n),
        (a, l, m, i, j) => {
          const block = Prefix.at(a, l)
          const one = block.nth(m, i)
          const two = block.nth(m, j)
          if (!one || !two) return
          expect(block.contains(one)).toBe(true)
          expect(one.overlaps(two)).toBe(i === j)
        },
      ),
    )
  })

  it('is the same after writing and reading', () => {
    fc.assert(
      fc.property(address, length, (a, l) => {
        const prefix = Prefix.at(a, l)
        expect(Prefix.of(prefix.toString()).equals(prefix)).toBe(true)
        expect(prefix.containsAddress(a)).toBe(true)
      }),
    )
  })

  it('with bits after its length is refused, and the fault says the right one', () => {
    expect(Prefix.parse('2001:db8:0:1101::1/56')).toMatchObject({
      ok: false,
      faults: [{ code: 'host-bits', fix: 'write 2001:db8:0:1100::/56' }],
    })
  })

  it.each(['2001:db8::', '2001:db8::/129', '2001:db8::/-1', '2001:db8::/', '/64', '192.0.2.0/24', '::/0x10'])(
    'is not %j',
    (text) => expect(Prefix.parse(text)).toMatchObject({ ok: false }),
  )
})

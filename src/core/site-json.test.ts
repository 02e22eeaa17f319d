import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { site as dhcpv6Site, routedSite } from '../delivery/site.fixture.ts'
import { Address, Prefix } from './prefix.ts'
import { reference } from './secret.ts'
import { asJson, revived, siteOf } from './site-json.ts'

const throughText = (value: unknown): unknown => JSON.parse(JSON.stringify(asJson(value)))

const address = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }).map((bits) => Address.fromBits(bits))
const prefix = fc
  .tuple(address, fc.integer({ min: 0, max: 128 }))
  .map(([at, length]) => Prefix.at(at, length))
const secret = fc.constantFrom('duid/os1', 'a', 'x9/y_z.k-0').map(reference)
const key = fc.string().filter((text) => !text.startsWith('$') && text !== '__proto__')
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    address,
    prefix,
    secret,
    fc.string().filter((text) => !text.includes('{{secret:')),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('tree')),
    fc.dictionary(key, tie('tree'), { noNullPrototype: true }),
  ),
}))

describe('a value in a file', () => {
  it('comes back as it was, whatever it is', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(revived(throughText(value))).toEqual({ ok: true, value })
      }),
    )
  })

  it('holds no reference that an installer would put the secret in place of', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(JSON.stringify(asJson(value))).not.toContain('{{secret:')
      }),
    )
    expect(() => asJson(`my ${reference('duid/os1')}`)).toThrow(RangeError)
  })

  it('that is not of this form is a fault, never an exception', () => {
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.record({ $address: fc.string() }),
      fc.record({ $prefix: fc.string() }),
      fc.record({ $else: fc.string() }),
    )
    fc.assert(
      fc.property(odd, (json) => {
        expect(typeof siteOf(json).ok).toBe('boolean')
      }),
    )
    expect(revived({ $address: 'nowhere' })).toMatchObject({
      ok: false,
      faults: [{ code: 'unreadable-value' }],
    })
  })
})

describe('a site in a file', () => {
  it.each([
    ['delegated', dhcpv6Site],
    ['routed by announcement', routedSite('ra')],
    ['routed by an address', routedSite(Address.of('fe80::1'))],
  ])('comes back as it was: %s', (_, site) => {
    expect(siteOf(throughText(site))).toEqual({ ok: true, value: site })
  })

  it.each(['name', 'facts', 'delivery', 'addressing'])('without its %s is refused', (part) => {
    const { [part]: _, ...rest } = throughText(dhcpv6Site) as Record<string, unknown>
    expect(siteOf(rest)).toMatchObject({ ok: false, faults: [{ code: 'unreadable-value' }] })
  })
})

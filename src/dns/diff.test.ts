// What is decided to change, with a zone in memory: only what is bateau's, all of it, and nothing twice.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { carryOut } from '../../test/fake/openstack/run.ts'
import { FakeZone } from '../../test/fake/zone.ts'
import { compare } from './diff.ts'
import { readMarker, writeMarker } from './marker.ts'
import { addressRecords } from './names.ts'
import type { Rrset } from './record.ts'
import { zoneTask } from './zone-task.ts'

const names = ['os1', 'jump1', 'vm1.alice', 'vm2.alice', 'vm1.bob', 'web.carol']
const addresses = ['2001:db8::1', '2001:db8::2', '192.0.2.1']
const hosts = fc.uniqueArray(fc.constantFrom(...names), { maxLength: 6 }).chain((some) =>
  fc.tuple(
    ...some.map((name) =>
      fc.record({
        name: fc.constant(name),
        addresses: fc.uniqueArray(fc.constantFrom(...addresses), { minLength: 1 }),
      }),
    ),
  ),
)
const wishes = fc.record({ hosts, ttl: fc.constantFrom(60, 300) })
const strangers = fc.uniqueArray(fc.constantFrom(...names, 'www'), { maxLength: 3 }).chain((some) =>
  fc.tuple(
    ...some.map((name) =>
      fc.record({
        name: fc.constant(name),
        type: fc.constantFrom('AAAA' as const, 'A' as const, 'CNAME' as const),
        ttl: fc.constant(3600),
        data: fc.constant(['2001:db8::99']),
      }),
    ),
  ),
)

const make = (
  zone: FakeZone,
  wish: { hosts: readonly { name: string; addresses: string[] }[]; ttl: number },
) =>
  carryOut([
    zoneTask(
      {
        course: 'v6',
        hand: zone,
        desired: addressRecords(wish.hosts, wish.ttl),
        ttl: wish.ttl,
        partial: false,
      },
      { seen() {}, failed() {} },
    ),
  ])

const text = ({ name, type, ttl, data }: Rrset) => `${name} ${ttl} ${type} ${data.join(' ')}`
const plain = (records: readonly Rrset[]) =>
  records
    .filter(({ type }) => type !== 'TXT')
    .map(text)
    .toSorted()

it('ends at the wish, once is as good as twice, strangers are untouched, and nothing stays', () =>
  fc.assert(
    fc.asyncProperty(strangers, fc.array(wishes, { minLength: 1, maxLength: 4 }), async (others, path) => {
      const zone = new FakeZone(others)
      const taken = new Set(others.map(({ name }) => name))
      for (const wish of path) {
        await make(zone, wish)
        const wanted = addressRecords(wish.hosts, wish.ttl).filter(({ name }) => !taken.has(name))
        expect(plain(zone.records)).toEqual(plain([...others, ...wanted]))
        const { updates } = zone
        expect((await make(zone, wish)).kept).toHaveLength(1)
        expect(zone.updates).toBe(updates)
      }
      await make(zone, { hosts: [], ttl: 300 })
      expect(zone.records.map(text).toSorted()).toEqual(others.map(text).toSorted())
    }),
  ))

it('keeps names that it holds while not all is known, and still brings the others up to date', () => {
  const was: Rrset = { name: 'vm1.alice', type: 'AAAA', ttl: 300, data: ['2001:db8::1'] }
  const snapshot = { marker: { ttl: 300, texts: ['x'] }, held: ['vm1.alice'], found: [was], negative: null }
  const lines = (partial: boolean) =>
    compare([{ ...was, name: 'os1' }], snapshot, { kind: 'forward', partial }).lines.map(
      ({ state, name }) => `${state} ${name}`,
    )
  expect(lines(true)).toEqual(['add os1', 'kept vm1.alice'])
  expect(lines(false)).toEqual(['add os1', 'remove vm1.alice'])
})

it('gives a name up that somebody made an alias', () => {
  const alias: Rrset = { name: 'os1', type: 'CNAME', ttl: 300, data: ['elsewhere.example.'] }
  const snapshot = { marker: { ttl: 300, texts: ['x'] }, held: ['os1'], found: [alias], negative: null }
  const wanted = { ...alias, type: 'AAAA' as const, data: ['2001:db8::1'] }
  const { lines, held } = compare([wanted], snapshot, { kind: 'forward', partial: false })
  expect(lines.map(({ state }) => state)).toEqual(['foreign'])
  expect(held).toEqual([])
})

it('remembers names in texts of a bounded length, and rewrites no more of them than it must', () =>
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.constantFrom(...names)),
      fc.uniqueArray(fc.constantFrom(...names)),
      (one, two) => {
        const first = writeMarker('v6', [], one, 30)
        expect(readMarker('v6', first)).toEqual(one.toSorted())
        const second = writeMarker('v6', first, two, 30)
        expect(readMarker('v6', second)).toEqual(two.toSorted())
        for (const line of [...first, ...second]) expect(line.length).toBeLessThanOrEqual(30)
        expect(writeMarker('v6', second, two, 30)).toEqual(second)
      },
    ),
  ))

it('does not take the texts of another for its own', () => {
  expect(() => readMarker('v6', ['v=spf1 -all'])).toThrow('that bateau did not write')
  expect(() => readMarker('v6', ['bateau:v6-other,os1'])).toThrow('that bateau did not write')
})

it.each(['', 'os1\nupdate delete course.example. MX', 'os1 ', '*', '.', 'a..b'])(
  'does not hold the name %j, which would be removed with the course',
  (name) => expect(() => readMarker('v6', [`bateau:v6,os1,${name}`])).toThrow('that bateau did not write'),
)

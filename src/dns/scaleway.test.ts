// Scaleway's API, stood in for by a server that keeps the zone, gives it in pages and changes it in one piece.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { FakeClock } from '../../test/fake/clock.ts'
import { carryOut } from '../../test/fake/openstack/run.ts'
import { FakeScaleway, scalewayKey } from '../../test/fake/scaleway.ts'
import { Trouble } from '../core/fault.ts'
import { Secret } from '../core/secret.ts'
import { addressRecords, type NamedHost } from './names.ts'
import { scalewayZone } from './scaleway.ts'
import { zoneTask } from './zone-task.ts'

let fake: FakeScaleway
let clock: FakeClock
beforeEach(async () => {
  clock = new FakeClock()
  fake = await new FakeScaleway().start()
})
afterEach(() => fake.stop())

const hand = (key = scalewayKey, zone = fake.zone) =>
  scalewayZone({
    zone,
    api: fake.base,
    secretKey: new Secret(key),
    clock,
    random: () => 0.5,
    signal: new AbortController().signal,
  })
const give = (hosts: readonly NamedHost[], ttl = 300) =>
  carryOut([
    zoneTask(
      { course: 'v6', hand: hand(), desired: addressRecords(hosts, ttl), ttl, partial: false },
      { seen() {}, failed() {} },
    ),
  ])
const lines = () =>
  fake.records.map(({ name, type, ttl, data }) => `${name} ${ttl} ${type} ${data}`).toSorted()
const many = (count: number): NamedHost[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `vm1.student-${i}`,
    addresses: [`2001:db8:17:c::${(i + 1).toString(16)}`],
  }))

it('gives names in one request, reads a zone of several pages, and leaves it as it was', async () => {
  const before = lines()
  expect((await give(many(230))).changed).toEqual(['dns/course.example'])
  expect(fake.writes).toHaveLength(1)
  expect(fake.records.filter(({ type }) => type === 'AAAA')).toHaveLength(230)
  expect((await give(many(230))).kept).toEqual(['dns/course.example'])
  expect(fake.writes).toHaveLength(1)
  await give([])
  expect(lines()).toEqual(before)
})

it('changes addresses and times to live', async () => {
  await give(many(3))
  await give([{ name: 'vm1.student-0', addresses: ['2001:db8:99::1', '192.0.2.1'] }], 60)
  expect(lines().filter((line) => line.includes('student'))).toEqual([
    '_bateau-v6 60 TXT bateau:v6,vm1.student-0',
    'vm1.student-0 60 A 192.0.2.1',
    'vm1.student-0 60 AAAA 2001:db8:99::1',
  ])
})

it('leaves a record of somebody else alone', async () => {
  fake.add('vm1.student-1', 'AAAA', '2001:db8:666::1', 3600)
  const before = lines()
  await give(many(3))
  expect(fake.records.filter(({ name }) => name === 'vm1.student-1')).toHaveLength(1)
  await give([])
  expect(lines()).toEqual(before)
})

it('reads again what was not as it had been read', async () => {
  await give(many(2))
  const old = hand()
  await old.read('v6', ['vm1.student-0'])
  await give([])
  const was = { name: 'vm1.student-0', type: 'AAAA' as const, ttl: 300, data: ['2001:db8:17:c::1'] }
  const marker = { name: '_bateau-v6', ttl: 300, was: [], now: [] }
  const change = { name: was.name, type: was.type, was, now: null }
  expect((await faultOf(old.apply({ marker, claimed: [], changes: [change] }))).code).toBe('dns-raced')
})

it('waits when it asked too often, and goes on after a failure that passes', async () => {
  fake.instead = (call) =>
    call === 0
      ? {
          status: 429,
          json: { type: 'too_many_requests', message: 'slow down' },
          headers: { 'retry-after': '3' },
        }
      : call === 2
        ? { status: 503, json: { message: 'service unavailable' } }
        : undefined
  expect((await give(many(2))).changed).toHaveLength(1)
  expect(clock.waited).toBeGreaterThanOrEqual(3000)
})

it('reads the zone again when the answer to its changes was lost, and adds nothing twice', async () => {
  fake.lost = (call) => call === 1
  expect((await give(many(2))).changed).toHaveLength(1)
  expect(fake.records.filter(({ type }) => type === 'AAAA')).toHaveLength(2)
  expect(fake.writes).toHaveLength(1)
})

it.each([
  [401, { message: 'authentication is denied' }, 'dns-key-wrong'],
  [403, { type: 'permissions_denied', message: 'insufficient permissions' }, 'dns-key-rights'],
  [400, { type: 'invalid_arguments', message: 'ttl is too low' }, 'dns-error'],
])('says what a refusal with %i means', async (status, json, code) => {
  fake.instead = () => ({ status, json })
  const fault = await faultOf(hand().read('v6', []))
  expect(fault.code).toBe(code)
  expect(fault.why).toContain(json.message)
})

it('says that the key is wrong, that there is no such zone, that an answer is no answer', async () => {
  const wrong = await faultOf(hand('99999999-0000-0000-0000-000000000000').read('v6', []))
  expect(wrong.code).toBe('dns-key-wrong')
  expect(JSON.stringify(wrong)).not.toContain('99999999')
  expect((await faultOf(hand(scalewayKey, 'other.example').read('v6', []))).code).toBe('dns-not-served')
  fake.instead = () => ({ status: 200, json: { hello: 'world' } })
  expect((await faultOf(hand().read('v6', []))).code).toBe('dns-answer')
})

async function faultOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  if (error instanceof Trouble) return error.fault
  throw new Error('no fault')
}

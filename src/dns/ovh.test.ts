// OVH's API, stood in for by a server that checks each signature and keeps the zone.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { FakeClock } from '../../test/fake/clock.ts'
import { carryOut } from '../../test/fake/openstack/run.ts'
import { FakeOvh, ovhKeys } from '../../test/fake/ovh.ts'
import { Trouble } from '../core/fault.ts'
import { Secret } from '../core/secret.ts'
import { addressRecords, type NamedHost } from './names.ts'
import { type OvhKeys, ovhZone, sign } from './ovh.ts'
import { zoneTask } from './zone-task.ts'

let fake: FakeOvh
let clock: FakeClock
beforeEach(async () => {
  clock = new FakeClock()
  fake = await new FakeOvh(() => clock.now()).start()
})
afterEach(() => fake.stop())

const right: OvhKeys = {
  applicationKey: ovhKeys.application,
  applicationSecret: new Secret(ovhKeys.secret),
  consumerKey: new Secret(ovhKeys.consumer),
}
const hand = (keys: OvhKeys = right, zone = fake.zone) =>
  ovhZone({
    zone,
    api: `${fake.base}/1.0`,
    keys,
    clock,
    random: () => 0.5,
    signal: new AbortController().signal,
  })
const give = (hosts: readonly NamedHost[], ttl = 300, zone = hand()) =>
  carryOut([
    zoneTask(
      { course: 'v6', hand: zone, desired: addressRecords(hosts, ttl), ttl, partial: false },
      { seen() {}, failed() {} },
    ),
  ])
const lines = (of = fake.published) =>
  of.map(({ subDomain, fieldType, target, ttl }) => `${subDomain} ${ttl} ${fieldType} ${target}`).toSorted()
const hosts: NamedHost[] = [
  { name: 'os1', addresses: ['2001:db8:17::1'] },
  { name: 'vm1.alice', addresses: ['2001:db8:17:c::5'] },
  { name: 'jump1', addresses: ['192.0.2.7'] },
]

it('signs as the documentation of the API says', () => {
  const keys = { applicationSecret: new Secret('as'), consumerKey: new Secret('ck') }
  // printf '%s' 'as+ck+GET+https://eu.api.ovh.com/1.0/domain/zone/++1457018875' | sha1sum
  expect(sign(keys, 'GET', 'https://eu.api.ovh.com/1.0/domain/zone/', '', 1_457_018_875)).toBe(
    '$1$e3dfd623fe44034578089f0d31c25a95275991e2',
  )
})

it('gives names, publishes them, makes no write call the second time, and leaves the zone as it was', async () => {
  const before = lines()
  expect((await give(hosts)).changed).toEqual(['dns/course.example'])
  expect(lines()).toEqual(
    [
      ...before,
      '_bateau-v6 300 TXT "bateau:v6,jump1,os1,vm1.alice"',
      'jump1 300 A 192.0.2.7',
      'os1 300 AAAA 2001:db8:17::1',
      'vm1.alice 300 AAAA 2001:db8:17:c::5',
    ].toSorted(),
  )
  const writes = fake.writes.length
  expect((await give(hosts)).kept).toEqual(['dns/course.example'])
  expect(fake.writes).toHaveLength(writes)
  await give([])
  expect(lines()).toEqual(before)
})

it('changes a record that is there, so that the name is never without one', async () => {
  await give(hosts)
  const { id } = fake.records.find(({ subDomain }) => subDomain === 'os1')!
  await give([{ name: 'os1', addresses: ['2001:db8:17::2'] }], 60)
  expect(fake.published.find((one) => one.id === id)).toMatchObject({ target: '2001:db8:17::2', ttl: 60 })
  expect(fake.published.filter(({ fieldType }) => fieldType === 'AAAA')).toHaveLength(1)
})

it('leaves a record of somebody else alone', async () => {
  const stranger = fake.add('CNAME', 'os1', 'www', 3600)
  await give(hosts)
  await give([])
  expect(fake.records).toContainEqual(stranger)
  expect(fake.records.filter(({ subDomain }) => subDomain === 'os1')).toEqual([stranger])
})

it('goes by the clock of the API', async () => {
  fake.ahead = -4000
  expect((await give(hosts)).changed).toHaveLength(1)
})

it('waits as long as it is told to when it asked too often', async () => {
  fake.instead = (call) =>
    call % 3 === 0
      ? { status: 429, json: { message: 'Too many requests' }, headers: { 'retry-after': '2' } }
      : undefined
  expect((await give(hosts)).changed).toHaveLength(1)
  expect(clock.waited).toBeGreaterThanOrEqual(2000)
})

it('is cut anywhere, and the next run ends as one would have that was not, or takes all of it away', async () => {
  const before = lines(fake.records)
  await give([...hosts.slice(0, 2), { name: 'vm9.bob', addresses: ['2001:db8:17:c::9'] }])
  const begun = structuredClone(fake.records)
  fake.calls.length = 0
  await give(hosts, 60)
  const writes = fake.writes.length
  const addresses = () => lines(fake.records).filter((line) => !line.includes('TXT'))
  const wanted = addresses()
  for (let cut = 0; cut < writes; cut++) {
    for (const next of [hosts, []]) {
      fake.records = structuredClone(begun)
      let written = 0
      fake.instead = (_, what) =>
        what.startsWith('GET') || written++ < cut ? undefined : { status: 400, json: { message: 'cut' } }
      await give(hosts, 60)
      fake.instead = () => undefined
      await give(next, 60)
      if (next.length > 0) expect(addresses(), `cut after ${cut} writes`).toEqual(wanted)
      else expect(lines(fake.records), `cut after ${cut} writes`).toEqual(before)
    }
  }
})

it('asks again what it got no answer for, and looks before it adds twice', async () => {
  let lost = 0
  fake.lost = (call, what) => (call % 7 === 5 || what.startsWith('POST')) && lost++ < 3
  expect((await give(hosts)).changed).toHaveLength(1)
  expect(fake.published.filter(({ fieldType }) => fieldType === 'AAAA')).toHaveLength(2)
  lost = 0
  fake.lost = (_, what) => what.startsWith('DELETE') && lost++ < 2
  expect((await give([])).changed).toHaveLength(1)
  expect(fake.published.map(({ fieldType }) => fieldType)).toEqual(['NS', 'TXT'])
})

it.each([
  ['another secret', { ...right, applicationSecret: new Secret('no-secret') }, 'dns-key-wrong'],
  ['an unknown application', { ...right, applicationKey: 'no' }, 'dns-key-wrong'],
  ['an expired consumer key', { ...right, consumerKey: new Secret('gone-gone') }, 'dns-key-wrong'],
])('says what is wrong with %s, and shows no key', async (_, keys, code) => {
  const fault = await faultOf(hand(keys).read('v6', []))
  expect(fault.code).toBe(code)
  expect(JSON.stringify(fault)).not.toContain(keys.applicationSecret.reveal())
})

it('names the rights that a key lacks', async () => {
  fake.granted = (call) => !call.startsWith('POST')
  const { failed } = await give(hosts)
  expect(failed.get('dns/course.example')?.fault).toMatchObject({ code: 'dns-key-rights' })
  expect(failed.get('dns/course.example')?.fault.fix).toContain('POST /domain/zone/course.example/*')
})

it('says that the account has no such zone, and that nobody answers', async () => {
  expect((await faultOf(hand(right, 'other.example').read('v6', []))).code).toBe('dns-not-served')
  const nobody = hand()
  await fake.stop()
  expect((await faultOf(nobody.read('v6', []))).code).toBe('dns-unreachable')
  await fake.start()
})

async function faultOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  if (error instanceof Trouble) return error.fault
  throw new Error('no fault')
}

// Names by dynamic update on a real BIND: forward and reverse zone, keys, strangers, two writers, and nothing left behind.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Trouble } from '../../src/core/fault.ts'
import type { Progress } from '../../src/core/task.ts'
import { addressRecords, type NamedHost, pointerRecords } from '../../src/dns/names.ts'
import { rfc2136Zone } from '../../src/dns/rfc2136.ts'
import { lookAtZone, zoneTask, type ZoneWish } from '../../src/dns/zone-task.ts'
import type { ZoneHand } from '../../src/dns/zone.ts'
import { localShell } from '../../src/host/spawn.ts'
import { type Bind, startBind, zones } from '../edge/bind.ts'
import { capable } from '../edge/world.ts'

describe.skipIf(!capable)('a zone of BIND', { timeout: 120_000 }, () => {
  let bind: Bind
  let before: string[]
  beforeAll(async () => {
    bind = await startBind()
    before = await bind.records(zones.forward)
  })
  afterAll(() => bind?.stop())
  beforeEach(async () => {
    await carry(wish([]))
    await carry(reverseWish([]))
    expect(await bind.records(zones.forward)).toEqual(before)
  })

  const hand = (how: Partial<Parameters<typeof rfc2136Zone>[0]> = {}) =>
    rfc2136Zone({
      zone: zones.forward,
      kind: 'forward',
      server: '127.0.0.1',
      port: bind.port,
      keyFile: bind.keys.right,
      shell: localShell(),
      signal: new AbortController().signal,
      ...how,
    })
  const wish = (hosts: readonly NamedHost[], how: Partial<ZoneWish> = {}): ZoneWish => {
    const ttl = how.ttl ?? 300
    return { course: 'v6', hand: hand(), desired: addressRecords(hosts, ttl), partial: false, ...how, ttl }
  }
  const reverseWish = (hosts: readonly NamedHost[]) => {
    const desired = pointerRecords(hosts, { zone: zones.forward, reverse: zones.reverse }, 300)
    return wish([], { desired, hand: hand({ zone: zones.reverse, kind: 'reverse' }) })
  }
  const own = async (zone: string = zones.forward) => {
    const all = await bind.records(zone)
    return all.filter((line) => !before.includes(line) && !/ NS | TXT /.test(line))
  }

  it('has names of clouds, instances and jump host, both ways, and says so when it is asked again', async () => {
    expect(await carry(wish(hosts))).toEqual({ acted: true, done: true })
    expect(await own()).toEqual([
      'jump1.course.example. 300 IN A 192.0.2.7',
      'jump1.course.example. 300 IN AAAA 2001:db8:1::7',
      'os1.course.example. 300 IN AAAA 2001:db8:17::1',
      'vm1.alice.course.example. 300 IN AAAA 2001:db8:17:c::5',
    ])
    expect(await carry(reverseWish(hosts))).toEqual({ acted: true, done: true })
    expect((await own(zones.reverse)).map((line) => line.split(' ').at(-1))).toEqual([
      'os1.course.example.',
      'vm1.alice.course.example.',
      'jump1.course.example.',
    ])
  })

  it('is sent no update by a second run', async () => {
    await carry(wish(hosts))
    const serial = await bind.serial(zones.forward)
    expect(await carry(wish(hosts))).toEqual({ acted: false, done: true })
    expect(await bind.serial(zones.forward)).toBe(serial)
  })

  it('follows what changes: an address, a TTL, a host that is gone', async () => {
    await carry(wish(hosts))
    const moved = [{ name: 'vm1.alice', addresses: ['2001:db8:17:d::9'] }]
    await carry(wish(moved, { ttl: 60 }))
    expect(await own()).toEqual(['vm1.alice.course.example. 60 IN AAAA 2001:db8:17:d::9'])
  })

  it('keeps what it cannot know about while a cloud does not answer', async () => {
    await carry(wish(hosts))
    await carry(wish([{ name: 'os1', addresses: ['2001:db8:17::2'] }], { partial: true }))
    expect(await own()).toContain('vm1.alice.course.example. 300 IN AAAA 2001:db8:17:c::5')
    expect(await own()).toContain('os1.course.example. 300 IN AAAA 2001:db8:17::2')
  })

  it('leaves records of others alone: an address, an alias, a delegation; and takes one that says the same for given', async () => {
    const others = [
      { name: 'www', addresses: ['2001:db8:17::3'] },
      { name: 'alias', addresses: ['2001:db8:17::4'] },
      { name: 'vm1.away', addresses: ['2001:db8:17::5'] },
    ]
    const taken = wish([...hosts, ...others])
    expect(await carry(taken)).toEqual({ acted: true, done: true })
    const { difference } = await lookAtZone(taken)
    const foreign = difference.lines.filter(({ state }) => state === 'foreign')
    expect(foreign.map(({ name, was }) => `${name} ${was?.type}`)).toEqual([
      'alias CNAME',
      'vm1.away NS',
      'www AAAA',
    ])
    const same = await lookAtZone(wish([{ name: 'www', addresses: ['2001:db8::80'] }]))
    expect(same.difference.lines.map(({ state }) => state)).toContain('theirs')
    expect((await bind.records(zones.forward)).filter((line) => before.includes(line))).toEqual(before)
  })

  it('gives a name of its own below a wildcard', async () => {
    const below = [{ name: 'x.wild', addresses: ['2001:db8::7', '2001:db8::8'] }]
    await carry(wish([]))
    expect(await carry(wish(below))).toEqual({ acted: true, done: true })
    expect(await own()).toHaveLength(2)
  })

  it('does not let two courses have one name', async () => {
    await carry(wish(hosts))
    const other = wish([{ name: 'os1', addresses: ['2001:db8:99::1'] }], { course: 'other' })
    await carry(other)
    const { difference } = await lookAtZone(other)
    expect(difference.lines.map(({ state, name }) => `${state} ${name}`)).toEqual(['foreign os1'])
    expect(await own()).toContain('os1.course.example. 300 IN AAAA 2001:db8:17::1')
  })

  it('changes nothing for a writer whose view is old, and lets that one read again', async () => {
    const late = wish(hosts)
    const { batches } = await lookAtZone(late)
    await carry(wish([{ name: 'os1', addresses: ['2001:db8:17::1'] }]))
    const serial = await bind.serial(zones.forward)
    expect(await codeOf(() => late.hand.apply(batches[0]!))).toBe('dns-raced')
    expect(await bind.serial(zones.forward)).toBe(serial)
    expect(await carry(late)).toEqual({ acted: true, done: true })
  })

  it('is raced for a name that a stranger takes in between', async () => {
    const mine = wish(hosts)
    const { batches } = await lookAtZone(mine)
    await bind.update(zones.forward, 'add os1.course.example 60 AAAA 2001:db8:666::1')
    expect(await codeOf(() => mine.hand.apply(batches[0]!))).toBe('dns-raced')
    expect(await own()).toEqual(['os1.course.example. 60 IN AAAA 2001:db8:666::1'])
    await bind.update(zones.forward, 'delete os1.course.example AAAA')
  })

  it('ends as one of two teachers wants it who write at the same time', async () => {
    const [one, two] = [wish(many(30, '1')), wish(many(30, '2'))]
    await Promise.all([carry(one), carry(two)])
    const ends = await Promise.all([one, two].map(async (each) => (await lookAtZone(each)).batches.length))
    expect(ends.toSorted((a, b) => a - b)).toEqual([0, 1])
    expect(await own()).toHaveLength(30)
  })

  it('takes 400 names in parts, goes on where it was cut, and gives them all back', async () => {
    const all = wish(many(400, '1'))
    const cut = new AbortController()
    const halfway: Progress = { line() {}, part: () => cut.abort(), signal: cut.signal }
    await zoneTask(all, quiet).act(halfway)
    expect(await own()).toHaveLength(100)
    expect(await carry(all)).toEqual({ acted: true, done: true })
    expect(await own()).toHaveLength(400)
    await carry(wish([]))
    expect(await bind.records(zones.forward)).toEqual(before)
  })

  it.each([
    ['a key that it does not know', () => hand({ keyFile: bind.keys.unknown }), 'dns-key-unknown'],
    ['a key with another secret', () => hand({ keyFile: bind.keys.wrong }), 'dns-key-wrong'],
    ['a file that is no key', () => hand({ keyFile: bind.keys.garbage }), 'dns-key-file'],
    ['a zone that it has not', () => hand({ zone: 'other.example' }), 'dns-refused'],
    ['a name below the zone', () => hand({ zone: 'sub.course.example' }), 'dns-not-served'],
    ['a port where nobody listens', () => hand({ port: 1 }), 'dns-unreachable'],
    ['a server of no known name', () => hand({ server: 'nobody.invalid' }), 'dns-server-name'],
  ])('says what is wrong with %s', async (_, make, code) => {
    expect(await codeOf(() => make().read('v6', ['os1']))).toBe(code)
  })

  it('says that a zone takes no updates', async () => {
    const fixed: ZoneHand = hand({ zone: 'static.example' })
    expect(await codeOf(() => zoneTask(wish(hosts, { hand: fixed }), quiet).act(idle))).toBe('dns-refused')
  })
})

const hosts: NamedHost[] = [
  { name: 'os1', addresses: ['2001:db8:17::1'] },
  { name: 'vm1.alice', addresses: ['2001:db8:17:c:0:0:0:5'] },
  { name: 'jump1', addresses: ['192.0.2.7', '2001:db8:1::7'] },
]

const many = (count: number, part: string): NamedHost[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `vm1.student-${i}`,
    addresses: [`2001:db8:${part}::${(i + 1).toString(16)}`],
  }))

const idle: Progress = { line() {}, part() {}, signal: new AbortController().signal }
const quiet = { seen() {}, failed() {} }

/** As the scheduler carries out a task. */
async function carry(wish: ZoneWish): Promise<{ acted: boolean; done: boolean }> {
  const task = zoneTask(wish, quiet)
  const { done } = await task.look()
  if (done) return { acted: false, done }
  await task.act(idle)
  return { acted: true, done: (await task.look()).done }
}

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
  } catch (error) {
    if (error instanceof Trouble) return error.fault.code
    throw error
  }
  return 'no fault'
}

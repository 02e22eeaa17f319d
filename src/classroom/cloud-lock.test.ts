// The lock against a fake cloud: two at once, an owner that died, answers that were lost, a lock that was taken away.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../test/fake/clock.ts'
import { FakeCloud } from '../../test/fake/openstack/server.ts'
import { type Fault, Trouble } from '../core/fault.ts'
import { Secret } from '../core/secret.ts'
import { type Cloud, openCloud, throughSockets } from '../cloud/open.ts'
import { breakLock, CloudLock, type Holder, lockHolder, lockName } from './cloud-lock.ts'

const course = 'nets-2026'
let fake: FakeCloud
let clock: FakeClock
let closing: (() => Promise<void>)[] = []
let running = new Set<number>()

beforeEach(async () => {
  fake = await new FakeCloud().start()
  clock = new FakeClock()
  running = new Set()
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  await fake.stop()
})

async function open(signal?: AbortSignal): Promise<Cloud> {
  const sockets = throughSockets(fake.sockets)
  closing.push(() => sockets.close())
  return openCloud({
    authUrl: 'http://[::1]:5000',
    credentials: {
      kind: 'password',
      user: 'admin',
      password: new Secret('admin-password'),
      project: 'admin',
    },
    region: 'RegionOne',
    interface: 'internal',
    dispatcherFor: sockets.dispatcherFor,
    clock,
    random: () => 0.5,
    ...(signal ? { signal } : {}),
  })
}

let ids = 0
function holder(who: string, machine: string): Holder {
  return {
    id: `run-${++ids}`,
    who,
    host: `${machine}.example`,
    machine,
    pid: 7,
    started: '1',
    command: 'class apply',
  }
}

/** A teacher with a lock, and what was said to them. */
function teacher(who: string, machine: string, cloud: Promise<Cloud> = open()) {
  const said: string[] = []
  const lost: Fault[] = []
  const beats: (() => void)[] = []
  const effects = {
    clock,
    every: (_: number, act: () => void) => {
      beats.push(act)
      return () => void beats.splice(0)
    },
    isRunning: (pid: number) => running.has(pid),
  }
  const tell = { lost: (fault: Fault) => void lost.push(fault), note: (text: string) => void said.push(text) }
  const lock = new CloudLock(course, () => cloud, holder(who, machine), effects, tell)
  /** One sign of life, and the time that it took to be heard. */
  const beat = async (done: () => boolean) => {
    for (const act of beats) act()
    await expect.poll(done, { timeout: 20_000 }).toBe(true)
  }
  return { lock, said, lost, beats, beat }
}

async function fault(what: Promise<unknown>): Promise<Fault> {
  const error = await what.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  if (!(error instanceof Trouble)) throw new Error(`no Trouble but ${String(error)}`)
  return error.fault
}

const locks = () => fake.state.projects.filter(({ name }) => name === lockName(course))
const descriptionOf = () => String(locks()[0]?.['description'])

describe('the lock of a class', () => {
  it('is a disabled project that says who holds it, and is gone when it is given back', async () => {
    const ada = teacher('ada', 'a')
    await ada.lock.hold()
    expect(locks()).toMatchObject([{ enabled: false }])
    expect(await lockHolder(await open(), course)).toMatchObject({
      who: 'ada',
      host: 'a.example',
      command: 'class apply',
    })
    await ada.lock.release()
    expect(locks()).toEqual([])
    expect(ada.beats).toEqual([])
  })

  it('is not the mark of a course, so that nothing takes it for a seat', async () => {
    await teacher('ada', 'a').lock.hold()
    expect(descriptionOf().startsWith('bateau:')).toBe(false)
    expect(locks()[0]?.['tags'] ?? []).toEqual([])
  })

  it('is taken once, however many tasks ask', async () => {
    const ada = teacher('ada', 'a')
    await Promise.all(Array.from({ length: 8 }, () => ada.lock.hold()))
    expect(fake.calls.filter((call) => call === 'POST 5000/v3/projects')).toHaveLength(1)
  })

  it('goes to one of two who want it at the same moment, and the other is told who has it', async () => {
    const both = [teacher('ada', 'a'), teacher('grace', 'b')]
    const ended = await Promise.allSettled(both.map(({ lock }) => lock.hold()))
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const winner = ended[0]?.status === 'fulfilled' ? 'ada on a.example' : 'grace on b.example'
    const [reason] = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as Trouble] : []))
    expect(reason?.fault.code).toBe('locked')
    expect(reason?.fault.why).toContain(`${winner} (class apply) since 2026-09-01T08:00:0`)
    expect(locks()).toHaveLength(1)
  })

  it('is not in the way of another course', async () => {
    await teacher('ada', 'a').lock.hold()
    const other = new CloudLock(
      'other',
      open,
      holder('grace', 'b'),
      { clock, every: () => () => {}, isRunning: () => true },
      { lost() {}, note() {} },
    )
    await other.hold()
    expect(fake.state.projects.map(({ name }) => name)).toContain('bateau-lock-other')
  })

  it('is given back when the run was stopped, as calls of the run no longer are made', async () => {
    const stop = new AbortController()
    const ada = teacher('ada', 'a', open(stop.signal))
    await ada.lock.hold()
    stop.abort()
    await ada.lock.release()
    expect(locks()).toEqual([])
  })

  it.each(['lost', 'unavailableAfter'] as const)('is its own where the answer was %s', async (kind) => {
    const cloud = open()
    await cloud
    const from = fake.calls.length
    fake.faults[kind] = () => fake.calls.at(-1) === 'POST 5000/v3/projects' && fake.calls.length < from + 4
    const ada = teacher('ada', 'a', cloud)
    await ada.lock.hold()
    expect(locks()).toHaveLength(1)
    expect(ada.said).toEqual([])
  })

  it('leaves a project of that name alone that is somebody else’s', async () => {
    fake.state.projects.push({ id: 'p', name: lockName(course), description: 'mine', domain_id: 'default' })
    expect((await fault(teacher('ada', 'a').lock.hold())).code).toBe('cloud-foreign')
    expect((await fault(breakLock(await open(), course))).code).toBe('cloud-foreign')
    expect(locks()).toHaveLength(1)
  })
})

describe('an owner', () => {
  it('whose process of this machine is gone is succeeded at once', async () => {
    await teacher('ada', 'a').lock.hold()
    const again = teacher('ada', 'a')
    await again.lock.hold()
    expect(again.said).toEqual(['took over the lock of ada on a.example (class apply), which is gone'])
    expect(clock.waited).toBe(0)
  })

  it('whose process of this machine runs is waited for, however long it is silent', async () => {
    await teacher('ada', 'a').lock.hold()
    running.add(7)
    await clock.wait(10 * 3_600_000)
    expect((await fault(teacher('ada', 'a').lock.hold())).code).toBe('locked')
  })

  it('of another machine is believed for three minutes, then listened to, then succeeded', async () => {
    await teacher('ada', 'a').lock.hold()
    await clock.wait(170_000)
    expect((await fault(teacher('grace', 'b').lock.hold())).why).toContain('last sign of life 170 s ago')
    await clock.wait(20_000)
    const before = clock.waited
    await teacher('grace', 'b').lock.hold()
    expect(clock.waited - before).toBeGreaterThanOrEqual(30_000)
    expect(await lockHolder(await open(), course)).toMatchObject({ who: 'grace' })
  })

  it('who is only slow by the clock of another machine, and speaks while it is listened to, keeps it', async () => {
    const ada = teacher('ada', 'a')
    await ada.lock.hold()
    await clock.wait(200_000)
    const grace = teacher('grace', 'b', open())
    const wait = clock.wait.bind(clock)
    clock.wait = async (milliseconds, signal) => {
      const before = descriptionOf()
      await ada.beat(() => descriptionOf() !== before)
      await wait(milliseconds, signal)
    }
    expect((await fault(grace.lock.hold())).code).toBe('locked')
    expect(locks()).toHaveLength(1)
  })

  it('that is gone has one successor where two come at once', async () => {
    await teacher('ada', 'a').lock.hold()
    await clock.wait(5 * 3_600_000)
    const both = [teacher('grace', 'b'), teacher('edsger', 'c')]
    const ended = await Promise.allSettled(both.map(({ lock }) => lock.hold()))
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(locks()).toHaveLength(1)
  })

  it('says that it is alive, and is told when the lock was broken', async () => {
    const ada = teacher('ada', 'a')
    await ada.lock.hold()
    await clock.wait(30_000)
    await ada.beat(() => descriptionOf().includes('"beat":"2026-09-01T08:00:30'))
    expect(await breakLock(await open(), course)).toBe(true)
    expect(await breakLock(await open(), course)).toBe(false)
    await ada.beat(() => ada.lost.length > 0)
    expect(ada.lost.map(({ code }) => code)).toEqual(['lock-lost'])
    await ada.lock.release()
  })

  it('takes no silence of the cloud for a broken lock', async () => {
    const ada = teacher('ada', 'a')
    await ada.lock.hold()
    const from = fake.calls.length
    fake.faults.unavailable = () => true
    await ada.beat(() => fake.calls.length > from)
    fake.faults.unavailable = () => false
    expect(ada.lost).toEqual([])
    await ada.lock.release()
    expect(locks()).toEqual([])
  })
})

// Deeds of the teaching day against a fake cloud on a port of this machine: what is broken for one is not broken for all.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeCloud } from '../../../test/fake/openstack/server.ts'
import type { RunEvent } from '../../run/events.ts'
import { exits, type Face } from '../face.ts'
import { homeOf, worldAt } from '../world.ts'
import {
  cloudNamed,
  endClass,
  startClass,
  writeClouds,
  writeCourse,
  writeRoster,
} from './adopted-class.fixture.ts'
import { classApply } from './apply.ts'
import { freeze, thaw } from './freeze.ts'
import { close, open } from './power.ts'
import { reset } from './reset.ts'
import { schedule } from './schedule.ts'

let dir: string
let fake: FakeCloud
let events: RunEvent[]
const face: Face = { event: (event) => void events.push(event), ask: async () => true }
const quiet = new AbortController().signal
const apply = (more: object = {}) =>
  classApply({ file: null, deep: false, keepDays: null, deleteNow: [], plan: null, ...more }, face, quiet)
const day = { file: null, who: [] as string[], dryRun: false }
const text = () => events.flatMap((event) => (event.type === 'report' ? [event.text] : [])).join('\n')
const user = (login: string) => fake.state.users.find(({ name }) => name === login)
const project = (seat: string) => fake.state.projects.find(({ name }) => name === `nets-${seat}`)
const roster = (...names: string[]) => writeRoster(dir, names)
const course = (more: object) => writeCourse(dir, more)

/** One that a student started. */
function started(seat: string, more: object = {}): Record<string, unknown> {
  const server = {
    id: fake.state.id(),
    name: 'vm1',
    status: 'ACTIVE',
    tenant_id: project(seat)?.id,
    user_id: user(seat)?.id,
    addresses: {},
    metadata: {},
    tags: [] as string[],
    ...more,
  }
  fake.state.servers.push(server)
  return server
}

beforeEach(async () => {
  ;({ dir, fake } = await startClass('monday'))
  events = []
  expect(await apply()).toBe(exits.done)
})
afterEach(() => endClass(dir, fake))

/** One session of the course, in minutes from now: where it is about noon, whenever this runs, as none goes over midnight. */
function session(from: number, to: number, more: object): void {
  const east = 12 - new Date().getUTCHours()
  const timezone = `Etc/GMT${east > 0 ? '-' : '+'}${Math.abs(east)}`
  const at = (minutes: number) => new Date(Date.now() + east * 3_600_000 + minutes * 60_000).toISOString()
  course({
    course: { name: 'nets', title: 'Networks', start: '2026-01-01', end: '2099-01-01', timezone },
    sessions: [
      { day: at(from).slice(0, 10), from: at(from).slice(11, 16), to: at(to).slice(11, 16), ...more },
    ],
  })
}

it('a schedule stops instances once after a session, whoever starts it: what runs again stays', async () => {
  session(-90, -5, { close_after: true })
  const vms = ['ada', 'grace'].map((seat) => started(seat))
  const tick = () => schedule({ file: null, dryRun: false, days: 1, watch: false }, face, quiet)
  const states = () => vms.map(({ status }) => status)
  expect(await tick()).toBe(exits.done)
  expect(states()).toEqual(['SHUTOFF', 'SHUTOFF'])
  const again = { ...day, who: ['ada'], logins: false, power: true }
  expect(await open(again, face, quiet)).toBe(exits.done)
  expect(states()).toEqual(['ACTIVE', 'SHUTOFF'])
  expect(await tick()).toBe(exits.done)
  expect(states()).toEqual(['ACTIVE', 'SHUTOFF'])
})

it('a name that nobody has is a fault of the command line, and nothing is changed', async () => {
  const writes = fake.writes
  expect(await close({ ...day, who: ['adda'], logins: true, power: true }, face, quiet)).toBe(exits.usage)
  expect(fake.writes).toBe(writes)
  expect(events.flatMap((one) => (one.type === 'fault' ? [one.fault.code] : []))).toEqual(['no-such-seat'])
})

describe('one broken instance', () => {
  it('keeps nobody out when the class is opened', async () => {
    const hers = started('ada')
    const how = { ...day, logins: true, power: true }
    expect(await close(how, face, quiet)).toBe(exits.done)
    expect([user('ada')?.['enabled'], user('grace')?.['enabled']]).toEqual([false, false])
    hers['status'] = 'ERROR'
    expect(await open(how, face, quiet)).toBe(exits.broken)
    expect([user('ada')?.['enabled'], user('grace')?.['enabled']]).toEqual([true, true])
  })

  it('keeps a schedule from letting nobody in: what the boot before it failed on is said', async () => {
    session(2, 62, { boot: true })
    expect(await close({ ...day, logins: true, power: false }, face, quiet)).toBe(exits.done)
    // No network: an instance cannot be started at all.
    expect(await schedule({ file: null, dryRun: false, days: 1, watch: false }, face, quiet)).toBe(
      exits.broken,
    )
    expect([user('ada')?.['enabled'], user('grace')?.['enabled']]).toEqual([true, true])
  })
})

const starter = (seat: string, more: object = {}) =>
  started(seat, { tags: ['bateau:nets', 'starter'], metadata: { bateau_image: 'img' }, ...more })

describe('a reset', () => {
  it('goes on with the others where one seat cannot be cleared', async () => {
    started('ada')
    started('grace', { name: 'mine' })
    const given = starter('grace', { image: 'other' })
    expect(await freeze({ ...day, who: ['ada'], allow: [], from: [] }, face, quiet)).toBe(exits.done)
    events = []
    expect(await reset(day, face, quiet)).toBe(exits.broken)
    expect(events.flatMap((one) => (one.type === 'step.failed' ? [one.fault.code] : []))).toEqual(['frozen'])
    expect(fake.state.servers.map((one) => one['tenant_id'])).toEqual([
      project('ada')?.id,
      project('grace')?.id,
    ])
    expect([given['image'], given['tags']]).toEqual([{ id: 'img' }, ['bateau:nets', 'starter']])
  })

  it('does not take a restore that was cut for a reset that was', async () => {
    const cut = starter('ada', {
      tags: ['bateau:nets', 'starter', 'bateau-rebuild:snapshot'],
      image: 'other',
    })
    const other = starter('grace', { image: 'other' })
    fake.state.images.push({
      id: 'snapshot',
      name: 'snap',
      status: 'active',
      visibility: 'private',
      tags: [],
    })
    expect(await reset(day, face, quiet)).toBe(exits.done)
    expect([cut['image'], other['image']]).toEqual([{ id: 'img' }, { id: 'img' }])
  })
})

describe('after an exam', () => {
  it('application credentials, which Keystone deletes with the role, are made anew by apply', async () => {
    course({ class: { application_credentials: true } })
    expect(await apply()).toBe(exits.done)
    const secretsNow = () => fake.state.credentials.map((one) => String(one['secret'])).toSorted()
    const secrets = secretsNow()
    expect(secrets).toHaveLength(2)
    expect(await freeze({ ...day, allow: [], from: [] }, face, quiet)).toBe(exits.done)
    expect(fake.state.credentials).toEqual([])
    expect(await thaw(day, face, quiet)).toBe(exits.done)
    expect(await apply()).toBe(exits.done)
    expect(secretsNow()).toEqual(secrets)
  })
})

describe('who leaves a team during an exam', () => {
  it('has no part in it after the thaw', async () => {
    const teams = (...names: string[]) => writeRoster(dir, names, 'red')
    course({ class: { work: 'team' } })
    teams('ada', 'grace')
    expect(await apply()).toBe(exits.done)
    expect(await freeze({ ...day, allow: [], from: [] }, face, quiet)).toBe(exits.done)
    teams('ada')
    expect(await apply()).toBe(exits.done)
    expect(await thaw(day, face, quiet)).toBe(exits.done)
    const inTeam = fake.state.assignments.filter((one) => one.project === project('red')?.id)
    const names = inTeam.map((one) => fake.state.users.find(({ id }) => id === one.user)?.name)
    expect(new Set(names)).not.toContain('grace')
    expect(names).toContain('ada')
  })
})

describe('a class that moves to another cloud', () => {
  let other: FakeCloud
  const move = () => {
    writeClouds(dir, { lyon: fake, other })
    course({
      students: { roster: 'roster.csv', groups: { named: [{ name: 'a', size: 2, server: 'other' }] } },
      clouds: [cloudNamed('lyon'), cloudNamed('other')],
    })
  }
  const key = () =>
    readFileSync(join(worldAt(homeOf(process.env), 'nets').students, 'ada', 'id_ed25519'), 'utf8')

  beforeEach(async () => {
    other = await new FakeCloud().start()
    await other.listen()
    other.state.images.push(...structuredClone(fake.state.images))
    other.state.flavors.push(...structuredClone(fake.state.flavors))
    move()
  })
  afterEach(() => other.stop())

  it('is not locked out of the old one while the new one does not answer', async () => {
    await other.stop()
    expect(await apply()).toBe(exits.unchecked)
    expect(user('ada')?.['enabled']).toBe(true)
    expect(text()).toContain('to be on other, which does not answer; stays open')
  })

  it('is not locked out of the old one where the new one cannot be filled', async () => {
    const mine = {
      id: 'x',
      name: 'nets-ada',
      enabled: true,
      domain_id: 'default',
      description: 'somebody’s',
      tags: [],
    }
    other.state.projects.push({ ...mine, domain_id: other.state.projects[0]?.['domain_id'] })
    expect(await apply()).toBe(exits.broken)
    expect([user('ada')?.['enabled'], user('grace')?.['enabled']]).toEqual([true, false])
  })

  it('keeps its private keys when the old one is cleared', async () => {
    expect(await apply()).toBe(exits.done)
    const before = key()
    expect(await apply({ deleteNow: ['ada', 'grace'] })).toBe(exits.done)
    expect(project('ada')).toBeUndefined()
    expect(key()).toBe(before)
  })
})

describe('who is deleted', () => {
  it('is shown with images of their own as well', async () => {
    fake.state.images.push({
      id: 'own',
      name: 'mine',
      status: 'active',
      owner: project('grace')?.id,
      visibility: 'private',
      tags: [],
    })
    roster('ada')
    expect(await apply({ deleteNow: ['grace'] })).toBe(exits.done)
    expect(text()).toContain('1 image')
  })
})

describe('a day', () => {
  it('is one of where the class is: nothing is deleted there on the evening before', async () => {
    // One of the two is never on the day of UTC.
    const timezone = new Date().getUTCHours() < 12 ? 'Etc/GMT+12' : 'Pacific/Kiritimati'
    const there = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone }).format(Date.now())
    course({ course: { name: 'nets', title: 'Networks', start: '2026-01-01', end: '2099-01-01', timezone } })
    roster('ada')
    expect(await apply()).toBe(exits.done)
    expect(user('grace')?.['description']).toContain(`closed ${there}`)
  })
})

// Names of a class by an API that is stood in for: what is said, what is left alone, and how it ends.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { FakeScaleway, scalewayKey } from '../../../test/fake/scaleway.ts'
import type { Dns } from '../../course/class.ts'
import type { Course } from '../../course/course.ts'
import type { EventBody } from '../../run/events.ts'
import { runTasks } from '../../run/scheduler.ts'
import { exits } from '../face.ts'
import { type Session, Stop } from '../session.ts'
import { nameClass, type Naming } from './name-class.ts'

let fake: FakeScaleway
let dir: string
let events: EventBody[]
beforeEach(async () => {
  fake = await new FakeScaleway().start()
  dir = mkdtempSync(join(tmpdir(), 'bateau-names-'))
  writeFileSync(join(dir, 'dns.key'), `secret_key: ${scalewayKey}\n`, { mode: 0o600 })
  events = []
})
afterEach(async () => {
  await fake.stop()
  rmSync(dir, { recursive: true })
})

const signal = new AbortController().signal
const emit = (event: EventBody) => void events.push(event)
const run = {
  emit,
  signal,
  async phase(_name, _title, tasks) {
    const { failed } = await runTasks(tasks, emit, { perLane: () => 1 }, signal)
    if (failed.length > 0) throw new Stop(exits.broken)
  },
} as Session

const hosts = [{ name: 'os1', addresses: ['2001:db8:17::1'] }]
function name(how: Partial<Naming> = {}, dns: Partial<Dns> = {}) {
  const section: Dns = {
    zone: fake.zone,
    provider: 'scaleway',
    server: null,
    port: 53,
    credentials: 'dns.key',
    api: fake.base,
    ttl: 300,
    reverse: null,
    ...dns,
  }
  const course = { name: 'v6' } as Course
  const file = join(dir, 'course.yaml')
  return nameClass({
    run,
    course,
    dns: section,
    file,
    rehearsal: false,
    hosts,
    partial: false,
    dryRun: false,
    ...how,
  })
}
const told = (type: EventBody['type']) =>
  events.flatMap((event) =>
    event.type !== type
      ? []
      : event.type === 'fault' || event.type === 'step.failed'
        ? [event.fault.code]
        : event.type === 'note' || event.type === 'report'
          ? [event.text]
          : [],
  )

it('shows what it would do, does it, and has nothing to do afterwards', async () => {
  expect(await name({ dryRun: true })).toBe(exits.done)
  expect(told('report').at(-1)).toBe('course.example: 1 to add\n  + os1  AAAA  2001:db8:17::1')
  expect(fake.writes).toEqual([])
  expect(await name()).toBe(exits.done)
  expect(told('report').at(-1)).toMatch(/^course\.example: 1 to add; done\n/)
  expect(await name()).toBe(exits.done)
  expect(told('report').at(-1)).toBe('course.example: 1 right\n    os1  AAAA  2001:db8:17::1')
  expect(fake.writes).toHaveLength(1)
})

it('says whose record it leaves alone, and ends as broken', async () => {
  fake.add('os1', 'A', '192.0.2.1', 3600)
  expect(await name()).toBe(exits.broken)
  expect(told('fault')).toEqual(['dns-foreign'])
  expect(fake.writes).toEqual([])
})

it('proves nothing where nobody answers, and something where the key is refused', async () => {
  writeFileSync(join(dir, 'dns.key'), 'secret_key: another-secret\n')
  expect(await name()).toBe(exits.broken)
  expect(told('step.failed')).toEqual(['dns-key-wrong'])
  expect(JSON.stringify(events)).not.toContain('another-secret')
  writeFileSync(join(dir, 'dns.key'), '\n')
  expect(await name()).toBe(exits.usage)
  expect(told('fault')).toEqual(['dns-credentials'])
})

it('warns of keys that others may read', async () => {
  chmodSync(join(dir, 'dns.key'), 0o644)
  expect(await name()).toBe(exits.done)
  expect(told('note')[0]).toContain('chmod 600')
})

it('writes in a rehearsal only to a zone of this machine', async () => {
  expect(await name({ rehearsal: true }, { api: 'https://api.example' })).toBe(exits.done)
  expect(told('note')).toEqual([
    'a rehearsal changes no names in course.example, which the real internet asks',
  ])
  expect(await name({ rehearsal: true })).toBe(exits.done)
  expect(fake.writes).toHaveLength(1)
})

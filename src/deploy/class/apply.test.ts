// `class plan` and `class apply` against a fake cloud on a port of this machine: what is shown, asked, refused and done.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FakeCloud } from '../../../test/fake/openstack/server.ts'
import type { RunEvent } from '../../run/events.ts'
import { exits, type Face } from '../face.ts'
import { endClass, startClass, writeRoster } from './adopted-class.fixture.ts'
import { classApply, classPlan } from './apply.ts'

let dir: string
let fake: FakeCloud
let events: RunEvent[]
let asked: string[]
/** What a person does before answering, and the answer. */
let answer: () => boolean
const face: Face = {
  event: (event) => void events.push(event),
  ask: async (question) => {
    asked.push(question)
    return answer()
  },
}
const quiet = new AbortController().signal
const options = { file: null, deep: false, keepDays: null, deleteNow: [] as string[] }
const apply = (more: object = {}) => classApply({ ...options, plan: null, ...more }, face, quiet)
const plan = (more: object = {}) => classPlan({ ...options, save: null, ...more }, face, quiet)
const roster = (...names: string[]) => writeRoster(dir, names)
const faults = () => events.flatMap((event) => (event.type === 'fault' ? [event.fault] : []))
const text = () => events.flatMap((event) => (event.type === 'report' ? [event.text] : [])).at(-1) ?? ''
const enabled = (login: string) => fake.state.users.find(({ name }) => name === login)?.['enabled']

beforeEach(async () => {
  ;({ dir, fake } = await startClass('apply'))
  events = []
  asked = []
  answer = () => true
  expect(await apply()).toBe(exits.done)
  expect(asked).toEqual([])
})
afterEach(() => endClass(dir, fake))

describe('class apply', () => {
  it('makes no write call a second time, and says so', async () => {
    const writes = fake.writes
    expect(await apply()).toBe(exits.done)
    expect(fake.writes).toBe(writes)
    expect(text()).toBe('lyon: 2 as they should be')
  })

  it('asks before it closes somebody, and without consent changes nothing', async () => {
    roster('ada')
    answer = () => false
    const writes = fake.writes
    expect(await apply()).toBe(exits.refused)
    expect(asked).toEqual(['Close grace (no log-in, instances stopped)?'])
    expect([fake.writes, enabled('grace')]).toEqual([writes, true])
    answer = () => true
    expect(await apply()).toBe(exits.done)
    expect(enabled('grace')).toBe(false)
  })

  it('does nothing of what was shown when the roster changed while it was asked', async () => {
    roster('ada')
    answer = () => {
      roster('ada', 'grace', 'barbara')
      return true
    }
    const writes = fake.writes
    expect(await apply()).toBe(exits.refused)
    expect(faults()).toMatchObject([{ code: 'roster-changed', why: 'grace is new, barbara is new' }])
    expect(fake.writes).toBe(writes)
    answer = () => true
    expect(await apply()).toBe(exits.done)
    expect([enabled('grace'), enabled('barbara')]).toEqual([true, true])
  })

  it('deletes at once whom it is told to, and only who left', async () => {
    expect(await apply({ deleteNow: ['ada'] })).toBe(exits.refused)
    expect(faults()).toMatchObject([{ code: 'not-leaving' }])
    roster('ada')
    expect(await apply({ deleteNow: ['grace'] })).toBe(exits.done)
    expect(asked).toEqual(['Delete grace with everything they own, for good?'])
    expect(fake.state.projects.map(({ name }) => name)).not.toContain('nets-grace')
  })
})

describe('class apply --plan', () => {
  const saved = () => join(dir, 'monday.json')

  it('carries out just the plan that was saved', async () => {
    roster('ada', 'grace', 'barbara')
    expect(await plan({ save: saved() })).toBe(exits.done)
    expect(text()).toBe('lyon: 1 to make, 2 as they should be\n  + barbara  a  on the roster, in group a')
    expect(await apply({ plan: saved() })).toBe(exits.done)
    expect(enabled('barbara')).toBe(true)
  })

  it('refuses when something else is to be done by now, and says what', async () => {
    roster('ada', 'grace', 'barbara')
    await plan({ save: saved() })
    roster('ada', 'grace', 'tony')
    const writes = fake.writes
    expect(await apply({ plan: saved() })).toBe(exits.refused)
    expect(faults()).toMatchObject([{ code: 'plan-outdated' }])
    expect(faults()[0]?.why).toBe(
      'no longer: + barbara  a  on the roster, in group a\nnew: + tony  a  on the roster, in group a',
    )
    expect(fake.writes).toBe(writes)
  })

  it('refuses what is no plan of this class', async () => {
    writeFileSync(saved(), '{}')
    expect(await apply({ plan: saved() })).toBe(exits.refused)
    expect(faults()).toMatchObject([{ code: 'plan-unreadable' }])
    expect(readFileSync(saved(), 'utf8')).toBe('{}')
  })
})

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Trouble } from '../core/fault.ts'
import type { Task } from '../core/task.ts'
import type { RunEvent } from '../run/events.ts'
import type { Face } from './face.ts'
import { session, Stop } from './session.ts'
import { type World, worldAt } from './world.ts'

let root = ''
let world: World
let events: RunEvent[] = []
const face: Face = { event: (event) => void events.push(event), ask: () => Promise.resolve(true) }
const quiet = new AbortController().signal

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bateau-session-'))
  world = worldAt(
    {
      state: join(root, 'state'),
      cache: join(root, 'cache'),
      config: join(root, 'config'),
      runtime: join(root, 'run'),
    },
    'course',
  )
  events = []
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const last = () => events.at(-1)
const unreachable = { code: 'host-unreachable', title: 't', why: 'w', fix: 'f' }
const task = (act: Task['act']): Task => ({
  id: 't',
  title: 't',
  because: 'a test',
  lane: 'local',
  after: [],
  look: () => Promise.resolve({ done: false, seen: 'no' }),
  act,
})

describe('a session', () => {
  it('tells how it began and ended to the face and the journal alike', async () => {
    expect(await session('up', world, face, quiet, async () => 0)).toBe(0)
    expect(events.map((event) => event.type)).toEqual(['run.started', 'run.finished'])
    expect(readFileSync(world.journal, 'utf8').trim().split('\n')).toHaveLength(2)
    expect(existsSync(world.lock)).toBe(false)
  })

  it('keeps a secret out of every event, whoever lets it slip', async () => {
    await session('up', world, face, quiet, async ({ emit, vault }) => {
      emit({ type: 'note', text: `the password is ${vault.get('nova/db').reveal()}` })
      return 0
    })
    expect(events[1]).toMatchObject({ type: 'note', text: 'the password is •••' })
    expect(readFileSync(world.journal, 'utf8')).not.toMatch(/[A-Za-z0-9]{32}/)
  })

  it('is refused while another one holds the lock, and says who', async () => {
    await session('up', world, face, quiet, async () => {
      events = []
      expect(await session('check', world, face, quiet, async () => 0)).toBe(3)
      expect(events[0]).toMatchObject({ type: 'fault', fault: { code: 'locked' } })
      return 0
    })
  })

  it('that only reads goes beside one that writes and beside others, and is no part of its journal', async () => {
    const reads = (body: () => Promise<0>) => session('status', world, face, quiet, body, { reads: true })
    let written = ''
    const bug = session('up', world, face, quiet, async () => {
      written = readFileSync(world.journal, 'utf8')
      expect(await reads(() => reads(async () => 0) as Promise<0>)).toBe(0)
      expect(readFileSync(world.journal, 'utf8')).toBe(written)
      expect(existsSync(world.lock)).toBe(true)
      throw new TypeError('bug')
    })
    await expect(bug).rejects.toThrow('bug')
    const cut = events[0]?.run
    await reads(async () => 0)
    expect(last()).toMatchObject({ type: 'run.finished', outcome: 'done' })
    events = []
    // The run that was cut is still the last one that began.
    await session('up', world, face, quiet, async () => 0)
    expect(events[0]).toMatchObject({ type: 'run.started', resumes: cut })
  })

  it('that only reads has no tasks', async () => {
    const deed = session(
      'status',
      world,
      face,
      quiet,
      async (run) => {
        await run.phase('p', 'P', [task(async () => {})])
        return 0
      },
      { reads: true },
    )
    await expect(deed).rejects.toThrow(/only reads, and has tasks: p/)
  })

  it('ends with 4 when a server cannot be reached, 1 for other trouble, its own code when stopped', async () => {
    const failing = (fault: typeof unreachable) => () => Promise.reject(new Trouble(fault))
    expect(await session('up', world, face, quiet, failing(unreachable))).toBe(4)
    expect(await session('up', world, face, quiet, failing({ ...unreachable, code: 'other' }))).toBe(1)
    expect(await session('up', world, face, quiet, () => Promise.reject(new Stop(3)))).toBe(3)
    expect(last()).toMatchObject({ type: 'run.finished', exitCode: 3, outcome: 'refused' })
  })

  it('ends with 1 when a task of a phase failed and with 130 when it was interrupted', async () => {
    const broken = task(() => Promise.reject(new Trouble(unreachable)))
    expect(await session('up', world, face, quiet, (s) => s.phase('p', 'P', [broken]).then(() => 0))).toBe(1)
    const stop = new AbortController()
    const cut = task(async () => stop.abort())
    expect(await session('up', world, face, stop.signal, (s) => s.phase('p', 'P', [cut]).then(() => 0))).toBe(
      130,
    )
  })

  it('knows that the one before it was cut, and which', async () => {
    const bug = () => Promise.reject(new TypeError('bug'))
    await expect(session('up', world, face, quiet, bug)).rejects.toThrow('bug')
    const cut = events[0]?.run
    events = []
    await session('up', world, face, quiet, async () => 0)
    expect(events[0]).toMatchObject({ type: 'run.started', resumes: cut })
    events = []
    await session('up', world, face, quiet, async () => 0)
    expect(events[0]).toMatchObject({ type: 'run.started', resumes: null })
  })
})

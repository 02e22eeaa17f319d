import { appendFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { journalName } from '../agent/journal.ts'
import { type AgentEvent, type AgentEventBody, readEvent } from '../agent/events.ts'
import { Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'
import { localShell } from '../host/spawn.ts'
import { clockOf, heard, summary, unheard } from './watch-state.ts'
import { type Heard, listen, TailReader } from './watch-tail.ts'
import { wordsOf } from './watch-words.ts'

const event = (run: string, seq: number, body?: AgentEventBody): AgentEvent => ({
  schema_version: 1,
  host: 'os1',
  run,
  seq,
  at: '2024-09-02T10:02:00.000Z',
  uptime: 1,
  ...(body ?? { type: 'trouble.gone', code: 'x', id: 'x', after_seconds: seq }),
})
const line = (one: AgentEvent) => JSON.stringify(one)
const mark = '==bateau live'
const seqs = (all: readonly Heard[]) => all.flatMap((one) => (one.kind === 'event' ? [one.event.seq] : []))

describe('a journal read over connections that break', () => {
  it('is heard once, whole and in order, wherever they break', () => {
    const story = fc.record({
      events: fc.integer({ min: 0, max: 30 }),
      connections: fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 6 }),
    })
    fc.assert(
      fc.property(story, ({ events, connections }) => {
        const all = Array.from({ length: events }, (_, i) => event('a', i + 1))
        const said: Heard[] = []
        const reader = new TailReader((one) => said.push(one))
        let written = 0
        for (const [onDisk, later] of [...connections, [30, 30] as const]) {
          reader.begin()
          written = Math.max(written, Math.min(onDisk, events))
          for (const one of all.slice(0, written)) reader.line(line(one))
          reader.line(mark)
          const until = Math.min(written + later, events)
          for (const one of all.slice(written, until)) reader.line(line(one))
          written = until
        }
        expect(seqs(said)).toEqual(all.map(({ seq }) => seq))
        expect(said.filter(({ kind }) => kind === 'missed')).toEqual([])
      }),
    )
  })

  it('that has moved on says what was missed', () => {
    const said: Heard[] = []
    const reader = new TailReader((one) => said.push(one))
    const connection = (...lines: string[]) => {
      reader.begin()
      for (const one of lines) reader.line(one)
    }
    connection(line(event('a', 1)), mark, line(event('a', 2)), line(event('a', 5)))
    expect(said.at(-2)).toEqual({ kind: 'missed', count: 2 })
    connection(line(event('b', 7)), mark)
    expect(said.slice(-3)).toMatchObject([
      { kind: 'missed', count: null },
      { kind: 'event' },
      { kind: 'live' },
    ])
  })

  it('with noise in it is heard without it', () => {
    const said: Heard[] = []
    const reader = new TailReader((one) => said.push(one))
    reader.begin()
    for (const one of ['', '{"cut', 'ssh: connect to host os1: timed out', mark, line(event('a', 1)), 'null'])
      reader.line(one)
    expect(seqs(said)).toEqual([1])
    expect(reader.complaint).toBe('null')
  })
})

describe('listening', () => {
  const top = mkdtempSync(join(tmpdir(), 'bateau-watch-'))
  afterAll(() => rmSync(top, { recursive: true }))

  /** This machine as a server whose link can be cut. */
  function server() {
    const directory = mkdtempSync(join(top, 'x-'))
    const path = join(directory, journalName)
    const here = localShell('os1')
    let cut = new AbortController()
    let isUp = true
    const shell: Shell = {
      name: 'os1',
      async run(argv, options = {}) {
        if (!isUp)
          throw new Trouble({
            code: 'host-unreachable',
            title: 'os1 cannot be reached',
            why: 'no route to host',
            fix: '',
          })
        const [first, ...rest] = argv
        cut = new AbortController()
        const ends = options.signal ? [options.signal, cut.signal] : [cut.signal]
        return here.run([first, ...rest.slice(0, -1), path], { ...options, signal: AbortSignal.any(ends) })
      },
    }
    return {
      shell,
      path,
      write: (...events: AgentEvent[]) =>
        appendFileSync(path, events.map((one) => `${line(one)}\n`).join('')),
      down: () => ((isUp = false), cut.abort()),
      up: () => (isUp = true),
    }
  }

  it('goes through rotations and lost links, and says them', async () => {
    const { shell, path, write, down, up } = server()
    const said: Heard[] = []
    const stop = new AbortController()
    const soon = (_: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal.aborted) return resolve()
        setTimeout(resolve, 20)
      })
    const listening = listen(shell, (one) => said.push(one), soon, stop.signal)
    const kinds = () => said.map(({ kind }) => kind)
    await expect.poll(kinds, { timeout: 10_000 }).toContain('live')
    write(event('a', 1), event('a', 2))
    await expect.poll(() => seqs(said), { timeout: 10_000 }).toEqual([1, 2])
    renameSync(path, `${path}.1`)
    write(event('a', 3))
    await expect.poll(() => seqs(said), { timeout: 10_000 }).toEqual([1, 2, 3])
    down()
    await expect
      .poll(() => said.filter(({ kind }) => kind === 'lost').length, { timeout: 10_000 })
      .toBeGreaterThan(2)
    expect(said.at(-1)).toEqual({ kind: 'lost', why: 'no route to host' })
    write(event('a', 4))
    up()
    await expect.poll(() => seqs(said), { timeout: 10_000 }).toEqual([1, 2, 3, 4])
    write(event('b', 1))
    await expect.poll(() => seqs(said), { timeout: 10_000 }).toEqual([1, 2, 3, 4, 1])
    expect(kinds()).not.toContain('missed')
    stop.abort()
    await listening
  })
})

describe('a server in a line', () => {
  const wall = new Date('2024-09-02T12:00:00.000Z')
  const at = clockOf('2024-09-02T10:02:00.000Z', wall)
  const started: AgentEventBody = {
    type: 'agent.started',
    version: '1',
    config: '1',
    pid: 1,
    mends: true,
    why: '',
  }
  const look = (...codes: string[]): AgentEventBody => ({
    type: 'look',
    kind: 'full',
    yes: 1,
    no: codes.length,
    unclear: 0,
    milliseconds: 1,
    findings: codes.map((code) => ({ code, id: code })),
  })
  const repair: AgentEventBody = { type: 'repair.started', repair: 'r', code: 'x', title: 't', commands: [] }
  const after = (...bodies: AgentEventBody[]) =>
    bodies.reduce(
      (state, body, i) => heard(state, { kind: 'event', event: event('a', i + 1, body), isReplay: false }, 0),
      heard(unheard('os1'), { kind: 'live' }, 0),
    )
  const words = (state: ReturnType<typeof after>, now = 0) => summary(state, '1', wall, now).text

  it.each([
    ['nobody has listened', unheard('os1'), 'os1: connecting'],
    ['there is no agent', after(), 'os1: no agent has told anything yet'],
    ['it has just started', after(started), 'os1: its agent looks for the first time'],
    ['all is well', after(started, look()), `os1: well since ${at}; no repair today`],
    ['it was mended', after(started, look('x'), repair, look()), `os1: well since ${at}; 1 repair today`],
    ['something is wrong', after(started, look('x')), `os1: x since ${at}; no repair today`],
    [
      'a person is needed',
      after(started, look('x'), { type: 'given-up', code: 'x', why: '', fix: '' }),
      `os1: x since ${at}; needs a person: x; no repair today`,
    ],
    [
      'it was stopped',
      after(started, look(), { type: 'agent.stopped', why: '' }),
      'os1: its agent was stopped',
    ],
    [
      'the agent is another one',
      after({ ...started, version: '0', mends: false, why: 'it only observes' }, look()),
      `os1: well since ${at}; it only observes; its agent is of bateau 0, this is 1`,
    ],
    [
      'the link is lost',
      heard(after(started, look()), { kind: 'lost', why: 'no route' }, 0),
      'os1: cannot be reached, trying again (no route)',
    ],
  ])('says it when %s', (_, state, text) => {
    expect(words(state)).toBe(text)
  })

  it('says it when the agent is silent', () => {
    expect(words(after(started, look()), 200_000)).toBe('os1: its agent says nothing')
  })

  it('has words for every event but a look', () => {
    expect(wordsOf(event('a', 1, look('x')))).toBeUndefined()
    expect(wordsOf(event('a', 1, repair))).toBe('→ t  (x)')
    expect(readEvent(line(event('a', 1)))).toEqual(event('a', 1))
  })
})

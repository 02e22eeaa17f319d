import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type RunEvent, runEvent, schemaVersion } from './events.ts'
import { Journal, readJournal } from './journal.ts'

let dir = ''
let path = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bateau-journal-'))
  path = join(dir, 'deep', 'journal.ndjson')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const event = (text: string): RunEvent => ({
  schema_version: schemaVersion,
  at: '2026-01-05T08:00:00.000Z',
  run: 'r1',
  type: 'note',
  text,
})
const started: RunEvent = {
  ...event(''),
  type: 'run.started',
  command: 'up',
  course: 'c',
  resumes: null,
}

it('what is appended is read back, in order, by a registry that knows every event', () => {
  const journal = new Journal(path)
  journal.append(event('one'))
  journal.append(event('two é'))
  journal.close()
  const read = readJournal(path)
  expect(read).toEqual({ ok: true, value: [event('one'), event('two é')] })
  if (read.ok) for (const one of read.value) expect(runEvent.parse(one)).toEqual(one)
})

it('nobody else may read it', () => {
  new Journal(path).close()
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

it('a line torn by a crash is passed over, also once the next run has written after it', () => {
  new Journal(path).append(event('whole'))
  appendFileSync(path, '{"type":"note","te')
  expect(readJournal(path)).toEqual({ ok: true, value: [event('whole')] })
  new Journal(path).append(started)
  expect(readJournal(path)).toEqual({ ok: true, value: [event('whole'), started] })
})

it('damage anywhere else is a fault that names the line', () => {
  const journal = new Journal(path)
  journal.append(event('one'))
  journal.append(event('two'))
  writeFileSync(path, readFileSync(path, 'utf8').replace('"one"', '"one'))
  const read = readJournal(path)
  expect(read.ok).toBe(false)
  if (!read.ok) expect(read.faults[0]).toMatchObject({ code: 'journal-unreadable', where: { line: 1 } })
})

it('no journal is an empty history', () => {
  expect(readJournal(path)).toEqual({ ok: true, value: [] })
})

import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { FakeClock } from './clock.fixture.ts'
import { type AgentEventBody, readEvent } from './events.ts'
import { fileStore } from './store.ts'
import { teller } from './teller.ts'

const top = mkdtempSync(join(tmpdir(), 'bateau-agent-store-'))
afterAll(() => rmSync(top, { recursive: true }))

const gone = (n: number): AgentEventBody => ({ type: 'trouble.gone', code: 'x', id: 'x', after_seconds: n })

it('events are numbered, and a full disk is told of once there is space again', () => {
  const lines: string[] = []
  const also: AgentEventBody[] = []
  let isFull = false
  const tell = teller(
    'os1',
    new FakeClock(),
    (line) => !isFull && lines.push(line) > 0,
    (event) => also.push(event),
  )
  tell(gone(1))
  isFull = true
  tell(gone(2))
  tell(gone(3))
  isFull = false
  tell(gone(4))
  tell(gone(5))
  const events = lines.map((line) => readEvent(line))
  expect(events).toMatchObject([
    { seq: 1, after_seconds: 1, host: 'os1', at: '2024-09-02T08:00:00.000Z' },
    { seq: 2, type: 'journal.resumed', lost: 2 },
    { seq: 3, after_seconds: 4 },
    { seq: 4, after_seconds: 5 },
  ])
  expect(also).toHaveLength(5)
})

it.each([
  '',
  '{',
  'null',
  '7',
  '{"schema_version":2,"type":"look","run":"a","seq":1,"at":""}',
  '{"schema_version":1}',
])('a line like %j is no event', (line) => {
  expect(readEvent(line)).toBeUndefined()
})

const isText = (value: unknown): value is string => typeof value === 'string'

it('a value outlives its keeper, and a file that is none of it is empty', () => {
  const path = join(top, 'made/value.json')
  fileStore(path, '', isText).write('kept')
  expect(fileStore(path, '', isText).read()).toBe('kept')
  writeFileSync(path, '{"cut')
  expect(fileStore(path, 'empty', isText).read()).toBe('empty')
  writeFileSync(path, '7')
  expect(fileStore(path, 'empty', isText).read()).toBe('empty')
})

it('a value that cannot be written is still remembered', () => {
  const path = join(top, 'directory')
  mkdirSync(`${path}.new`, { recursive: true })
  const store = fileStore(path, '', isText)
  store.write('kept')
  expect(store.read()).toBe('kept')
})

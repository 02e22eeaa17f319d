import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { AgentJournal, journalName } from './journal.ts'

const top = mkdtempSync(join(tmpdir(), 'bateau-agent-journal-'))
afterAll(() => rmSync(top, { recursive: true }))
const fresh = () => mkdtempSync(join(top, 'one-'))
const linesOf = (path: string) => readFileSync(path, 'utf8').split('\n').filter(Boolean)

it('keeps lines in order, readable to root alone', () => {
  const directory = join(fresh(), 'made')
  const journal = new AgentJournal({ directory })
  expect([journal.append('{"a":1}'), journal.append('{"a":2}')]).toEqual([true, true])
  const path = join(directory, journalName)
  expect(linesOf(path)).toEqual(['{"a":1}', '{"a":2}'])
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

it('never takes more than two files of its size and a line, and keeps the newest', () => {
  const directory = fresh()
  const journal = new AgentJournal({ directory, fullBytes: 1_000 })
  for (let n = 0; n < 1_000; n++) expect(journal.append(`{"n":${n}}`)).toBe(true)
  const path = join(directory, journalName)
  expect(statSync(path).size).toBeLessThan(1_020)
  expect(statSync(`${path}.1`).size).toBeLessThan(1_020)
  const kept = [...linesOf(`${path}.1`), ...linesOf(path)].map(
    (line) => (JSON.parse(line) as { n: number }).n,
  )
  expect(kept.at(-1)).toBe(999)
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => 1_000 - kept.length + i))
})

it('goes on after a line that a crash cut, and loses only that one', () => {
  const directory = fresh()
  writeFileSync(join(directory, journalName), '{"n":1}\n{"n":')
  const journal = new AgentJournal({ directory })
  journal.append('{"n":3}')
  expect(linesOf(join(directory, journalName))).toEqual(['{"n":1}', '{"n":', '{"n":3}'])
})

it('follows its name when somebody takes the file away', () => {
  const directory = fresh()
  const journal = new AgentJournal({ directory })
  journal.append('one')
  rmSync(join(directory, journalName))
  expect(journal.append('two')).toBe(true)
  expect(linesOf(join(directory, journalName))).toEqual(['two'])
})

it('answers false where nothing can be written, and works again when it can', () => {
  const directory = join(fresh(), 'file')
  writeFileSync(directory, 'in the way')
  const journal = new AgentJournal({ directory })
  expect([journal.append('one'), journal.append('two')]).toEqual([false, false])
  rmSync(directory)
  expect(journal.append('three')).toBe(true)
})

it('writes to a full disk are no exception', () => {
  const directory = fresh()
  const path = join(directory, journalName)
  // full(4): what is written there fails with ENOSPC, as on a disk without space.
  symlinkSync('/dev/full', path)
  const journal = new AgentJournal({ directory })
  expect([journal.append('one'), journal.append('two')]).toEqual([false, false])
  rmSync(path)
  expect(journal.append('three')).toBe(true)
  expect(linesOf(path)).toEqual(['three'])
})

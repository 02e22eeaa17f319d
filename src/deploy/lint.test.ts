import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { lintFile } from './lint.ts'

const teacher = readFileSync('test/story/local-conf/teacher.conf', 'utf8')
let place = ''
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'bateau-lint-'))
})
afterEach(() => rmSync(place, { recursive: true }))

const lint = (text: string, more = {}) => {
  const file = join(place, 'local.conf')
  writeFileSync(file, text)
  return lintFile({ file, named: 'local.conf', release: '2025.1', fix: false, ...more })
}

it('a file with faults ends with 1, and nothing is written unless it is asked for', () => {
  expect(lint(teacher)).toMatchObject({ ok: true, value: { exitCode: 1, written: null } })
  expect(readdirSync(place)).toEqual(['local.conf'])
})

it('--fix writes beside, as private as the original, twice if need be, and leaves the original alone', () => {
  writeFileSync(join(place, 'local.conf'), teacher)
  chmodSync(join(place, 'local.conf'), 0o600)
  for (const _ of [1, 2])
    expect(lint(teacher, { fix: true })).toMatchObject({ ok: true, value: { written: 'local.conf.bateau' } })
  expect(readdirSync(place).sort()).toEqual(['local.conf', 'local.conf.bateau'])
  expect(readFileSync(join(place, 'local.conf'), 'utf8')).toBe(teacher)
  expect(statSync(join(place, 'local.conf.bateau')).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(place, 'local.conf.bateau'), 'utf8')).toContain('Xq7Lm2Rt9Bk4')
})

it("--fix does not write over somebody's file, nor behind an open quote", () => {
  writeFileSync(join(place, 'local.conf.bateau'), 'mine')
  expect(lint(teacher, { fix: true })).toMatchObject({ ok: false, faults: [{ code: 'fix-in-the-way' }] })
  expect(readFileSync(join(place, 'local.conf.bateau'), 'utf8')).toBe('mine')
  expect(lint('[[local|localrc]]\nA="x\n', { fix: true })).toMatchObject({
    ok: false,
    faults: [{ code: 'quote-unclosed' }],
  })
})

it('a localrc beside a local.conf is seen', () => {
  writeFileSync(join(place, 'localrc'), 'A=1\n')
  const linted = lint(teacher)
  expect(linted.ok ? linted.value.findings[0]?.code : '').toBe('localrc-beside')
})

it.each([
  ['no-such', {}, 'no-file'],
  ['local.conf', { devstack: '/nowhere' }, 'not-devstack'],
])('%s with %j is a fault', (name, more, code) => {
  writeFileSync(join(place, 'local.conf'), teacher)
  const linted = lintFile({ file: join(place, name), named: name, release: '2025.1', fix: false, ...more })
  expect(linted).toMatchObject({ ok: false, faults: [{ code }] })
})

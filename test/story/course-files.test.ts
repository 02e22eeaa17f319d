// Proves what is said of files that are no course at all: absent, directories, devices, other encodings, other formats.
// Leaves broken YAML to course-broken.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readUpTo } from '../../src/course/bytes.ts'
import { loadCourse } from '../../src/course/load.ts'
import { soundText } from './sound-course.ts'

let place = ''
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'bateau-course-'))
})
afterAll(() => rmSync(place, { recursive: true }))

function faultsOf(path: string) {
  const outcome = loadCourse(path, { readFile: readUpTo })
  return outcome.ok ? [] : outcome.faults
}

function stored(name: string, bytes: string | Uint8Array): string {
  const path = join(place, name)
  writeFileSync(path, bytes)
  return path
}

describe('a file that is no course', () => {
  test('an absent one is said to be absent', () => {
    expect(faultsOf(join(place, 'no.yaml'))[0]).toMatchObject({
      code: 'no-file',
      fix: `see what is there: ls ${place}`,
    })
  })
  test('a directory is said to be one', () => {
    expect(faultsOf(place)[0]?.code).toBe('is-directory')
  })
  test('a path through a file is said to be absent', () => {
    expect(faultsOf(join(stored('plain', 'x'), 'course.yaml'))[0]?.code).toBe('no-file')
  })
  test('a device without end is read a little and refused', () => {
    expect(faultsOf('/dev/zero')[0]?.code).toBe('too-big')
  })
  test('a large file is refused by its size', () => {
    expect(faultsOf(stored('large.yaml', '#'.repeat(300_000)))[0]?.code).toBe('too-big')
  })
  test('windows-1252 is pointed at where the first accent stands', () => {
    const [fault] = faultsOf(stored('latin.yaml', Buffer.from(soundText.replace('A sound', 'Été'), 'latin1')))
    expect(fault).toMatchObject({ code: 'not-utf8', where: { line: 3, column: 10 } })
  })
  test('a file that ends inside a character is not UTF-8', () => {
    const bytes = Buffer.from('title: é')
    expect(faultsOf(stored('cut.yaml', bytes.subarray(0, bytes.length - 1)))[0]?.code).toBe('not-utf8')
  })
  test('UTF-16 is named', () => {
    expect(faultsOf(stored('wide.yaml', Buffer.from(`\ufeff${soundText}`, 'utf16le')))[0]?.title).toContain(
      'UTF-16',
    )
  })
  test('a binary is pointed at by its first zero byte', () => {
    expect(faultsOf(stored('image', Buffer.from('ab\ncd\0ef')))[0]).toMatchObject({
      code: 'binary',
      where: { line: 2, column: 3 },
    })
  })
  test('brackets nested thousands deep are refused, not followed', () => {
    expect(faultsOf(stored('deep.yaml', `a: ${'['.repeat(60_000)}`)).length).toBeGreaterThan(0)
  })
})

describe('a file that is one', () => {
  test('may have a byte order mark and line ends of Windows', () => {
    expect(faultsOf(stored('windows.yaml', `\ufeff${soundText.replaceAll('\n', '\r\n')}`))).toEqual([])
  })
  test('has its faults at the same places with line ends of Windows', () => {
    const [fault] = faultsOf(
      stored('crlf.yaml', soundText.replace('budget:', 'buget:').replaceAll('\n', '\r\n')),
    )
    expect(fault?.where).toMatchObject({ line: 32, column: 1, length: 5, source: 'buget: 200' })
  })
  test('may repeat a section by an anchor, and faults then stand at the anchor', () => {
    const text = soundText.replace('{monthly: 30, months: 5}', '&p {monthly: 30, monts: 5}')
    const [fault, ...more] = faultsOf(
      stored(
        'alias.yaml',
        text.replace('budget: 200', '  - {name: j, role: jump, provider: ovh, price: *p}'),
      ),
    )
    expect(fault).toMatchObject({ code: 'unknown-key', where: { line: 24, column: 29 } })
    expect(more).toHaveLength(1)
  })
})

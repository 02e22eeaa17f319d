import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fault } from './fault.ts'
import { showFault, showFaults } from './fault-text.ts'

const fault: Fault = { code: 'x', title: 'what', why: 'why', fix: 'fix' }
const where = { file: 'course.yaml', line: 14, column: 7, length: 3, source: '  ram: 1e3' }

describe('a fault as text', () => {
  test('has place, line, caret, why and fix', () => {
    expect(showFault({ ...fault, where: { ...where, column: 8 } })).toBe(
      ['course.yaml:14:8  what', '   14 |   ram: 1e3', '      |        ^^^', '   why', '   fix'].join('\n'),
    )
  })
  test('names its host and its cause', () => {
    expect(showFault({ ...fault, host: 'os1', cause: { ...fault, title: 'deeper' } })).toBe(
      ['os1  what', '   why', '   fix', '   because  deeper', '      why', '      fix'].join('\n'),
    )
  })
  test('puts the caret under wide characters and after combining ones', () => {
    const [, , caret] = showFault({
      ...fault,
      where: { ...where, source: '王e\u0301: x', column: 6, length: 1 },
    }).split('\n')
    expect(caret).toBe('      |      ^')
  })
  test('cuts a long line around the caret', () => {
    const source = `${'a'.repeat(400)}HERE${'b'.repeat(400)}`
    const [, line = '', caret = ''] = showFault({
      ...fault,
      where: { ...where, source, column: 401, length: 4 },
    }).split('\n')
    expect(line.length).toBeLessThan(115)
    expect(line.slice(caret.indexOf('^'), caret.indexOf('^') + 4)).toBe('HERE')
  })
  test('never lets a control character through, and keeps the caret inside the line', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 })
    fc.assert(
      fc.property(
        text,
        text,
        fc.integer({ min: 1, max: 320 }),
        fc.integer({ min: 1, max: 400 }),
        (title, source, column, length) => {
          const line = source.replaceAll('\n', ' ')
          const shown = showFault({
            ...fault,
            title,
            where: { ...where, source: line, column: Math.min(column, line.length + 1), length },
          })
          // oxlint-disable-next-line no-control-regex -- they are what must not come through
          expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
          for (const row of shown.split('\n').slice(1)) expect(row.length).toBeLessThan(260)
        },
      ),
    )
  })
  test('stands apart from the next by an empty line', () => {
    expect(showFaults([fault, fault]).split('\n\n')).toHaveLength(2)
  })
})

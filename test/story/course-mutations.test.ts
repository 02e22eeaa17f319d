// Proves by random damage that reading a course never throws, always points into the file, and never shows a DUID.
// Leaves particular damage to course-broken.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Fault } from '../../src/core/fault.ts'
import { showFaults } from '../../src/core/fault-text.ts'
import { planJson } from '../../src/plan/json.ts'
import { makePlan } from '../../src/plan/plan.ts'
import { planText } from '../../src/plan/text.ts'
import { read, soundDuid, soundText } from './sound-course.ts'

type Damage = (text: string) => string

const lines = soundText.split('\n')
const anyLine = fc.nat({ max: lines.length - 1 })
const fragment = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.constantFrom(
    ': ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '#',
    '&a ',
    '*a',
    '!t ',
    '|',
    '>',
    '\t',
    '\n',
    '  ',
    '---\n',
    'fe80::',
    '1e3',
    '~',
    '\u0000',
    '%',
    '<<: *a',
    '? ',
    '__proto__: 1\n',
  ),
)

const damages: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(fc.nat({ max: soundText.length }), fragment).map(
    ([at, put]) =>
      (text: string) =>
        text.slice(0, at) + put + text.slice(at),
  ),
  fc.tuple(fc.nat({ max: soundText.length }), fc.integer({ min: 1, max: 40 })).map(
    ([at, size]) =>
      (text: string) =>
        text.slice(0, at) + text.slice(at + size),
  ),
  anyLine.map((n) => (text: string) => text.split('\n').toSpliced(n, 1).join('\n')),
  fc.tuple(anyLine, anyLine).map(([from, to]) => (text: string) => {
    const all = text.split('\n')
    return all.toSpliced(to, 0, all[from] ?? '').join('\n')
  }),
  fc.tuple(anyLine, fc.constantFrom(' ', '  ', '\t', '- ', '# ')).map(([n, indent]) => (text: string) => {
    const all = text.split('\n')
    return all.with(Math.min(n, all.length - 1), indent + (all[n] ?? '')).join('\n')
  }),
  fc.tuple(anyLine, fragment).map(([n, value]) => (text: string) => {
    const all = text.split('\n')
    const at = Math.min(n, all.length - 1)
    return all
      .with(
        at,
        (all[at] ?? '').replace(/:.*$/, () => `: ${value}`),
      )
      .join('\n')
  }),
)

function pointsInto(fault: Fault, text: string) {
  const all = text.replaceAll(/\r\n?/g, '\n').split('\n')
  const { where } = fault
  if (!where) return false
  const source = all[where.line - 1]
  return (
    source !== undefined &&
    where.column >= 1 &&
    where.column <= source.length + 1 &&
    where.length >= 1 &&
    where.column - 1 + where.length <= Math.max(source.length, where.column)
  )
}

/** Milliseconds; hundreds of readings on a busy machine. */
const patience = 240_000

/** The part of the DUID that is not its type, however it is written. */
const secret = soundDuid.slice(12)

test(
  'a damaged course gives faults that point into it, or a course that can be planned',
  () => {
    fc.assert(
      fc.property(fc.array(damages, { minLength: 1, maxLength: 5 }), (all) => {
        // A lone carriage return is a line end by the time that the loader hands the text on (course/bytes).
        const text = all.reduce((now, damage) => damage(now), soundText).replaceAll(/\r\n?/g, '\n')
        const outcome = read(text)
        if (outcome.ok) {
          const plan = makePlan(
            outcome.value,
            { hosts: {}, offers: [] },
            { today: '2027-01-01', rehearsal: false },
          )
          expect(planText(plan) + JSON.stringify(planJson(plan))).not.toContain(secret)
          return
        }
        expect(outcome.faults.length).toBeGreaterThan(0)
        for (const fault of outcome.faults) {
          expect(pointsInto(fault, text)).toBe(true)
          expect(fault.title).not.toBe('')
          expect(fault.fix).not.toBe('')
        }
        expect(showFaults(outcome.faults)).not.toContain(secret)
      }),
      { numRuns: 400 },
    )
  },
  patience,
)

test(
  'any text at all gives an answer',
  () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.json()), (text) => {
        const outcome = read(text)
        expect(outcome.ok).toBe(false)
        // oxlint-disable-next-line no-control-regex -- they are what must not come through
        if (!outcome.ok) expect(showFaults(outcome.faults)).not.toMatch(/[\u0000-\u0008\u001b\u007f]/)
      }),
      { numRuns: 200 },
    )
  },
  patience,
)

test(
  'values of any JSON kind at any key give an answer',
  () => {
    fc.assert(
      fc.property(anyLine, fc.jsonValue({ maxDepth: 2 }), (n, value) => {
        const text = lines
          .with(
            n,
            (lines[n] ?? '').replace(/:.*$/, () => `: ${JSON.stringify(value)}`),
          )
          .join('\n')
        const outcome = read(text)
        if (!outcome.ok) for (const fault of outcome.faults) expect(pointsInto(fault, text)).toBe(true)
      }),
      { numRuns: 200 },
    )
  },
  patience,
)

test('a mapping that has not even a text is refused wherever a value stands', () => {
  const lines = soundText.split('\n')
  const valued = lines.flatMap((line, i) => (/^\s*(?:- )?\w+: ./.test(line) ? [i] : []))
  expect(valued.length).toBeGreaterThan(10)
  for (const i of valued) {
    const text = lines.with(i, (lines[i] ?? '').replace(/:.*$/, ': {"toString": 0}')).join('\n')
    expect(read(text).ok, lines[i]).toBe(false)
  }
})

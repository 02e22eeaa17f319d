import { expect, it } from 'vitest'
import { count, duration, fit, harmless, place, tame } from './words.ts'

it.each([
  [0, '0 s'],
  [59.4, '59 s'],
  [59.6, '1 min 00 s'],
  [65, '1 min 05 s'],
  [3599.9, '1 h 00 min'],
  [7380, '2 h 03 min'],
  [-1, '0 s'],
])('%d seconds read as %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text)
})

it('one is singular', () => {
  expect([count(0, 'step'), count(1, 'step'), count(2, 'step')]).toEqual(['0 steps', '1 step', '2 steps'])
})

it('a lane is called by its host', () => {
  expect([place('host:os1'), place('cloud:os1'), place('local')]).toEqual(['os1', 'os1 cloud', 'here'])
})

it.each([
  [
    'colours and cursor movements of a foreign program are taken out',
    '\u001B[32mok\u001B[0m \u001B[2Kdone',
    'ok done',
  ],
  ['of a line that overwrote itself the last part is shown', ' 10%\r 50%\r 90%\r', '90%'],
  ['bells and tabs become blanks', 'a\u0007b\tc', 'a b c'],
  ['an operating system command cannot set the title', '\u001B]0;owned\u0007text', 'text'],
])('%s', (_, line, shown) => {
  expect(tame(line)).toBe(shown)
})

it('a text that fits is not touched, a longer one ends in an ellipsis', () => {
  expect([fit('abc', 3), fit('abcd', 3), fit('abcd', 0), fit('🐧🐧🐧', 4)]).toEqual(['abc', 'ab…', '', '🐧…'])
})

it('what students name or print drives no terminal, and keeps its lines', () => {
  const named = 'ada  open\n  \u001B]0;owned\u0007\u001B[2Jnet\u009b31m\u202Egpj\r\n\tend'
  const shown = harmless(named)
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/)
  expect(shown.split('\n')).toHaveLength(3)
  expect(shown).toMatch(/^ada {2}open\n {2}.*net.*gpj\n\tend$/)
})

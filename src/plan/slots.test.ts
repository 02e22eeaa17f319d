import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Entry } from '../course/register.ts'
import { rangeOf, slotsOf } from './slots.ts'

const entry = (group: string, network: number, cloud = 'os1'): Entry => ({
  login: `${group}-${network}`,
  id: null,
  name: null,
  email: null,
  group,
  cloud,
  network,
  since: '2027-02-01',
  left: null,
  from: 'name',
  where: null,
})

describe('the networks of groups', () => {
  test.each([
    ['are numbered in order at first', ['a', 'b'], [], ['a', 'b']],
    [
      'keep their numbers when the roster is reordered',
      ['b', 'a'],
      [entry('a', 0), entry('b', 1)],
      ['a', 'b'],
    ],
    ['leave a hole where a group is gone', ['c'], [entry('a', 0), entry('c', 2)], [null, null, 'c']],
    ['give a newcomer no number of a group that is gone', ['b'], [entry('a', 0)], [null, 'b']],
    [
      'give a newcomer no number that a group had before it got a new name',
      ['x', 'b', 'c'],
      [entry('x', 2), entry('b', 1)],
      [null, 'b', 'x', 'c'],
    ],
    ['are numbered for each cloud', ['a'], [entry('a', 3, 'os2')], ['a']],
    [
      'are told apart where the register gives one number twice',
      ['a', 'b'],
      [entry('a', 0), entry('b', 0)],
      ['a', 'b'],
    ],
  ] satisfies [string, string[], Entry[], (string | null)[]][])('%s', (_, groups, before, expected) =>
    expect(slotsOf('os1', groups, before)).toEqual(expected),
  )

  test('never change, whoever comes and goes', () => {
    const some = fc.shuffledSubarray(['a', 'b', 'c', 'd', 'e', 'f'])
    fc.assert(
      fc.property(fc.array(some, { maxLength: 6 }), (rounds) => {
        const numbers = new Map<string, number>()
        for (const groups of rounds) {
          const before = [...numbers].map(([group, network]) => entry(group, network))
          slotsOf('os1', groups, before).forEach((group, i) => {
            if (group === null) return
            expect(numbers.get(group) ?? i).toBe(i)
            numbers.set(group, i)
          })
        }
        expect(new Set(numbers.values()).size).toBe(numbers.size)
      }),
    )
  })
})

describe('the ranges of own networks', () => {
  const withRange = (range: number, cloud = 'os1'): Entry => ({ ...entry('a', 0, cloud), range })

  test('are as long as they were on that cloud', () => {
    expect(rangeOf('os1', [entry('a', 0), withRange(60), withRange(58, 'os2')])).toBe(60)
    expect(rangeOf('os1', [entry('a', 0)])).toBeNull()
  })
})

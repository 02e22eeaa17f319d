import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeGroups, type GroupRule } from './groups.ts'
import { unnamedStudents } from './roster.ts'

const listed = (count: number, groups: readonly string[] = []) =>
  unnamedStudents(count).map((student, i) => ({ student, group: groups[i] ?? null }))
const sizes = (count: number, rule: GroupRule, groups?: readonly string[]) => {
  const made = makeGroups(listed(count, groups), rule)
  return made.ok
    ? made.value.map((group) => `${group.name} ${group.students.length}`)
    : made.faults.map((fault) => fault.code)
}

describe('groups', () => {
  test.each([
    ['44 of at most 17 are filled one after the other', 44, { size: 17 }, ['g1 17', 'g2 17', 'g3 10']],
    ['44 in 3 differ by one at most', 44, { count: 3 }, ['g1 15', 'g2 15', 'g3 14']],
    ['without a rule everybody is in one', 5, {}, ['g1 5']],
    ['one named group takes everybody', 5, { named: [{ name: 'tp' }] }, ['tp 5']],
    [
      'named ones take their sizes in order',
      5,
      {
        named: [
          { name: 'a', size: 2 },
          { name: 'b', size: 3 },
        ],
      },
      ['a 2', 'b 3'],
    ],
    [
      'sizes must add up',
      5,
      {
        named: [
          { name: 'a', size: 2 },
          { name: 'b', size: 2 },
        ],
      },
      ['group-sizes'],
    ],
    ['all have a size or none', 5, { named: [{ name: 'a', size: 2 }, { name: 'b' }] }, ['group-sizes']],
    ['several without sizes need the roster', 5, { named: [{ name: 'a' }, { name: 'b' }] }, ['group-sizes']],
    ['no more groups than students', 2, { count: 3 }, ['too-many-groups']],
  ] satisfies [string, number, GroupRule, string[]][])('%s', (_, count, rule, expected) =>
    expect(sizes(count, rule)).toEqual(expected),
  )

  test.each([
    ['are the roster’s, in order of first mention', ['TP B', 'TP A', 'TP B'], {}, ['tp-b 2', 'tp-a 1']],
    [
      'are in the named order where there is one',
      ['TP B', 'TP A', 'TP B'],
      { named: [{ name: 'tp-a' }] },
      ['tp-a 1', 'tp-b 2'],
    ],
    ['get a letter in front of digits', ['1', '2', '1'], {}, ['g1 2', 'g2 1']],
    ['are not left out for anybody', ['A', 'A'], {}, ['no-group']],
    ['are not empty', ['A', 'A', 'A'], { named: [{ name: 'b' }] }, ['empty-group']],
    [
      'do not merge under one name',
      ['Groupe de travaux pratiques A', 'Groupe de travaux pratiques B', 'x'],
      {},
      ['same-group'],
    ],
  ] satisfies [string, string[], GroupRule, string[]][])('%s', (_, names, rule, expected) =>
    expect(sizes(3, rule, names)).toEqual(expected),
  )

  test('hold every student once, whatever the rule', () => {
    const rule = fc.oneof(
      fc.record({ size: fc.integer({ min: 1, max: 60 }) }),
      fc.record({ count: fc.integer({ min: 1, max: 60 }) }),
      fc.constant({}),
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), rule, (count, by) => {
        const made = makeGroups(listed(count), by)
        if (!made.ok) return
        const all = made.value.flatMap((group) => group.students.map((student) => student.login))
        expect(all).toEqual(unnamedStudents(count).map((student) => student.login))
        expect(made.value.every((group) => group.students.length > 0)).toBe(true)
      }),
    )
  })

  test('filled by size change nobody’s group when somebody joins at the end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 30 }), (count, size) => {
        const groupOf = (total: number) => {
          const made = makeGroups(listed(total), { size })
          return made.ok ? made.value.flatMap((group) => group.students.map(() => group.name)) : []
        }
        expect(groupOf(count + 1).slice(0, count)).toEqual(groupOf(count))
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeGroups, type GroupRule, type Member } from './groups.ts'
import { someStudents } from './class.fixture.ts'

const listed = (count: number, groups: readonly string[] = []) =>
  someStudents(count).map((student, i) => ({
    student,
    group: groups[i] ?? null,
    before: null,
    unit: student.login,
  }))
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
        expect(all).toEqual(someStudents(count).map((student) => student.login))
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

  test.each([
    ['somebody left g1: the newcomer takes the seat', ['g1', 'g2', 'g2', null], { size: 2 }, 'g1 g2 g2 g1'],
    ['a group that everybody left is left out', ['g3', 'g1'], { size: 1 }, 'g3 g1'],
    ['smaller groups move only those who do not fit', ['g1', 'g1', 'g1', 'g2'], { size: 2 }, 'g1 g1 g2 g2'],
    ['newcomers go to the smallest of so many groups', ['g1', 'g1', 'g2', null], { count: 2 }, 'g1 g1 g2 g2'],
    ['one group more takes from the largest', ['g1', 'g1', 'g1', 'g2'], { count: 3 }, 'g1 g1 g3 g2'],
    [
      'a name of before that is gone is forgotten',
      ['old', 'b', 'b', 'old'],
      {
        named: [
          { name: 'a', size: 2 },
          { name: 'b', size: 2 },
        ],
      },
      'a b b a',
    ],
  ] satisfies [string, (string | null)[], GroupRule, string][])('remember: %s', (_, before, rule, expected) =>
    expect(groupsOf(before, rule)).toBe(expected),
  )

  test.each([
    ['a team is in one group', ['x', 'y', 'x', 'y', 'z'], [], { size: 2 }, 'g1 g2 g1 g2 g3'],
    ['a group is not filled by half a team', ['x', 'x', 'y', 'y', 'z'], [], { size: 3 }, 'g1 g1 g2 g2 g1'],
    ['a newcomer goes to the team', ['x', 'y', 'x'], ['g1', 'g2', null], { size: 2 }, 'g1 g2 g1'],
    ['groups of one size have whole teams', ['x', 'y', 'x', 'y'], [], { count: 2 }, 'g1 g2 g1 g2'],
    [
      'a team larger than a group is cut, and that is a fault elsewhere',
      ['x', 'x', 'x'],
      [],
      { size: 2 },
      'g1 g1 g2',
    ],
  ] satisfies [string, string[], (string | null)[], GroupRule, string][])(
    'of teams: %s',
    (_, units, before, rule, expected) => expect(groupsOf(before, rule, units)).toBe(expected),
  )

  test('of a size are kept by everybody when others leave and join', () => {
    const class_ = fc.array(fc.boolean(), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(class_, fc.integer({ min: 1, max: 12 }), fc.nat({ max: 20 }), (stay, size, joined) => {
        const first = makeGroups(listed(stay.length), { size })
        const was = new Map(
          (first.ok ? first.value : []).flatMap(({ name, students }) =>
            students.map(({ login }) => [login, name] as const),
          ),
        )
        const members: Member[] = listed(stay.length + joined)
          .filter((_, i) => i >= stay.length || stay[i] === true)
          .map((one) => ({ ...one, before: was.get(one.student.login) ?? null }))
        const then = makeGroups(members, { size })
        if (!then.ok) throw new Error('no groups')
        for (const { name, students } of then.value) {
          expect(students.length).toBeLessThanOrEqual(size)
          for (const { login } of students) expect(was.get(login) ?? name).toBe(name)
        }
        expect(then.value.flatMap(({ students }) => students)).toHaveLength(members.length)
      }),
    )
  })
})

/** The group of each student, in order. */
function groupsOf(
  before: readonly (string | null)[],
  rule: GroupRule,
  units: readonly string[] = [],
): string {
  const members = listed(Math.max(before.length, units.length)).map((one, i) => ({
    ...one,
    before: before[i] ?? null,
    unit: units[i] ?? one.unit,
  }))
  const made = makeGroups(members, rule)
  if (!made.ok) return made.faults.map(({ code }) => code).join(' ')
  const of = (login: string) =>
    made.value.find(({ students }) => students.some((one) => one.login === login))?.name
  return members.map(({ student }) => of(student.login)).join(' ')
}

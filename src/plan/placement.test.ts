import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Group } from '../course/course.ts'
import { unnamedStudents } from '../course/roster.ts'
import { placeGroups, type Placed, type Room } from './placement.ts'

function groupsOf(sizes: readonly number[], servers: Record<string, string> = {}): Group[] {
  const all = unnamedStudents(sizes.reduce((sum, size) => sum + size, 0))
  let from = 0
  return sizes.map((size, i) => ({
    name: `g${i + 1}`,
    students: all.slice(from, (from += size)),
    server: servers[`g${i + 1}`] ?? null,
  }))
}
const rooms = (...seats: number[]): Room[] =>
  seats.map((count, i) => ({ server: `os${i + 1}`, seats: count }))
const brief = (placed: readonly Placed[]) =>
  placed.map((part) => `${part.group} ${part.students.length} ${part.server}`)

describe('groups', () => {
  test.each([
    ['go where most seats are left', [10, 10], rooms(12, 20), ['g1 10 os2', 'g2 10 os1']],
    [
      'are not cut while a server holds them',
      [10, 10, 5],
      rooms(20, 20),
      ['g1 10 os1', 'g2 10 os2', 'g3 5 os1'],
    ],
    ['are cut where none does, in proportion', [17], rooms(9, 9), ['g1 9 os1', 'g1 8 os2']],
    ['are cut over as few servers as hold them', [12], rooms(3, 8, 6), ['g1 7 os2', 'g1 5 os3']],
    ['are shared out evenly when nobody has seats', [10], rooms(0, 0), ['g1 5 os1', 'g1 5 os2']],
    ['suffer in proportion when all together have too few', [30], rooms(10, 5), ['g1 20 os1', 'g1 10 os2']],
    ['stay whole on the only server, whatever it holds', [30, 4], rooms(10), ['g1 30 os1', 'g2 4 os1']],
  ] satisfies [string, number[], Room[], string[]][])('%s', (_, sizes, where, expected) => {
    expect(brief(placeGroups(groupsOf(sizes), where, 'all'))).toEqual(expected)
  })

  test('that take turns use the same seats again', () => {
    expect(brief(placeGroups(groupsOf([17, 17, 17]), rooms(20, 18), 'group'))).toEqual([
      'g1 17 os1',
      'g2 17 os1',
      'g3 17 os1',
    ])
  })

  test('stay where the course file puts them', () => {
    const placed = placeGroups(groupsOf([5, 5], { g1: 'os2' }), rooms(50, 1), 'all')
    expect(brief(placed)).toEqual(['g1 5 os2', 'g2 5 os1'])
    expect(placed[0]?.because).toBe('the course file says so')
  })
})

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 })
const seats = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 5 })
const turns = fc.constantFrom('group' as const, 'all' as const)

describe('any groups on any servers', () => {
  test('have every student placed exactly once, with a reason', () => {
    fc.assert(
      fc.property(sizes, seats, turns, (all, room, atOnce) => {
        const groups = groupsOf(all)
        const placed = placeGroups(groups, rooms(...room), atOnce)
        for (const group of groups) {
          const parts = placed.filter((part) => part.group === group.name)
          expect(parts.flatMap((part) => part.students)).toEqual(group.students)
          expect(parts.every((part) => part.whole === (parts.length === 1))).toBe(true)
          expect(parts.every((part) => part.because !== '')).toBe(true)
        }
      }),
    )
  })

  test('exceed no server’s seats as long as all servers together have enough for them in turn', () => {
    fc.assert(
      fc.property(sizes, seats, (all, room) => {
        const total = room.reduce((sum, count) => sum + count, 0)
        fc.pre(all.reduce((sum, size) => sum + size, 0) <= total)
        const placed = placeGroups(groupsOf(all), rooms(...room), 'all')
        for (const { server, seats: count } of rooms(...room)) {
          const here = placed.filter((part) => part.server === server)
          expect(here.reduce((sum, part) => sum + part.students.length, 0)).toBeLessThanOrEqual(count)
        }
      }),
    )
  })

  test('stay where they are when a group is added at the end', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 40 }), seats, turns, (all, more, room, atOnce) => {
        const before = brief(placeGroups(groupsOf(all), rooms(...room), atOnce))
        const after = brief(placeGroups(groupsOf([...all, more]), rooms(...room), atOnce))
        expect(after.slice(0, before.length)).toEqual(before)
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Group } from '../course/course.ts'
import { someStudents } from '../course/class.fixture.ts'
import { moveText, movesOf } from './moves.ts'
import { placeGroups, type Placed, type Room, type Stay } from './placement.ts'

function groupsOf(sizes: readonly number[], servers: Record<string, string> = {}): Group[] {
  const all = someStudents(sizes.reduce((sum, size) => sum + size, 0))
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

const staysOf = (placed: readonly Placed[]) =>
  new Map<string, Stay>(
    placed.flatMap(({ group, server, students }) =>
      students.map(({ login }) => [login, { server, left: false, group }] as const),
    ),
  )
const cloudsOf = (placed: readonly Placed[]) =>
  new Map(placed.flatMap(({ server, students }) => students.map(({ login }) => [login, server] as const)))
const said = (groups: readonly Group[], where: readonly Room[], before: ReadonlyMap<string, Stay>) => {
  const placed = placeGroups(groups, where, 'all', before)
  return [...brief(placed), ...movesOf(placed, groups, where, before).map(moveText)]
}
const at = (count: number, server: string, left = false) =>
  new Map(someStudents(count).map(({ login }) => [login, { server, left, group: 'g1' }] as const))

describe('whoever is somewhere', () => {
  test('moves as a group when its server is gone, and it is said', () => {
    expect(
      said(
        groupsOf([3]),
        [
          { server: 'os1', seats: 9 },
          { server: 'os3', seats: 5 },
        ],
        at(3, 'os2'),
      ),
    ).toEqual(['g1 3 os1', 'g1 moves from os2 to os1 because os2 is gone'])
  })

  test('stays when another has more seats, and a newcomer joins them', () => {
    expect(said(groupsOf([4]), rooms(4, 9), at(3, 'os1'))).toEqual(['g1 4 os1'])
  })

  test('stays when a newcomer has no seat with them: only the newcomer is elsewhere', () => {
    expect(said(groupsOf([4]), rooms(3, 9), at(3, 'os1'))).toEqual(['g1 3 os1', 'g1 1 os2'])
  })

  test('moves no more than the seats that went', () => {
    expect(said(groupsOf([4]), rooms(3, 9), at(4, 'os1'))).toEqual([
      'g1 3 os1',
      'g1 1 os2',
      '1 of g1 (student-04) moves from os1 to os2 because os1 has only 3 seats',
    ])
  })

  test('stays where seats are too few as long as there are none elsewhere', () => {
    expect(said(groupsOf([4]), rooms(3, 0), at(4, 'os1'))).toEqual(['g1 4 os1'])
  })

  test('goes where the course file puts the group', () => {
    expect(said(groupsOf([2], { g1: 'os2' }), rooms(9, 9), at(2, 'os1'))).toEqual([
      'g1 2 os2',
      'g1 moves from os1 to os2 because the course file puts it on os2',
    ])
  })

  test('finds their things again when they are back', () => {
    expect(said(groupsOf([2]), rooms(5, 9), at(2, 'os1', true))).toEqual(['g1 2 os1'])
  })
})

describe('who changes the group', () => {
  const before = (...was: readonly (readonly [group: string, server: string])[]) =>
    new Map<string, Stay>(
      someStudents(was.length).map(({ login }, i) => [
        login,
        { group: was[i]?.[0] ?? '', server: was[i]?.[1] ?? '', left: false },
      ]),
    )

  test('follows it to its cloud', () => {
    const was = before(['g1', 'os1'], ['g1', 'os1'], ['g1', 'os1'], ['g2', 'os2'])
    expect(said(groupsOf([2, 2]), rooms(9, 9), was)).toEqual([
      'g1 2 os1',
      'g2 2 os2',
      '1 of g2 (student-03) moves from os1 to os2 because g2 is there',
    ])
  })

  test('stays where there is no seat with it', () => {
    const was = before(['g1', 'os1'], ['g1', 'os1'], ['g1', 'os1'], ['g2', 'os2'])
    expect(said(groupsOf([2, 2]), rooms(9, 1), was)).toEqual(['g1 2 os1', 'g2 1 os1', 'g2 1 os2'])
  })

  test('stays when the whole group has a new name', () => {
    const was = before(['a', 'os1'], ['a', 'os1'], ['b', 'os2'], ['b', 'os2'])
    expect(said(groupsOf([2, 2]), rooms(9, 9), was)).toEqual(['g1 2 os1', 'g2 2 os2'])
  })
})

describe('teams', () => {
  /** Two students after one another are a team. */
  const unitOf = ({ login }: { login: string }) => `${Math.ceil(Number(login.slice(-2)) / 2)}`
  const parts = (size: number, where: readonly Room[], before?: ReadonlyMap<string, Stay>) =>
    brief(placeGroups(groupsOf([size]), where, 'all', before, unitOf))

  test('are not cut where a group is', () => {
    expect(parts(6, rooms(3, 3))).toEqual(['g1 2 os1', 'g1 4 os2'])
    expect(parts(8, rooms(4, 5))).toEqual(['g1 4 os1', 'g1 4 os2'])
  })

  test('take a newcomer, whatever the seats', () => {
    expect(parts(4, rooms(3, 9), at(3, 'os1'))).toEqual(['g1 4 os1'])
  })

  test('move whole where seats go', () => {
    expect(parts(4, rooms(3, 9), at(4, 'os1'))).toEqual(['g1 2 os1', 'g1 2 os2'])
  })

  test('are on one cloud each, whatever happens', () => {
    fc.assert(
      fc.property(sizes, seats, seats, turns, (all, room, then, atOnce) => {
        const first = placeGroups(groupsOf(all), rooms(...room), atOnce, undefined, unitOfGroup)
        const again = placeGroups(groupsOf(all), rooms(...then), atOnce, staysOf(first), unitOfGroup)
        for (const placed of [first, again]) {
          const servers = new Map<string, Set<string>>()
          for (const { group, server, students } of placed)
            for (const student of students) {
              const team = `${group} ${unitOfGroup(student)}`
              servers.set(team, (servers.get(team) ?? new Set()).add(server))
            }
          expect([...servers.values()].every(({ size }) => size === 1)).toBe(true)
        }
      }),
    )
  })
})
/** Teams of three. */
const unitOfGroup = ({ login }: { login: string }) => `${Math.ceil(Number(login.split('-')[1]) / 3)}`

describe('moves', () => {
  const more = fc.nat({ max: 5 })

  test('are none when nothing has changed, whatever the seats', () => {
    fc.assert(
      fc.property(sizes, seats, turns, (all, room, atOnce) => {
        const first = placeGroups(groupsOf(all), rooms(...room), atOnce)
        const again = placeGroups(groupsOf(all), rooms(...room), atOnce, staysOf(first))
        expect(cloudsOf(again)).toEqual(cloudsOf(first))
      }),
    )
  })

  test('are none when a cloud is added, a cloud grows, or students leave', () => {
    fc.assert(
      fc.property(
        sizes,
        seats,
        turns,
        more,
        more,
        fc.func(fc.boolean()),
        (all, room, atOnce, grow, added, stays) => {
          const groups = groupsOf(all)
          const first = placeGroups(groups, rooms(...room), atOnce)
          const then = groups.map((group) => ({
            ...group,
            students: group.students.filter(({ login }) => stays(login)),
          }))
          const larger = rooms(...room.map((count, i) => (i === 0 ? count + grow : count)), added)
          const total = room.reduce((sum, count) => sum + count, 0)
          fc.pre(all.reduce((sum, size) => sum + size, 0) <= total)
          const again = cloudsOf(placeGroups(then, larger, atOnce, staysOf(first)))
          for (const [login, server] of again) expect(server).toBe(cloudsOf(first).get(login))
        },
      ),
    )
  })

  test('are none when somebody joins', () => {
    fc.assert(
      fc.property(sizes, seats, turns, fc.nat(), (all, room, atOnce, pick) => {
        const newcomer = all.length + pick
        const whole = groupsOf(all)
        const late = whole.flatMap(({ students }) => students)[newcomer % all.reduce((a, b) => a + b, 0)]
        const without = whole.map((group) => ({
          ...group,
          students: group.students.filter((student) => student !== late),
        }))
        const first = placeGroups(without, rooms(...room), atOnce)
        const again = cloudsOf(placeGroups(whole, rooms(...room), atOnce, staysOf(first)))
        for (const [login, server] of cloudsOf(first)) expect(again.get(login)).toBe(server)
      }),
    )
  })

  test('are those of the cloud that is gone, and nobody else’s', () => {
    fc.assert(
      fc.property(
        sizes,
        fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 2, maxLength: 5 }),
        turns,
        (all, room, atOnce) => {
          const groups = groupsOf(all)
          const first = placeGroups(groups, rooms(...room), atOnce)
          const left = rooms(...room).slice(1)
          const again = cloudsOf(placeGroups(groups, left, atOnce, staysOf(first)))
          for (const [login, server] of cloudsOf(first))
            if (server !== 'os1') expect(again.get(login)).toBe(server)
          expect(again.size).toBe(cloudsOf(first).size)
        },
      ),
    )
  })

  test('are no more than the seats that a cloud lost', () => {
    fc.assert(
      fc.property(sizes, seats, more, (all, room, lost) => {
        const groups = groupsOf(all)
        fc.pre(all.reduce((sum, size) => sum + size, 0) <= room.reduce((sum, count) => sum + count, 0))
        const first = placeGroups(groups, rooms(...room), 'all')
        const fewer = rooms(...room.map((count, i) => (i === 0 ? Math.max(0, count - lost) : count)))
        const placed = placeGroups(groups, fewer, 'all', staysOf(first))
        const moved = movesOf(placed, groups, fewer, staysOf(first)).flatMap(({ logins }) => logins)
        const here = [...cloudsOf(first).values()].filter((server) => server === 'os1').length
        expect(moved.length).toBeLessThanOrEqual(Math.max(0, here - (fewer[0]?.seats ?? 0)))
      }),
    )
  })
})

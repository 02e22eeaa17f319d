// Decides which cloud carries which group, and says why: who is somewhere stays there while it can.
// Leaves whether the clouds suffice to lint: too many students are placed all the same.
import type { Group, Student } from '../course/course.ts'

/** Students of one group on one cloud: the whole group, or a part where no cloud holds it whole. */
export type Placed = {
  group: string
  server: string
  students: readonly Student[]
  whole: boolean
  because: string
}

/** A cloud, by the name of its server or its own, and how many students it holds at once. */
export type Room = { server: string; seats: number }

/** Students that have instances in one place at the same time: the largest part of a group, or all that are placed. */
export function studentsAtOnce(placed: readonly Placed[], atOnce: 'group' | 'all'): number {
  const sizes = placed.map(({ students }) => students.length)
  return atOnce === 'all' ? sizes.reduce((sum, size) => sum + size, 0) : Math.max(0, ...sizes)
}

/**
 * Where somebody was before, and in which group. Who had left the course moves nobody, but finds their things again where
 * there is room; who changes the group follows it.
 */
export type Stay = { server: string; left: boolean; group: string | null }

/** Students of one unit are on one cloud: a team has one project. */
export type UnitOf = (student: Student) => string

/** Seats of each cloud that are still free, for good or for one group at a time. */
type Seats = {
  free: (server: string) => number
  load: (server: string) => number
  take: (server: string, count: number) => void
}

/**
 * Whoever was on a cloud stays on it while it has seats for them. Everybody else comes after: to their group where it
 * has room, else, group by group in their order, to the cloud with most seats left, so that a group added at the end
 * moves nobody. With `group` at once, groups follow one another in the same seats; with `all` they take them for good.
 */
export function placeGroups(
  groups: readonly Group[],
  rooms: readonly Room[],
  atOnce: 'group' | 'all',
  before: ReadonlyMap<string, Stay> = new Map(),
  unitOf: UnitOf = ({ login }) => login,
): Placed[] {
  const all = seatsOf(rooms)
  const homes = new Map([...before].filter(([, { server }]) => rooms.some((room) => room.server === server)))
  const turns = new Map(groups.map((group) => [group, atOnce === 'all' ? all : seatsOf(rooms, all)]))
  const of = (group: Group) => turns.get(group) ?? all
  const parts = new Map(groups.map((group) => [group, [] as Part[]]))
  for (const group of groups.filter(({ server }) => server !== null))
    settle(parts, group, of(group), { server: group.server ?? '', students: group.students, because: pinned })
  const open = groups.filter(({ server }) => server === null)
  for (const group of open)
    for (const part of stayers(group, rooms, homes, of(group), unitOf)) settle(parts, group, of(group), part)
  for (const group of open) {
    const here = parts.get(group) ?? []
    const settled = new Set(here.flatMap(({ students }) => students))
    const rest = group.students.filter((student) => !settled.has(student))
    if (rest.length === 0) continue
    const more =
      here.length === 0 && rest.every(({ login }) => !homes.has(login))
        ? partsOf(unitsOf(rest, unitOf).flat(), rooms, of(group), unitOf)
        : joiners(group, here, rest, rooms, homes, of(group), unitOf)
    for (const part of more) settle(parts, group, of(group), part)
  }
  return groups.flatMap((group) => merged(group, rooms, parts.get(group) ?? []))
}

const pinned = 'the course file says so'

type Part = { server: string; students: readonly Student[]; because: string }

function seatsOf(rooms: readonly Room[], total?: Seats): Seats {
  const left = new Map(rooms.map((room) => [room.server, room.seats]))
  const load = new Map<string, number>()
  return {
    free: (server) => Math.max(0, left.get(server) ?? 0),
    // Between clouds with as many seats left the one with fewest students over all turns comes first.
    load: (server) => total?.load(server) ?? load.get(server) ?? 0,
    take: (server, count) => {
      left.set(server, (left.get(server) ?? 0) - count)
      load.set(server, (load.get(server) ?? 0) + count)
      total?.take(server, count)
    },
  }
}

function settle(parts: ReadonlyMap<Group, Part[]>, group: Group, seats: Seats, part: Part): void {
  if (part.students.length === 0) return
  parts.get(group)?.push(part)
  seats.take(part.server, part.students.length)
}

type Homes = ReadonlyMap<string, Stay>

/** In the order of their first students. */
function unitsOf(students: readonly Student[], unitOf: UnitOf): Student[][] {
  const units = new Map<string, Student[]>()
  for (const student of students) {
    const unit = units.get(unitOf(student))
    if (unit) unit.push(student)
    else units.set(unitOf(student), [student])
  }
  return [...units.values()]
}

/**
 * Those of a group who stay, in the order of the group as far as there are seats. Where all of them were in another group
 * it has a new name.
 */
function stayers(group: Group, rooms: readonly Room[], homes: Homes, seats: Seats, unitOf: UnitOf): Part[] {
  const present = group.students.filter(({ login }) => homes.get(login)?.left === false)
  const known = (student: Student) => (homes.get(student.login)?.group ?? group.name) === group.name
  const stay = present.some(known) ? present.filter(known) : present
  const home = new Map<string, string | undefined>()
  for (const one of stay) home.set(unitOf(one), home.get(unitOf(one)) ?? homes.get(one.login)?.server)
  return rooms.map(({ server }) => {
    const here = stay.filter((one) => home.get(unitOf(one)) === server)
    let left = seats.free(server)
    const students = unitsOf(here, unitOf).filter(({ length }) => {
      const fits = length <= left
      if (fits) left -= length
      return fits
    })
    return { server, students: students.flat(), because: 'it is there already' }
  })
}

/**
 * One unit after the other: to the rest of it, to the group where they change it, back home, to the group, to the cloud
 * with most seats left; with no seat anywhere home, or to the group.
 */
function joiners(
  group: Group,
  here: readonly Part[],
  rest: readonly Student[],
  rooms: readonly Room[],
  homes: Homes,
  seats: Seats,
  unitOf: UnitOf,
): Part[] {
  const names = rooms.map(({ server }) => server)
  const counts = new Map(here.map(({ server, students }) => [server, students.length]))
  const mates = new Map(here.flatMap(({ server, students }) => students.map((one) => [unitOf(one), server])))
  const taken = new Map<string, number>()
  const free = (server: string) => seats.free(server) - (taken.get(server) ?? 0)
  const most = (some: readonly string[], value: (server: string) => number) =>
    some.reduce<string | undefined>(
      (best, next) => (best === undefined || value(next) > value(best) ? next : best),
      undefined,
    )
  const groupOf = ({ login }: Student) => homes.get(login)?.group ?? group.name
  const place = (unit: readonly Student[]): readonly [string | undefined, string] => {
    const [first] = unit
    if (first === undefined) return [undefined, '']
    const team = mates.get(unitOf(first))
    if (team !== undefined) return [team, 'to be with their team']
    const home = homes.get(first.login)?.server
    const open = names.filter((name) => free(name) >= unit.length)
    const changed = groupOf(first) !== group.name
    if (home !== undefined && open.includes(home) && !changed) return [home, 'it is there already']
    const withGroup = most(
      open.filter((name) => counts.has(name)),
      (name) => counts.get(name) ?? 0,
    )
    if (withGroup !== undefined) return [withGroup, 'to be with their group']
    const best = most(open, free)
    if (best !== undefined) return [best, `where most seats are left (${free(best)})`]
    const full =
      (changed ? undefined : home) ??
      most([...counts.keys()], (name) => counts.get(name) ?? 0) ??
      home ??
      most(names, free)
    return [full, 'though no cloud has seats left']
  }
  const parts: { server: string; students: Student[]; because: string }[] = []
  for (const unit of unitsOf(rest, unitOf)) {
    const [server, because] = place(unit)
    if (server === undefined) continue
    taken.set(server, (taken.get(server) ?? 0) + unit.length)
    counts.set(server, (counts.get(server) ?? 0) + unit.length)
    const part = parts.find((one) => one.server === server)
    if (part) part.students.push(...unit)
    else parts.push({ server, students: [...unit], because })
  }
  return parts
}

/** One part a cloud, its students in the order of the group. */
function merged(group: Group, rooms: readonly Room[], parts: readonly Part[]): Placed[] {
  const names = [...new Set([...rooms.map(({ server }) => server), ...parts.map(({ server }) => server)])]
  return names.flatMap((server) => {
    const here = parts.filter((part) => part.server === server)
    if (here.length === 0) return []
    const inPart = new Set(here.flatMap(({ students }) => students))
    const students = group.students.filter((student) => inPart.has(student))
    const because = here
      .map((part, i) => (i === 0 ? part.because : `${part.students.length} more ${part.because}`))
      .join('; ')
    return [
      { group: group.name, server, students, whole: students.length === group.students.length, because },
    ]
  })
}

/** A group of which nobody is anywhere yet. */
function partsOf(rest: readonly Student[], rooms: readonly Room[], seats: Seats, unitOf: UnitOf): Part[] {
  const size = rest.length
  const whole = (server: string, because: string): Part[] => [{ server, students: rest, because }]
  const { free, load } = seats
  const names = rooms.map((room) => room.server)
  const order = names.toSorted(
    (a, b) => free(b) - free(a) || load(a) - load(b) || names.indexOf(a) - names.indexOf(b),
  )
  const [best] = order
  if (best === undefined) return []
  if (names.length === 1)
    return whole(
      best,
      free(best) >= size
        ? `the only cloud, with ${free(best)} seats left`
        : `the only cloud, though it has ${free(best)} seats left for ${size}`,
    )
  if (free(best) >= size) return whole(best, `most seats left (${free(best)})`)
  const needed = fewest(order, free, size)
  return needed.length > 0
    ? shared(
        rest,
        names.filter((name) => needed.includes(name)),
        free,
        unitOf,
      )
    : shared(rest, names, free, unitOf)
}

/** The servers with most seats left, as many as hold so many students; none when all together do not. */
function fewest(order: readonly string[], free: (server: string) => number, size: number): string[] {
  let seats = 0
  const enough = order.findIndex((server) => (seats += free(server)) >= size)
  return order.slice(0, enough + 1)
}

/**
 * In proportion to seats left (evenly when there are none at all), so that no server suffers more than another. Where
 * the seats suffice no part exceeds them: a part is less than one student more than its exact share.
 */
function shared(
  rest: readonly Student[],
  names: readonly string[],
  free: (server: string) => number,
  unitOf: UnitOf,
): Part[] {
  const size = rest.length
  const total = names.reduce((sum, name) => sum + free(name), 0)
  const weight = (server: string) => (total === 0 ? 1 / names.length : free(server) / total)
  const because =
    total >= size
      ? `no server has ${size} seats left, so ${names.join(' and ')} share them`
      : `all servers together have ${total} seats left for ${size}, so each takes its share`
  let exact = 0
  let from = 0
  return names.flatMap((server, i) => {
    exact += weight(server) * size
    const to = i === names.length - 1 ? size : cutBefore(rest, Math.max(from, Math.round(exact)), unitOf)
    const students = rest.slice(from, to)
    from = Math.max(from, to)
    return students.length === 0 ? [] : [{ server, students, because }]
  })
}

/** The nearest place at or before `at` where no unit is cut. */
function cutBefore(rest: readonly Student[], at: number, unitOf: UnitOf): number {
  const unit = (i: number) => {
    const student = rest[i]
    return student === undefined ? undefined : unitOf(student)
  }
  let to = at
  while (to > 0 && unit(to - 1) === unit(to)) to--
  return to
}

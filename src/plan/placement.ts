// Decides which server carries which group, and says why.
// Leaves whether the servers suffice to lint: too many students are placed all the same.
import type { Group, Student } from '../course/course.ts'

/** Students of one group on one server: the whole group, or a part where no server holds it whole. */
export type Placed = {
  group: string
  server: string
  students: readonly Student[]
  whole: boolean
  because: string
}

export type Room = { server: string; seats: number }

/** Students that have instances in one place at the same time: the largest part of a group, or all that are placed. */
export function studentsAtOnce(placed: readonly Placed[], atOnce: 'group' | 'all'): number {
  const sizes = placed.map(({ students }) => students.length)
  return atOnce === 'all' ? sizes.reduce((sum, size) => sum + size, 0) : Math.max(0, ...sizes)
}

/**
 * Groups in their order, each on the server with most seats left, so that a group added at the end moves nobody. With
 * `group` at once, groups follow one another in the same seats; with `all` they take them for good.
 */
export function placeGroups(
  groups: readonly Group[],
  rooms: readonly Room[],
  atOnce: 'group' | 'all',
): Placed[] {
  const left = new Map(rooms.map((room) => [room.server, room.seats]))
  const load = new Map(rooms.map((room) => [room.server, 0]))
  const placed: Placed[] = []
  for (const group of groups) {
    const parts = partsOf(group, rooms, left, load)
    for (const part of parts) {
      load.set(part.server, (load.get(part.server) ?? 0) + part.students.length)
      if (atOnce === 'all') left.set(part.server, (left.get(part.server) ?? 0) - part.students.length)
    }
    placed.push(...parts)
  }
  return placed
}

function partsOf(
  group: Group,
  rooms: readonly Room[],
  left: ReadonlyMap<string, number>,
  load: ReadonlyMap<string, number>,
): Placed[] {
  const size = group.students.length
  const whole = (server: string, because: string): Placed[] => [
    { group: group.name, server, students: group.students, whole: true, because },
  ]
  if (group.server !== null) return whole(group.server, 'the course file says so')
  const free = (server: string) => Math.max(0, left.get(server) ?? 0)
  const names = rooms.map((room) => room.server)
  const order = [...names].sort(
    (a, b) =>
      free(b) - free(a) || (load.get(a) ?? 0) - (load.get(b) ?? 0) || names.indexOf(a) - names.indexOf(b),
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
        group,
        names.filter((name) => needed.includes(name)),
        free,
      )
    : shared(group, names, free)
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
function shared(group: Group, names: readonly string[], free: (server: string) => number): Placed[] {
  const size = group.students.length
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
    const to = i === names.length - 1 ? size : Math.round(exact)
    const students = group.students.slice(from, to)
    from = to
    if (students.length === 0) return []
    return [{ group: group.name, server, students, whole: students.length === size, because }]
  })
}

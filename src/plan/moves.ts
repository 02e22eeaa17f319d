// Decides who has to move from one cloud to another by a placement, and says why.
// Leaves the placement to placement, and moving to whoever carries the plan out.
import type { Group } from '../course/course.ts'
import type { Placed, Room, Stay } from './placement.ts'

/** Students of a group who were on another cloud. Their things are there, and stay behind. */
export type Move = {
  group: string
  from: string
  to: string
  logins: readonly string[]
  /** Everybody of the group who is in the course. */
  whole: boolean
  because: string
}

export function movesOf(
  placed: readonly Placed[],
  groups: readonly Group[],
  rooms: readonly Room[],
  before: ReadonlyMap<string, Stay>,
): Move[] {
  const moves = new Map<string, { part: Placed; from: string; logins: string[] }>()
  for (const part of placed)
    for (const { login } of part.students) {
      const stay = before.get(login)
      if (!stay || stay.left || stay.server === part.server) continue
      const key = `${part.group} ${stay.server} ${part.server}`
      const move = moves.get(key) ?? { part, from: stay.server, logins: [] }
      move.logins.push(login)
      moves.set(key, move)
    }
  return [...moves.values()].map(({ part, from, logins }) => {
    const group = groups.find(({ name }) => name === part.group)
    const room = rooms.find(({ server }) => server === from)
    const because =
      group?.server != null
        ? `the course file puts it on ${group.server}`
        : room === undefined
          ? `${from} is gone`
          : logins.every((login) => (before.get(login)?.group ?? part.group) !== part.group)
            ? `${part.group} is there`
            : `${from} has only ${room.seats} seats`
    return {
      group: part.group,
      from,
      to: part.server,
      logins,
      whole: logins.length === group?.students.length,
      because,
    }
  })
}

/** `tp-b moves from os2 to os1 because os2 is gone`. */
export function moveText({ group, from, to, logins, whole, because }: Move): string {
  const one = logins.length === 1
  const who = whole ? group : `${logins.length} of ${group} (${logins.join(', ')})`
  return `${who} ${whole || one ? 'moves' : 'move'} from ${from} to ${to} because ${because}`
}

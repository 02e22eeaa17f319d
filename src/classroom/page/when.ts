// Decides how the sessions of a course stand in a table: in order, the reader's own only.
// Leaves the words to texts.
import type { ClassSession, Day } from '../../course/class.ts'
import type { Texts } from './texts.ts'

export type SessionRow = { when: string; hours: string; title: string }

/** `group` null: a teacher, who sees all. Their groups are then named where not all take part. */
export function sessionRows(
  sessions: readonly ClassSession[],
  group: string | null,
  { once, weekly, hoursOf }: Texts['sessions'],
): SessionRow[] {
  return sessions
    .filter(({ groups }) => group === null || groups === null || groups.includes(group))
    .toSorted((a, b) => (`${a.day} ${a.from}` < `${b.day} ${b.from}` ? -1 : 1))
    .map(({ day, from, to, weeklyUntil, groups, title }) => ({
      when:
        weeklyUntil === null || weeklyUntil === day
          ? once(dateOf(day))
          : weekly(dateOf(day), dateOf(weeklyUntil)),
      hours: hoursOf(from, to),
      title: [title, group === null ? (groups?.join(', ') ?? null) : null]
        .filter((one) => one !== null)
        .join(' · '),
    }))
}

/** The day itself, whatever this machine's time zone: formatted in UTC again. */
const dateOf = (day: Day): Date => new Date(`${day}T12:00:00Z`)

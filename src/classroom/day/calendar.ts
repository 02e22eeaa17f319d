// Decides at which moments the course's sessions begin and end: local times of its time zone, with summer time as it is.
// Leaves what is done then to due.
import type { ClassSession, Day } from '../../course/class.ts'

/** One meeting of a series. Milliseconds since 1970. */
export type Meeting = { session: ClassSession; day: Day; from: number; to: number }

const dayMilliseconds = 86_400_000

/** Every meeting of which some part lies between two moments, in order. */
export function meetingsBetween(
  sessions: readonly ClassSession[],
  timezone: string,
  from: number,
  to: number,
): Meeting[] {
  return sessions
    .flatMap((session) => daysOf(session).map((day) => meeting(session, day, timezone)))
    .filter((one) => one.to >= from && one.from <= to)
    .toSorted((a, b) => a.from - b.from || a.to - b.to)
}

/** Days of a series, by the calendar: a week is seven days, whatever summer time does. */
export function daysOf({ day, weeklyUntil }: ClassSession): Day[] {
  if (weeklyUntil === null) return [day]
  const days: Day[] = []
  for (let one = day; one <= weeklyUntil; one = plusDays(one, 7)) days.push(one)
  return days
}

export function plusDays(day: Day, count: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * dayMilliseconds).toISOString().slice(0, 10)
}

/** A session that ends at or before its beginning ends on the next day. */
function meeting(session: ClassSession, day: Day, timezone: string): Meeting {
  const last = session.to > session.from ? day : plusDays(day, 1)
  return { session, day, from: instant(day, session.from, timezone), to: instant(last, session.to, timezone) }
}

/**
 * When a clock on the wall of the zone shows this. A time that is skipped in spring is as much later as the clocks were
 * put on; of one that comes twice in autumn the first counts (as java.time and Temporal's `compatible` have it).
 */
export function instant(day: Day, time: string, timezone: string): number {
  const asIfUtc = Date.parse(`${day}T${time}:00Z`)
  const before = asIfUtc - offset(asIfUtc - dayMilliseconds, timezone)
  const after = asIfUtc - offset(asIfUtc + dayMilliseconds, timezone)
  const shows = (at: number) => at + offset(at, timezone) === asIfUtc
  const candidates = [before, after].filter(shows)
  return candidates.length > 0 ? Math.min(...candidates) : before
}

/** `2027-03-28 02:30` of a moment, on the wall of the zone. */
export function wall(at: number, timezone: string): { day: Day; time: string; weekday: string } {
  const local = new Date(at + offset(at, timezone))
  const weekday = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][local.getUTCDay()] ?? ''
  return { day: local.toISOString().slice(0, 10), time: local.toISOString().slice(11, 16), weekday }
}

/** What the zone's clocks are ahead of UTC, in milliseconds, at a moment. Whole minutes, as they are since 1972. */
function offset(at: number, timezone: string): number {
  const parts = format(timezone).formatToParts(at)
  const of = (type: string) => Number(parts.find((one) => one.type === type)?.value)
  const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
  return local - Math.floor(at / 1000) * 1000
}

const formats = new Map<string, Intl.DateTimeFormat>()
function format(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const numeric = 'numeric' as const
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
    second: numeric,
  })
  formats.set(timeZone, made)
  return made
}

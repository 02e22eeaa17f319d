// Decides what the sessions ask for at which moment: open and boot before one, close after it; and what of it is due now.
// Leaves when sessions are to calendar, and doing it to the deeds.
import type { ClassSession, Day } from '../../course/class.ts'
import { type Meeting, meetingsBetween } from './calendar.ts'

/** Log-ins work and what was stopped runs again a little before the first student types. */
export const openBeforeMinutes = 10
/** A class of 44 at four at a time, some 20 s each, without KVM. */
export const bootBeforeMinutes = 30
/** So long after its end a close is still carried out by a schedule that was started late; who opens later is left alone. */
const closeWithinMinutes = 60

export type Kind = 'boot' | 'open' | 'close'
export type Event = {
  kind: Kind
  at: number
  /** Until when it is worth doing. */
  until: number
  day: Day
  session: ClassSession
  groups: readonly string[]
}

const minute = 60_000

/** Of the meetings around two moments, every event between them, in order. `all`: groups of the course. */
export function eventsBetween(
  sessions: readonly ClassSession[],
  timezone: string,
  all: readonly string[],
  from: number,
  to: number,
): Event[] {
  const margin = (bootBeforeMinutes + closeWithinMinutes) * minute
  return meetingsBetween(sessions, timezone, from - margin, to + margin)
    .flatMap((one) => eventsOf(one, all))
    .filter(({ at }) => at >= from && at <= to)
    .toSorted((a, b) => a.at - b.at || order[a.kind] - order[b.kind])
}

/**
 * What should be done now, by the clock alone: each event that has come and is still worth it. A close is left out for
 * groups that have their next session, or its beginning, in that time.
 */
export function dueAt(
  sessions: readonly ClassSession[],
  timezone: string,
  all: readonly string[],
  now: number,
): Event[] {
  const day = 86_400_000
  const near = eventsBetween(sessions, timezone, all, now - 2 * day, now)
  const due = near.filter(({ at, until }) => at <= now && now < until)
  const busy = new Set(due.flatMap(({ kind, groups }) => (kind === 'close' ? [] : groups)))
  return due.flatMap((event) => {
    const groups = event.kind === 'close' ? event.groups.filter((one) => !busy.has(one)) : event.groups
    return groups.length === 0 ? [] : [{ ...event, groups }]
  })
}

const order: Record<Kind, number> = { close: 0, boot: 1, open: 2 }

function eventsOf({ session, day, from, to }: Meeting, all: readonly string[]): Event[] {
  const groups = session.groups ?? all
  const event = (kind: Kind, at: number, until: number): Event => ({ kind, at, until, day, session, groups })
  return [
    ...(session.boot ? [event('boot', from - bootBeforeMinutes * minute, to)] : []),
    event('open', from - openBeforeMinutes * minute, to),
    ...(session.closeAfter ? [event('close', to, to + closeWithinMinutes * minute)] : []),
  ]
}

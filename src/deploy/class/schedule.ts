// Decides what `bateau class schedule` does: what the sessions ask for now, and what they will in the coming days.
// Leaves when that is to classroom/day/due, and doing it to the deeds of open, boot and close.
import { setTimeout as pause } from 'node:timers/promises'
import { wall } from '../../classroom/day/calendar.ts'
import { dueAt, type Event, eventsBetween } from '../../classroom/day/due.ts'
import { endedTag, endedTags, keptUntil } from '../../classroom/day/tags.ts'
import type { Course } from '../../course/course.ts'
import { table } from '../../plan/table.ts'
import { type ExitCode, exits, type Face } from '../face.ts'
import { homeOf } from '../world.ts'
import { openUp as openCourseUp } from '../plan-of.ts'
import { refuse } from '../open-course.ts'
import { say } from '../say.ts'
import type { Session } from '../session.ts'
import { bootUp } from './boot.ts'
import { type DayCloud, dayClouds, inTurn, withDay } from './day.ts'
import { closeDown, openUp } from './power.ts'

export type ScheduleOptions = {
  file: string | null
  dryRun: boolean
  /** Shown ahead. */
  days: number
  /** Goes on until Ctrl-C. */
  watch: boolean
}

const tickMilliseconds = 30_000
const dayMilliseconds = 86_400_000
const words: Record<Event['kind'], string> = { boot: 'boot', open: 'open', close: 'close' }

export async function schedule(options: ScheduleOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  const opened = openCourseUp(homeOf(process.env), options.file)
  if (!opened.ok) return refuse(face, opened.faults)
  const { course } = opened.value
  showAhead(course, options.days, face)
  if (options.dryRun) return exits.done
  const done = new Set<string>()
  for (;;) {
    const due = dueNow(course).filter((event) => !done.has(keyOf(event)))
    // What failed is tried again at the next tick, as long as it is due; the world says what is left of it.
    const finished = (event: Event) => void done.add(keyOf(event))
    const code = due.length === 0 ? exits.done : await carryOut(options.file, due, finished, face, signal)
    if (!options.watch || code === exits.usage) return code
    await pause(tickMilliseconds, undefined, { signal }).catch(() => {})
    if (signal.aborted) return exits.done
  }
}

const groupsOf = (course: Course) => course.groups.map(({ name }) => name)
const dueNow = (course: Course) => dueAt(course.sessions, course.timezone, groupsOf(course), Date.now())
const keyOf = ({ kind, at, groups }: Event) => `${kind} ${at} ${groups.join()}`

function carryOut(
  file: string | null,
  due: readonly Event[],
  finished: (event: Event) => void,
  face: Face,
  signal: AbortSignal,
): Promise<ExitCode> {
  return withDay('class schedule', { file, who: [] }, face, signal, async (open, all) => {
    const { run, world, course } = open
    const here = new Set(all.flatMap(({ seats }) => seats.map(({ group }) => group)))
    const one = async (event: Event) => {
      const groups = event.groups.filter((name) => here.has(name))
      if (groups.length === 0) return
      run.emit({ type: 'note', text: lineOf(event, course.timezone).join('  ') })
      const clouds = dayClouds(open, groups)
      const how = { dryRun: false, power: true, logins: true }
      switch (event.kind) {
        case 'boot':
          return bootUp(run, world, clouds, { image: null, flavor: null, count: null, user: null }, false)
        case 'open':
          return openUp(run, clouds, how)
        case 'close':
          return closeAfter(run, clouds, event, wall(Date.now(), course.timezone).day)
      }
    }
    // An instance that does not start keeps no class from being let in.
    const steps = due.map((event) => async () => {
      await one(event)
      if (open.away.length === 0) finished(event)
    })
    await inTurn(run, steps)
    return exits.done
  })
}

/** Once: it is noted in the cloud, as cron starts another bateau each time, and who was let in again since stays in. */
async function closeAfter(
  run: Session,
  clouds: readonly DayCloud[],
  { at }: Event,
  today: string,
): Promise<void> {
  const open = await toClose(clouds, at, today)
  await closeDown(run, open, { dryRun: false, power: true, logins: false })
  const tag = endedTag(at)
  for (const { roll, seats } of open)
    for (const seat of seats) {
      const project = await roll.project(seat)
      if (project === undefined) continue
      const before = endedTags(project)
      await roll.setTag(seat, tag, true)
      for (const old of before) if (old !== tag) await roll.setTag(seat, old, false)
    }
}

/** Neither seats that somebody extended, nor those that it was done to already. */
async function toClose(clouds: readonly DayCloud[], at: number, today: string): Promise<DayCloud[]> {
  return Promise.all(
    clouds.map(async (cloud) => {
      const stays = await Promise.all(
        cloud.seats.map(async (seat) => {
          const project = await cloud.roll.project(seat)
          if (project === undefined) return false
          return (keptUntil(project) ?? '') >= today || project.tags.includes(endedTag(at))
        }),
      )
      return { ...cloud, seats: cloud.seats.filter((_, i) => stays[i] !== true) }
    }),
  )
}

function showAhead(course: Course, days: number, face: Face): void {
  const now = Date.now()
  const all = groupsOf(course)
  const due = dueAt(course.sessions, course.timezone, all, now)
  const ahead = eventsBetween(course.sessions, course.timezone, all, now, now + days * dayMilliseconds)
  const rows = (events: readonly Event[]) =>
    table(
      events.map((event) => lineOf(event, course.timezone)),
      [],
      '  ',
    )
  say(face, {
    type: 'report',
    kind: 'class-schedule',
    text: [
      due.length === 0 ? 'Now: nothing is due' : 'Now due:',
      ...rows(due),
      ahead.length === 0
        ? `Nothing in the next ${days} days`
        : `In the next ${days} days (${course.timezone}):`,
      ...rows(ahead),
    ].join('\n'),
    data: { now: new Date(now).toISOString(), due: due.map(shown), ahead: ahead.map(shown) },
  })
}

function lineOf(event: Event, timezone: string): string[] {
  const { day, time, weekday } = wall(event.at, timezone)
  const { title, from, to } = event.session
  return [
    `${weekday} ${day} ${time}`,
    words[event.kind],
    event.groups.join(' '),
    `session ${from}-${to}${title === null ? '' : `, ${title}`}`,
  ]
}

const shown = ({ kind, at, until, groups, day, session }: Event) => ({
  kind,
  at: new Date(at).toISOString(),
  until: new Date(until).toISOString(),
  groups,
  day,
  title: session.title,
})

// Decides what `bateau class extend` does: a seat is kept as it is up to a day, by a tag of its project.
// Leaves honouring it to schedule (no close) and to the deletion of who left the roster.
import type { Task } from '../../core/task.ts'
import { choose } from '../../classroom/day/choose.ts'
import { plusDays, wall } from '../../classroom/day/calendar.ts'
import { keepTag, keepTags, keptUntil } from '../../classroom/day/tags.ts'
import { table } from '../../plan/table.ts'
import { type ExitCode, exits, type Face } from '../face.ts'
import { carry, type DayCloud, type DryOptions, fromAll, leaversIn, named, withDay } from './day.ts'

export type ExtendOptions = DryOptions & {
  /** A day, a number of days from what is kept already (or today), the end of it, or just the list. */
  to: { day: string } | { days: number } | 'end' | 'list'
}

export function extend(options: ExtendOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  const { to, who, dryRun } = options
  return withDay(
    'class extend',
    { file: options.file, who: [], reads: dryRun || to === 'list' },
    face,
    signal,
    async ({ run, course }, all) => {
      const clouds = await chosen(all, who)
      const today = wall(Date.now(), course.timezone).day
      if (to !== 'list') {
        const tasks = await fromAll(clouds, (cloud) => keepTasks(cloud, to, today))
        await carry(run, 'extend', 'Seats that are kept', tasks, dryRun)
      }
      const found = await Promise.all(
        clouds.flatMap(({ name, roll, seats }) =>
          seats.map(async (seat) => {
            const project = await roll.project(seat)
            return {
              cloud: name,
              group: seat.group,
              seat: seat.name,
              until: (project && keptUntil(project)) ?? null,
            }
          }),
        ),
      )
      const kept = found.filter(({ until }) => until !== null)
      const rows = kept.map(({ cloud, group, seat, until }) => [cloud, group ?? '', seat, `until ${until}`])
      run.emit({
        type: 'report',
        kind: 'class-kept',
        text: kept.length === 0 ? 'nobody is kept beyond the schedule' : table(rows, [], '  ').join('\n'),
        data: { seats: found },
      })
      if (!dryRun && to !== 'list' && to !== 'end')
        run.emit({ type: 'note', text: `Undo: ./bateau class extend --end${named(who)}` })
      return exits.done
    },
  )
}

/** Those on the roster, and those who left it: it is their deletion that is put off. */
async function chosen(all: readonly DayCloud[], who: readonly string[]): Promise<DayCloud[]> {
  const seats = await Promise.all(
    all.map(async (cloud) =>
      [...cloud.seats, ...(await leaversIn(cloud))].map((seat) => ({ ...seat, cloud })),
    ),
  )
  const meant = choose(seats.flat(), who)
  return all.map((cloud) => ({
    ...cloud,
    seats: meant.filter((one) => one.cloud === cloud).map(({ cloud: _, ...seat }) => seat),
  }))
}

/** The day is decided here, once: a task that is looked at again must not move on. */
async function keepTasks(
  { roll, seats, input }: DayCloud,
  to: { day: string } | { days: number } | 'end',
  today: string,
): Promise<Task[]> {
  const wanted = async (seat: { name: string }) => {
    if (to === 'end') return null
    if ('day' in to) return to.day
    const project = await roll.project(seat)
    const kept = (project && keptUntil(project)) ?? today
    return plusDays(kept < today ? today : kept, to.days)
  }
  return Promise.all(
    seats.map(async (seat): Promise<Task> => {
      const day = await wanted(seat)
      const as = day === null ? [] : [keepTag(day)]
      const seen = async () => keepTags((await roll.project(seat)) ?? { tags: [] })
      return {
        id: `${input.site}/keep/${seat.name}`,
        title: day === null ? `${seat.name} is kept no longer` : `Keep ${seat.name} until ${day}`,
        because: 'until then the schedule does not close it, and it is not deleted',
        lane: `cloud:${input.site}`,
        after: [],
        async look() {
          const tags = await seen()
          return { done: tags.join() === as.join(), seen: tags.join(', ') || 'not kept' }
        },
        async act() {
          for (const tag of as) await roll.setTag(seat, tag, true)
          for (const tag of await seen()) if (!as.includes(tag)) await roll.setTag(seat, tag, false)
        },
      }
    }),
  )
}

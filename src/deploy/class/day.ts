// Decides what every command of the teaching day is given: the seats that are meant, cloud by cloud, and a gate for its disks.
// Leaves the deed to its command, and opening clouds to open-class.
import { Trouble } from '../../core/fault.ts'
import type { Task } from '../../core/task.ts'
import { choose } from '../../classroom/day/choose.ts'
import { Gate } from '../../classroom/day/gate.ts'
import type { Hands } from '../../classroom/day/power.ts'
import { Roll } from '../../classroom/day/roll.ts'
import { projectName } from '../../classroom/input.ts'
import { isMarked } from '../../classroom/mark.ts'
import { type Seat, teacherSeatsOf } from '../../classroom/seats.ts'
import type { Course } from '../../course/course.ts'
import { type ExitCode, exits, type Face } from '../face.ts'
import { type Session, type SessionKind, Stop } from '../session.ts'
import { type ClassCloud, type OpenClass, withClass } from './open-class.ts'

export type DayOptions = {
  file: string | null
  /** Students, teams and groups; none: all. */
  who: readonly string[]
}
export type DryOptions = DayOptions & { dryRun: boolean }

/** A cloud with those of its seats that are meant. */
export type DayCloud = ClassCloud & { roll: Roll; seats: readonly Seat[]; hands: Hands }

export function withDay(
  command: string,
  { file, who, reads = false }: DayOptions & SessionKind,
  face: Face,
  signal: AbortSignal,
  body: (open: OpenClass, clouds: readonly DayCloud[]) => Promise<ExitCode>,
): Promise<ExitCode> {
  return withClass(command, { file, reads }, face, signal, (open) => body(open, dayClouds(open, who)))
}

/** Throws Trouble `no-such-seat`. A name of a cloud that is away is unknown as well: nothing is done to it, which is said. */
export function dayClouds(open: OpenClass, who: readonly string[]): DayCloud[] {
  const all = open.clouds.flatMap((cloud) => {
    const roll = new Roll(cloud.input, cloud.deps.cloud)
    const gate = new Gate(atOnce(open.course, cloud.name))
    const hands: Hands = { roll, clock: cloud.deps.clock, gate }
    const of = { ...cloud, roll, hands }
    return roll.seats().map((seat) => ({ ...seat, of }))
  })
  const chosen = choose(all, who)
  return [...new Set(chosen.map(({ of }) => of))].map((cloud) => ({
    ...cloud,
    seats: chosen.filter(({ of }) => of === cloud).map(({ of: _, ...seat }) => seat),
  }))
}

/** Starts at a time: a hard disk serves few at once. */
const byDisk = { hdd: 2, other: 4 } as const

function atOnce(course: Course, cloud: string): number {
  const disks = course.servers.find(({ name }) => name === cloud)?.disks ?? []
  const fallback = disks.some(({ kind }) => kind === 'hdd') ? byDisk.hdd : byDisk.other
  return course.class.starter.atOnce ?? fallback
}

/** Carries the tasks out, or (dry run) looks at each and says what would be done. */
export async function carry(
  run: Session,
  phase: string,
  title: string,
  tasks: readonly Task[],
  dryRun: boolean,
): Promise<void> {
  if (!dryRun) return run.phase(phase, title, tasks)
  const looked = await Promise.all(tasks.map(async (task) => ({ task, look: await task.look() })))
  const due = looked.filter(({ look }) => !look.done)
  run.emit({
    type: 'report',
    kind: `${phase}-plan`,
    text: [
      `${title}: ${due.length === 0 ? 'nothing to do' : `${due.length} of ${tasks.length} would be done`}`,
      ...due.map(({ task, look }) => `  ${task.title}  (${look.seen})`),
    ].join('\n'),
    data: { steps: due.map(({ task, look }) => ({ id: task.id, title: task.title, seen: look.seen })) },
  })
}

/**
 * One after the other, the next also where something of the one before failed: an instance that does not start keeps
 * nobody else out. Trouble is said; throws the first Stop at the end; interrupted, at once.
 */
export async function inTurn(
  { signal, emit }: Pick<Session, 'signal' | 'emit'>,
  steps: readonly (() => Promise<void>)[],
): Promise<void> {
  const stops: Stop[] = []
  for (const step of steps) {
    try {
      await step()
    } catch (error) {
      if (signal.aborted) throw error
      if (error instanceof Trouble) emit({ type: 'fault', fault: error.fault })
      else if (!(error instanceof Stop) || error.exitCode !== exits.broken) throw error
      stops.push(error instanceof Stop ? error : new Stop(exits.broken))
    }
  }
  const [first] = stops
  if (first) throw first
}

/** Seats that are not on the roster any more, and still in the cloud. */
export async function leaversIn({ roll, input }: DayCloud): Promise<Seat[]> {
  const known = new Set(roll.seats().map(({ name }) => projectName(input.course, name)))
  const teachers = new Set(teacherSeatsOf(input).map(({ name }) => projectName(input.course, name)))
  return (await roll.projects.read())
    .filter((one) => isMarked(input.course, one) && !known.has(one.name) && !teachers.has(one.name))
    .map(({ name }) => ({
      name: name.slice(projectName(input.course, '').length),
      group: null,
      members: [],
    }))
}

/** All clouds' tasks in one phase: their lanes keep them apart. */
export async function fromAll(
  clouds: readonly DayCloud[],
  tasks: (cloud: DayCloud) => Promise<readonly Task[]> | readonly Task[],
): Promise<Task[]> {
  return (await Promise.all(clouds.map(async (cloud) => tasks(cloud)))).flat()
}

/** `tp-a ada`: the names as they were given, for a command line that a person types next. */
export const named = (who: readonly string[]): string => who.map((one) => ` ${one}`).join('')
export const seatCount = (clouds: readonly DayCloud[]): number =>
  clouds.reduce((sum, { seats }) => sum + seats.length, 0)

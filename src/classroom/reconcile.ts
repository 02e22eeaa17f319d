// Decides what there is to do for the class in one cloud, in words: what is made, changed, closed and deleted, each with why.
// Leaves doing it to the tasks, and showing it to the command.
import { createHash } from 'node:crypto'
import { Trouble } from '../core/fault.ts'
import type { Task } from '../core/task.ts'
import { findProject } from './account-parts.ts'
import { closeTask } from './closing.ts'
import type { SeatTask } from './enrol.ts'
import { type GoneGroup, goneGroupsOf, removeGroupTask, removes } from './group-removal.ts'
import type { ClassroomDeps, ClassroomInput } from './input.ts'
import { type Leaver, leaversOf, type LeavingRules, withAllTheyOwn } from './leaving.ts'
import type { PartsTask } from './parts.ts'
import { deleteTaskId, deleteTasks } from './removal.ts'
import { closedIn, sealIn } from './seat-mark.ts'
import type { People, Survey } from './survey.ts'

/** `stuck`: something is in the way that bateau must not touch. */
export type ChangeKind = 'make' | 'change' | 'reopen' | 'stuck' | 'close' | 'wait' | 'delete'

export type Change = {
  cloud: string
  /** Of the seat; of what everybody uses its title. */
  what: string
  group: string | null
  kind: ChangeKind
  because: string
  /** The parts that differ, or what goes with it. */
  parts: readonly string[]
}

export type Reconciling = {
  changes: readonly Change[]
  /** Seats that are as they should be. */
  kept: number
  /** For the base and the seats, in that order; then those that close and delete. */
  tasks: readonly Task[]
}

/** Whether somebody loses something. */
export const isTaking = ({ kind }: Change): boolean => kind === 'close' || kind === 'delete'

/** Reads the cloud; changes nothing. Throws Trouble. */
export async function reconcile(
  input: ClassroomInput,
  deps: ClassroomDeps,
  survey: Survey,
  tasks: { base: readonly PartsTask[]; seats: readonly SeatTask[] },
  rules: LeavingRules,
): Promise<Reconciling> {
  const [people, servers] = await Promise.all([survey.people.read(), survey.servers.read()])
  const base = await Promise.all(
    tasks.base.map((task) =>
      orStuck({ cloud: input.site, what: task.title, group: null }, () => baseChange(input, task)),
    ),
  )
  const seats = await Promise.all(
    tasks.seats.map((task) => {
      const { name, group } = task.seat
      return orStuck({ cloud: input.site, what: name, group }, () => seatChange(input, people, task))
    }),
  )
  const leavers = await withAllTheyOwn(await deps.cloud(), leaversOf(input, people, servers, rules))
  const groups = await goneGroupsOf(input, survey, leavers)
  return {
    changes: [
      ...base,
      ...seats,
      ...leavers.map((one) => leaverChange(input.site, one)),
      ...groups.map((one) => groupChange(input.site, one)),
    ].filter((one) => one !== undefined),
    kept: seats.filter((one) => one === undefined).length,
    tasks: [
      ...tasks.base,
      ...tasks.seats,
      ...leavers
        .filter(({ next }) => next === 'close')
        .map((one) => closeTask(input, deps, survey, one, rules.today)),
      ...deleteTasks(
        input,
        deps,
        survey,
        leavers.filter(({ next }) => next === 'delete'),
      ),
      ...groups
        .filter(({ waits }) => waits === null)
        .map((one) => {
          const before = one.with.map((seat) => deleteTaskId(input.site, seat))
          return removeGroupTask(input, deps, survey, one, before)
        }),
    ],
  }
}

async function orStuck(
  what: Pick<Change, 'cloud' | 'what' | 'group'>,
  change: () => Promise<Change | undefined>,
): Promise<Change | undefined> {
  try {
    return await change()
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    return { ...what, kind: 'stuck', because: error.fault.title, parts: [error.fault.fix] }
  }
}

async function baseChange({ site, course }: ClassroomInput, task: PartsTask): Promise<Change | undefined> {
  const parts = await task.missing()
  if (parts.length === 0) return undefined
  const whole = parts.length === task.parts
  return {
    cloud: site,
    what: task.title,
    group: null,
    kind: whole ? 'make' : 'change',
    because: whole ? task.because : `of ${course}, and not as it should be`,
    parts: whole ? [] : parts,
  }
}

/**
 * A seat that carries a seal was whole once. The seal of this very wish, and yet something is missing: somebody took it
 * away. Another seal: the course file or the roster changed. None: the run that began it was cut.
 */
async function seatChange(
  { course, site }: ClassroomInput,
  people: People,
  task: SeatTask,
): Promise<Change | undefined> {
  const parts = await task.missing()
  if (parts.length === 0) return undefined
  const { name, group } = task.seat
  const change = { cloud: site, what: name, group }
  const project = findProject(course, name, people.projects)
  if (project === undefined) return { ...change, kind: 'make', because: task.because, parts: [] }
  const members = people.users.filter((one) => task.seat.members.some(({ login }) => login === one.name))
  const closed = [project, ...members]
    .map((one) => closedIn(one.description))
    .find((day) => day !== undefined)
  if (closed !== undefined)
    return { ...change, kind: 'reopen', because: `on the roster again; closed since ${closed}`, parts: [] }
  const lost = parts.filter((one) => one !== 'seal')
  const because =
    sealIn(project.description) === undefined
      ? lost.length > 0 && lost.every((one) => one.startsWith('application credential'))
        ? 'an exam took it: Keystone deletes it with the role'
        : 'begun by a run that was cut'
      : parts.includes('seal')
        ? 'the course file or the roster changed'
        : parts.every((one) => one.startsWith('hand-outs'))
          ? 'the hand-out on this machine is not as it should be'
          : 'drift: somebody changed the cloud by hand'
  return { ...change, kind: 'change', because, parts: lost }
}

function leaverChange(cloud: string, one: Leaver): Change {
  const { name, next, because, owns, closed, until } = one
  const why = {
    close: `${because}; may be deleted from ${until} on`,
    wait:
      closed === null ? `${because}; stays open` : `${because}; closed since ${closed}, kept until ${until}`,
    delete: closed === null ? because : `${because}; closed since ${closed}`,
  }
  return {
    cloud,
    what: name,
    group: null,
    kind: next,
    because: why[next],
    parts: next === 'delete' ? owns : [],
  }
}

function groupChange(cloud: string, group: GoneGroup): Change {
  const { name, waits } = group
  const change = { cloud, what: `what group ${name} shared`, group: null, parts: removes(group) }
  return waits === null
    ? { ...change, kind: 'delete', because: 'no student of it is left' }
    : { ...change, kind: 'wait', because: `no student of it is on the roster; still used by ${waits}` }
}

/** The same for the same changes, whatever the order in which the clouds answered. */
export function digestOf(changes: readonly Change[]): string {
  const lines = changes.map((one) => JSON.stringify(one)).toSorted()
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 12)
}

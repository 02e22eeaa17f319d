// Decides what `bateau class plan` and `bateau class apply` do: read what is, show the difference, ask, carry it out.
// Leaves what differs to classroom/reconcile, and how it looks to changes-text.
import { readFileSync, writeFileSync } from 'node:fs'
import * as z from 'zod'
import { type Fault, Trouble } from '../../core/fault.ts'
import type { Task } from '../../core/task.ts'
import { cloudBaseTasks } from '../../classroom/base.ts'
import { wall } from '../../classroom/day/calendar.ts'
import { enrolTasks } from '../../classroom/enrol.ts'
import { classroomSecrets } from '../../classroom/input.ts'
import { type Change, digestOf, isTaking, reconcile } from '../../classroom/reconcile.ts'
import { seatsOf, teacherSeatsOf } from '../../classroom/seats.ts'
import type { Course } from '../../course/course.ts'
import { carryOut } from '../carry-out.ts'
import { type ExitCode, exits, type Face, worst } from '../face.ts'
import { ascendJump } from '../jump/ascend.ts'
import { nameCourse } from './name-course.ts'
import { keepRegister } from '../keep-register.ts'
import { openCourse } from '../open-course.ts'
import { prepareSecrets } from '../prepare-secrets.ts'
import { homeOf } from '../world.ts'
import { changesText, lineOf, type OfCloud, question } from './changes-text.ts'
import { type ClassOptions, type OpenClass, withClass } from './open-class.ts'

export type ReconcileOptions = ClassOptions & {
  /** Quotas, key pairs and credentials are read of every student. */
  deep: boolean
  /** Null: as the course file says. */
  keepDays: number | null
  deleteNow: readonly string[]
}
export type PlanOptions = ReconcileOptions & { save: string | null }
/** `plan`: a file that `class plan --save` wrote; only that is carried out. */
export type ApplyOptions = ReconcileOptions & { plan: string | null }

type Read = { clouds: OfCloud[]; tasks: Task[]; changes: Change[]; digest: string }

export function classPlan(options: PlanOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  return withClass(
    'class plan',
    { file: options.file, reads: true },
    face,
    signal,
    refusing(async (open) => {
      const read = await readAll(open, options)
      show(open, 'class-plan', read)
      if (options.save !== null) {
        const kept = {
          schema_version: 1,
          course: open.course.name,
          digest: read.digest,
          changes: read.changes,
        }
        writeFileSync(options.save, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 })
        open.run.emit({
          type: 'note',
          text: `saved; carry out just this: bateau class apply --plan ${options.save}`,
        })
      }
      return exits.done
    }),
  )
}

export function classApply(options: ApplyOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  return withClass(
    'class apply',
    options,
    face,
    signal,
    refusing(async (open) => {
      const { run, course } = open
      // Own networks would be made where other groups' are.
      const wrong = open.plan.findings.find(({ code }) => code === 'own-networks-would-move')
      if (wrong) throw new Refusal({ code: wrong.code, title: wrong.title, why: wrong.why, fix: wrong.fix })
      const read = await readAll(open, options)
      show(open, 'class-apply', read)
      if (options.plan !== null) asPlanned(options.plan, course, read)
      const taking = read.changes.filter(isTaking)
      if (taking.length > 0 && !(await face.ask(question(taking)))) {
        run.emit({ type: 'note', text: 'nothing was changed' })
        return exits.refused
      }
      if (taking.length > 0) sameRoster(open)
      // Before anything outside is given a login or a password.
      keepRegister(open.plan)
      await prepareSecrets(run.vault, course, [], classroomSecrets(course.groups, course.class))
      const enrolled = await carryOut(run, 'class', 'The class, as its course file has it', read.tasks)
      const { plan, ground, away, file, rehearsal } = open
      // Who came has no way in there yet, and who left still has one.
      const led = await ascendJump(
        run,
        plan,
        ground,
        away.map(({ name }) => name),
      )
      return worst(enrolled, led, await nameCourse(run, plan, ground, { file, rehearsal }))
    }),
  )
}

/** Something that is not as it was shown or asked for: nothing was changed. */
class Refusal extends Trouble {}

const refusing =
  (body: (open: OpenClass) => Promise<ExitCode>) =>
  async (open: OpenClass): Promise<ExitCode> => {
    try {
      return await body(open)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      open.run.emit({ type: 'fault', fault: error.fault })
      return exits.refused
    }
  }

async function readAll({ clouds, course, plan, away }: OpenClass, options: ReconcileOptions): Promise<Read> {
  const silent = new Set(away.map(({ name }) => name))
  const inPlan = [...plan.servers, ...plan.clouds].flatMap(({ name, placed: parts }) =>
    (silent.has(name) ? parts : []).flatMap(({ students }) =>
      students.flatMap(({ login, team }) =>
        [login, team].flatMap((one) => (one === null ? [] : [[one, name] as const])),
      ),
    ),
  )
  // Also those on a cloud that does not answer: they have moved, and not left.
  const placed = new Map([
    ...inPlan,
    ...clouds.flatMap(({ name, input }) =>
      [...seatsOf(input), ...teacherSeatsOf(input)].flatMap((seat) =>
        [seat.name, ...seat.members.map(({ login }) => login)].map((one) => [one, name] as const),
      ),
    ),
  ])
  const rules = {
    // Where the class is: a day that somebody is kept for is over when it is over there.
    today: wall(Date.now(), course.timezone).day,
    away: (cloud: string) => silent.has(cloud),
    keep: options.keepDays ?? course.class.keep,
    now: options.deleteNow,
  }
  const read = await Promise.all(
    clouds.map(async ({ name, input, deps, survey }) => {
      survey.deep = options.deep
      const tasks = { base: cloudBaseTasks(input, deps, survey), seats: enrolTasks(input, deps, survey) }
      const elsewhere = (one: string) => placed.get(one) ?? null
      return { cloud: name, ...(await reconcile(input, deps, survey, tasks, { ...rules, elsewhere })) }
    }),
  )
  const unknown = options.deleteNow.filter(
    (one) => !read.some(({ changes }) => changes.some(({ what }) => what === one)),
  )
  if (unknown.length > 0) throw new Refusal(notLeaving(unknown))
  const changes = read.flatMap((one) => one.changes)
  const tasks = read.flatMap((one) => one.tasks)
  const ids = new Set(tasks.map(({ id }) => id))
  const known = tasks.map((task) =>
    task.id.includes('/close/') ? { ...task, after: task.after.filter((id) => ids.has(id)) } : task,
  )
  return { clouds: read, tasks: known, changes, digest: digestOf(changes) }
}

function show({ run }: OpenClass, kind: string, { clouds, changes, digest }: Read): void {
  const data = { digest, changes, kept: clouds.map(({ cloud, kept }) => ({ cloud, seats: kept })) }
  run.emit({ type: 'report', kind, text: changesText(clouds), data })
}

const saved = z.object({
  course: z.string(),
  digest: z.string(),
  changes: z.array(
    z.object({
      cloud: z.string(),
      what: z.string(),
      group: z.string().nullable(),
      kind: z.enum(['make', 'change', 'reopen', 'stuck', 'close', 'wait', 'delete']),
      because: z.string(),
      parts: z.array(z.string()),
    }),
  ),
})

/** Throws Refusal `plan-outdated` when something else is to be done now than the saved plan says. */
function asPlanned(path: string, course: Course, now: Read): void {
  const read = saved.safeParse(jsonAt(path))
  if (!read.success || read.data.course !== course.name)
    throw new Refusal({
      code: 'plan-unreadable',
      title: `${path} is no plan of the class of ${course.name}`,
      why: read.success ? `it is of ${read.data.course}` : 'it has another form',
      fix: `make one: bateau class plan --save ${path}`,
    })
  if (read.data.digest === now.digest) return
  const [old, fresh] = [read.data.changes.map(lineOf), now.changes.map(lineOf)]
  throw new Refusal({
    code: 'plan-outdated',
    title: 'the plan that was saved is not what is to be done now',
    why: [
      ...old.filter((line) => !fresh.includes(line)).map((line) => `no longer:${line.slice(1)}`),
      ...fresh.filter((line) => !old.includes(line)).map((line) => `new:${line.slice(1)}`),
    ].join('\n'),
    fix: `look at it anew: bateau class plan --save ${path}`,
  })
}

function jsonAt(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

/**
 * A person may have thought about the question for an hour: the file is read again, and what was shown is only done when
 * it still says the same. Throws Refusal `roster-changed`.
 */
function sameRoster({ course, file }: OpenClass): void {
  const again = openCourse(homeOf(process.env), file)
  const text = (one: Course) => JSON.stringify([one.groups, one.class, one.instances, one.networks])
  if (again.ok && text(again.value.course) === text(course)) return
  const logins = (one: Course) => one.groups.flatMap(({ students }) => students.map(({ login }) => login))
  const now = again.ok ? logins(again.value.course) : []
  const changed = [
    ...logins(course)
      .filter((one) => !now.includes(one))
      .map((one) => `${one} is gone`),
    ...now.filter((one) => !logins(course).includes(one)).map((one) => `${one} is new`),
  ]
  throw new Refusal({
    code: 'roster-changed',
    title: 'the course file or its roster changed since the plan was shown; nothing was done',
    why: again.ok
      ? changed.join(', ') || 'groups or the section class are not what they were'
      : again.faults.map(({ title }) => title).join('\n'),
    fix: 'run the same command again: it shows what is to be done now',
  })
}

function notLeaving(names: readonly string[]): Fault {
  return {
    code: 'not-leaving',
    title: `${names.join(', ')} cannot be deleted`,
    why: 'only who is no longer on the roster, and whose account or project has the mark of this course, is deleted',
    fix: 'remove them from the roster first; bateau class plan shows who leaves',
  }
}

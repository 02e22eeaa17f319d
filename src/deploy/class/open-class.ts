// Decides what every command about the class is given: the clouds of its course, each open or with the reason why not.
// Leaves what is done with them to the command, and what surrounds a run to session.
import { type Fault, Trouble } from '../../core/fault.ts'
import type { Site } from '../../core/site.ts'
import type { Task } from '../../core/task.ts'
import type { Course } from '../../course/course.ts'
import type { ClassroomDeps, ClassroomInput } from '../../classroom/input.ts'
import type { Survey } from '../../classroom/survey.ts'
import { siteOf } from '../../plan/site.ts'
import type { PlannedCloud } from '../../plan/draft.ts'
import type { Plan } from '../../plan/plan.ts'
import { readFacts } from '../../host/facts.ts'
import { adoptedClassroom } from '../adopted-cloud.ts'
import { type Classroom, classroomOf } from '../classroom-of.ts'
import { CloudLocks } from '../cloud-locks.ts'
import { type ExitCode, exits, type Face } from '../face.ts'
import { type Ground, groundOf } from '../ground.ts'
import { refuse } from '../open-course.ts'
import { openUp, planOf } from '../plan-of.ts'
import { type Session, session, type SessionKind } from '../session.ts'
import { homeOf, type World } from '../world.ts'

/** One cloud of the course, open. */
export type ClassCloud = {
  /** As in the plan: the server's name, or that of a cloud that existed already. */
  name: string
  input: ClassroomInput
  deps: ClassroomDeps
  survey: Survey
  /** Null for a cloud that existed already. */
  site: Site | null
}

export type OpenClass = {
  /** Its phases take the lock in a cloud before the first task that acts there (lane `cloud:NAME`). */
  run: Session
  course: Course
  /** Path of the course file. */
  file: string
  world: World
  rehearsal: boolean
  plan: Plan
  ground: Ground
  /** Those that answer. */
  clouds: readonly ClassCloud[]
  /** For what is not a task of a phase: before the first thing that is changed in the cloud. Throws Trouble `locked`. */
  lock(cloud: ClassCloud): Promise<void>
  /** Those that do not, with the reason; said already. */
  away: readonly { name: string; fault: Fault }[]
}

export type ClassOptions = {
  /** Null: the only course that is up on this machine. */
  file: string | null
}

/**
 * Opens the class, gives it to `body`, and closes what was opened. A cloud that cannot be reached is said and left out,
 * the others go on; the exit code is then never `done`. One that `reads` does not wait for those that write.
 */
export async function withClass(
  command: string,
  { file: named, reads = false }: ClassOptions & SessionKind,
  face: Face,
  signal: AbortSignal,
  body: (open: OpenClass) => Promise<ExitCode>,
): Promise<ExitCode> {
  const opened = openUp(homeOf(process.env), named)
  if (!opened.ok) return refuse(face, opened.faults)
  const { course, world, rehearsal, file } = opened.value
  const work = async (run: Session) => {
    const plan = planOf(course, rehearsal)
    const ground = groundOf(course, world, rehearsal)
    const { clouds, away, close } = await openClouds(run, plan, ground)
    for (const { fault } of away) run.emit({ type: 'fault', fault })
    const locks = new CloudLocks(run)
    try {
      const open = { course, file, world, rehearsal, plan, ground, away }
      const code = await body({
        ...open,
        run: guarded(run, locks, clouds),
        clouds,
        lock: (cloud) => locks.hold(cloud),
      })
      return away.length > 0 && code === exits.done ? exits.unchecked : code
    } finally {
      await locks.release()
      await close()
    }
  }
  return session(command, world, face, signal, work, { reads })
}

export type OpenClouds = Pick<OpenClass, 'clouds' | 'away'> & { close: () => Promise<void> }

/** Within a run: all clouds of the plan, each open or with the reason why not. */
export async function openClouds(run: Session, plan: Plan, ground: Ground): Promise<OpenClouds> {
  const tried = await Promise.all([
    ...plan.servers.map(({ name }) => tryCloud(name, () => ofServer(run, plan, ground, name))),
    ...plan.clouds.map((cloud) => tryCloud(cloud.name, () => ofCloud(run, plan, cloud))),
  ])
  const open = tried.flatMap((one) => ('cloud' in one ? [one] : []))
  return {
    clouds: open.map(({ cloud }) => cloud),
    away: tried.flatMap((one) => ('fault' in one ? [one] : [])),
    close: async () => void (await Promise.all(open.map(({ close }) => close()))),
  }
}

function guarded(run: Session, locks: CloudLocks, clouds: readonly ClassCloud[]): Session {
  const cloudOf = ({ lane }: Task) =>
    clouds.find(({ name }) => lane.split(':').slice(-2).join(':') === `cloud:${name}`)
  const guard = (task: Task) => {
    const cloud = cloudOf(task)
    return cloud ? locks.guard(cloud, [task]) : [task]
  }
  return {
    ...run,
    phase: (name, title, tasks) => run.phase(name, title, tasks.flatMap(guard)),
    attempt: (name, title, tasks) => run.attempt(name, title, tasks.flatMap(guard)),
  }
}

type Tried = { cloud: ClassCloud; close: () => Promise<void> } | { name: string; fault: Fault }

type Door = { site: Site | null; classroom: Classroom }

async function tryCloud(name: string, open: () => Promise<Door>): Promise<Tried> {
  try {
    const { site, classroom } = await open()
    const { input, deps, survey } = classroom
    return { cloud: { name, input, deps, survey, site }, close: () => classroom.close() }
  } catch (error) {
    if (error instanceof Trouble) return { name, fault: error.fault }
    throw error
  }
}

async function ofServer(run: Session, plan: Plan, ground: Ground, name: string): Promise<Door> {
  const site = siteOf(plan, name, await readFacts(ground.reach.shell(name)), ground.sources)
  return { site, classroom: await classroomOf(run, plan, site, ground) }
}

const ofCloud = async (run: Session, plan: Plan, cloud: PlannedCloud): Promise<Door> => ({
  site: null,
  classroom: await adoptedClassroom(run, plan, cloud),
})

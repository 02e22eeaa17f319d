// Decides what `up` does in the clouds of a course: the class, on all of them at once, and what hypervisors hold of clouds that existed already.
// Leaves making clouds to ascend, and the proof to prove.
import { type Fault, Trouble } from '../core/fault.ts'
import type { Site } from '../core/site.ts'
import type { Cloud } from '../cloud/open.ts'
import type { Course } from '../course/course.ts'
import type { PlannedCloud } from '../plan/draft.ts'
import { studentsAtOnce } from '../plan/placement.ts'
import type { Plan } from '../plan/plan.ts'
import { adoptedClassroom } from './adopted-cloud.ts'
import { carryOut } from './carry-out.ts'
import { type Classroom, classroomOf } from './classroom-of.ts'
import { CloudLocks } from './cloud-locks.ts'
import { type ExitCode, exits } from './face.ts'
import type { Ground } from './ground.ts'
import type { Session } from './session.ts'

export type Filled = {
  /** Names of the clouds that could not be opened, which was said. */
  away: string[]
  /** `broken` when something failed in one that could. */
  exitCode: ExitCode
}

/** `sites`: of the course's own clouds, those that are made. What fails in one cloud, or for one student, keeps nobody else waiting. */
export async function fillClouds(
  session: Session,
  plan: Plan,
  ground: Ground,
  sites: readonly Site[],
): Promise<Filled> {
  const tried = await Promise.all([
    ...sites.map((site) => tryOpen(session, site.name, () => classroomOf(session, plan, site, ground))),
    ...plan.clouds.map((cloud) => tryOpen(session, cloud.name, () => openAdopted(session, plan, cloud))),
  ])
  const open = tried.flatMap(({ name, classroom }) => (classroom === null ? [] : [{ name, ...classroom }]))
  const away = tried.flatMap(({ name, classroom }) => (classroom === null ? [name] : []))
  if (open.length === 0) return { away, exitCode: exits.done }
  const locks = new CloudLocks(session)
  try {
    const exitCode = await carryOut(
      session,
      'class',
      `Networks, students and instances on ${open.map(({ name }) => name).join(', ')}`,
      open.flatMap((cloud) => locks.guard(cloud, cloud.tasks)),
    )
    return { away, exitCode }
  } finally {
    await locks.release()
    await Promise.all(open.map((cloud) => cloud.close()))
  }
}

type Tried = { name: string; classroom: Classroom | null }

async function tryOpen(session: Session, name: string, open: () => Promise<Classroom>): Promise<Tried> {
  try {
    return { name, classroom: await open() }
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    session.emit({ type: 'fault', fault: error.fault })
    return { name, classroom: null }
  }
}

async function openAdopted(session: Session, plan: Plan, planned: PlannedCloud): Promise<Classroom> {
  const classroom = await adoptedClassroom(session, plan, planned)
  try {
    const short = await roomShort(plan.course, planned, await classroom.deps.cloud())
    if (short) session.emit({ type: 'fault', fault: short })
    return classroom
  } catch (error) {
    await classroom.close()
    throw error
  }
}

/** Seats that are not in the course file are counted from the hypervisors: by their memory, as nobody else used it. */
export async function roomShort(
  course: Course,
  { name, cloud, placed }: PlannedCloud,
  { compute }: Pick<Cloud, 'compute'>,
): Promise<Fault | null> {
  if (cloud.seats !== null) return null
  const up = (await compute.hypervisors()).filter((one) => one.state === 'up' && one.status === 'enabled')
  const { ramMiB, perStudent, overcommit } = course.instances
  const each = ramMiB * perStudent
  const seats = up.reduce(
    (sum, one) => sum + Math.floor((one.memory_mb * overcommit.ram) / ramMiB / perStudent),
    0,
  )
  const students = studentsAtOnce(placed, course.atOnce)
  if (students <= seats) return null
  return {
    code: 'seats-short',
    title: `${name} has room for ${seats} students, and ${students} are placed there`,
    why: `its ${up.length} hypervisors have ${up.map((one) => `${Math.floor(one.memory_mb / 1024)} GiB`).join(', ')}; a student's instances take ${each} MiB`,
    fix: `write what it holds, so that groups are placed by it: seats: ${seats}`,
    host: name,
  }
}

// Decides what `up` does in clouds that exist already: the class, on all of them at once, and what their hypervisors hold.
// Leaves clouds that bateau makes to ascend, and the proof to prove.
import { type Fault, Trouble } from '../core/fault.ts'
import type { Cloud } from '../cloud/open.ts'
import type { Course } from '../course/course.ts'
import type { PlannedCloud } from '../plan/draft.ts'
import { studentsAtOnce } from '../plan/placement.ts'
import type { Plan } from '../plan/plan.ts'
import { adoptedClassroom } from './adopted-cloud.ts'
import { carryOut } from './carry-out.ts'
import { CloudLocks } from './cloud-locks.ts'
import type { Session } from './session.ts'

/** The clouds that cannot be opened are said and left out; gives their names. Throws Stop where a task fails. */
export async function fillAdopted(session: Session, plan: Plan): Promise<string[]> {
  if (plan.clouds.length === 0) return []
  const tried = await Promise.all(plan.clouds.map((cloud) => tryOpen(session, plan, cloud)))
  const open = tried.flatMap((one) => (one === null ? [] : [one]))
  const locks = new CloudLocks(session)
  try {
    const names = open.map(({ planned }) => planned.name)
    if (open.length > 0)
      await carryOut(
        session,
        'class',
        `Networks, students and instances on ${names.join(', ')}`,
        open.flatMap(({ planned: { name }, classroom }) =>
          locks.guard({ name, ...classroom }, classroom.tasks),
        ),
      )
    return plan.clouds.map(({ name }) => name).filter((name) => !names.includes(name))
  } finally {
    await locks.release()
    await Promise.all(open.map(({ classroom }) => classroom.close()))
  }
}

async function tryOpen(session: Session, plan: Plan, planned: PlannedCloud) {
  try {
    const classroom = await adoptedClassroom(session, plan, planned)
    const short = await roomShort(plan.course, planned, await classroom.deps.cloud())
    if (short) session.emit({ type: 'fault', fault: short })
    return { planned, classroom }
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    session.emit({ type: 'fault', fault: error.fault })
    return null
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

// Decides when names follow a course by themselves: given at the end of `up` and `rehearse`, taken at the beginning of `down`.
// Leaves giving and taking to name-class.
import { Trouble } from '../../core/fault.ts'
import type { Course } from '../../course/course.ts'
import type { Plan } from '../../plan/plan.ts'
import { type ExitCode, exits } from '../face.ts'
import type { Ground } from '../ground.ts'
import type { Session } from '../session.ts'
import { hostsOf } from './hosts.ts'
import { nameClass } from './name-class.ts'
import { openClouds } from './open-class.ts'

type Way = { file: string; rehearsal: boolean }

/**
 * A class without its names is a class all the same: whatever is wrong with them is said, and the answer is unchecked.
 * Clouds that are away were said before; their names stay as they are.
 */
export async function nameCourse(run: Session, plan: Plan, ground: Ground, way: Way): Promise<ExitCode> {
  const { course } = plan
  const { dns } = course
  if (dns === null) return exits.done
  const open = await openClouds(run, plan, ground)
  try {
    const { hosts, notes } = await hostsOf(course, dns.zone, open.clouds)
    for (const text of notes) run.emit({ type: 'note', text })
    const partial = open.away.length > 0
    const code = await nameClass({ run, course, dns, ...way, hosts, partial, dryRun: false })
    return code === exits.done ? code : exits.unchecked
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    run.emit({ type: 'fault', fault: error.fault })
    return exits.unchecked
  } finally {
    await open.close()
  }
}

/** A zone that does not answer is said, and keeps nothing else from going. */
export async function clearNames(run: Session, course: Course, way: Way): Promise<void> {
  const { dns } = course
  if (dns !== null) await nameClass({ run, course, dns, ...way, hosts: [], partial: false, dryRun: false })
}

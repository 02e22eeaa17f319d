// Decides when names follow a course by themselves: given at the end of `up` and `rehearse`, taken at the beginning of `down`.
// Leaves giving and taking to name-class.
import type { Site } from '../../core/site.ts'
import type { Course } from '../../course/course.ts'
import type { Plan } from '../../plan/plan.ts'
import { classroomOf } from '../classroom-of.ts'
import { type ExitCode, exits } from '../face.ts'
import type { Ground } from '../ground.ts'
import type { Session } from '../session.ts'
import { hostsOf } from './hosts.ts'
import { nameClass } from './name-class.ts'

type Way = { file: string; rehearsal: boolean }

/** A class without its names is a class all the same: whatever is wrong with them is said, and the answer is unchecked. */
export async function nameSites(
  run: Session,
  plan: Plan,
  ground: Ground,
  sites: readonly Site[],
  way: Way,
): Promise<ExitCode> {
  const { course } = plan
  const { dns } = course
  if (dns === null) return exits.done
  const open = await Promise.all(
    sites.map(async (site) => ({ site, classroom: await classroomOf(run, plan, site, ground) })),
  )
  try {
    const clouds = open.map(({ site, classroom }) => ({
      name: site.name,
      service: site.addressing.service,
      survey: classroom.survey,
    }))
    const { hosts, notes } = await hostsOf(course, dns.zone, clouds)
    for (const text of notes) run.emit({ type: 'note', text })
    const code = await nameClass({ run, course, dns, ...way, hosts, partial: false, dryRun: false })
    return code === exits.done ? code : exits.unchecked
  } finally {
    await Promise.all(open.map(({ classroom }) => classroom.close()))
  }
}

/** A zone that does not answer is said, and keeps nothing else from going. */
export async function clearNames(run: Session, course: Course, way: Way): Promise<void> {
  const { dns } = course
  if (dns !== null) await nameClass({ run, course, dns, ...way, hosts: [], partial: false, dryRun: false })
}

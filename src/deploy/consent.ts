// Decides whether a run may begin: what stands in its way is said, and what it would install is asked, before anything changes.
// Leaves looking to rehearsal/preflight and asking to the face.
import type { Fault } from '../core/fault.ts'
import type { Course } from '../course/course.ts'
import { imagePackages } from '../image/tiny.ts'
import { missingPackages } from '../rehearsal/packages.ts'
import { preflight } from '../rehearsal/preflight.ts'
import type { Face } from './face.ts'
import { rehearsalOf } from './ground.ts'
import { thisMachine } from './reach.ts'
import type { World } from './world.ts'

/** Faults that forbid the run; none when it may begin. Throws Trouble. */
export async function consent(
  course: Course,
  world: World,
  rehearsal: boolean,
  face: Face,
): Promise<readonly Fault[]> {
  if (!rehearsal) return []
  const faults = await preflight(rehearsalOf(course, world), thisMachine, { env: process.env })
  if (faults.length > 0) return faults
  const lacking = await missingPackages(thisMachine, imagePackages)
  if (lacking.length === 0) return []
  const question = `A rehearsal needs packages that this machine lacks. Install with apt: ${lacking.join(' ')}?`
  if (await face.ask(question)) return []
  return [
    {
      code: 'not-installed',
      title: 'the rehearsal needs packages that are not installed',
      why: lacking.join(' '),
      fix: `install them yourself: apt-get install --no-install-recommends ${lacking.join(' ')}`,
    },
  ]
}

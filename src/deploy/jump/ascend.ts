// Decides when `up` makes the jump host: after the class, as students' keys are made with it.
// Leaves the tasks to tasks.
import type { Plan } from '../../plan/plan.ts'
import type { Ground } from '../ground.ts'
import type { Session } from '../session.ts'
import { jumpPlace } from './place.ts'
import { planJump } from './tasks.ts'

/** Nothing where the course has none. The firewall and the agent of a cloud's server are there by now. */
export async function ascendJump(session: Session, plan: Plan, ground: Ground): Promise<void> {
  const place = jumpPlace(plan.course)
  if (place === null) return
  const { tasks } = await planJump(session, plan, ground, place, { surroundings: false })
  await session.phase('jump', `The jump host on ${place.server.name}`, tasks)
}

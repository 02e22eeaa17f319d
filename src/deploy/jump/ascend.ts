// Decides when `up` makes the jump host: after the class, as students' keys and networks are made with it.
// Leaves the tasks to tasks.
import type { Reached } from '../../jump/input.ts'
import type { Plan } from '../../plan/plan.ts'
import { adoptedClassroom } from '../adopted-cloud.ts'
import type { Ground } from '../ground.ts'
import type { Session } from '../session.ts'
import { jumpPlace } from './place.ts'
import { reachedIn } from './reached.ts'
import { planJump } from './tasks.ts'

/**
 * Nothing where the course has none. The firewall and the agent of a cloud's server are there by now. `away`: clouds that
 * do not answer. With one of those that existed already among them it is left as it is: their students would be shut out.
 */
export async function ascendJump(
  session: Session,
  plan: Plan,
  ground: Ground,
  away: readonly string[],
): Promise<void> {
  const place = jumpPlace(plan.course)
  if (place === null) return
  if (away.includes(place.server.name)) {
    const text = `the jump host is left as it is: ${place.server.name}, which it is on, is not ready`
    return session.emit({ type: 'note', text })
  }
  const silent = plan.clouds.map(({ name }) => name).filter((name) => away.includes(name))
  if (silent.length > 0) {
    const text = `the jump host is left as it is: ${silent.join(', ')} cannot be asked where instances are`
    return session.emit({ type: 'note', text })
  }
  const adopted = await Promise.all(plan.clouds.map((cloud) => ask(session, plan, cloud)))
  const { tasks } = await planJump(session, plan, ground, place, { surroundings: false, adopted })
  await session.phase('jump', `The jump host on ${place.server.name}`, tasks)
}

async function ask(session: Session, plan: Plan, cloud: Plan['clouds'][number]): Promise<Reached> {
  const classroom = await adoptedClassroom(session, plan, cloud)
  try {
    return await reachedIn(classroom.input, classroom.deps)
  } finally {
    await classroom.close()
  }
}

// Decides when `up` makes the jump host: after the class, as students' keys and networks are made with it.
// Leaves the tasks to tasks.
import { Trouble } from '../../core/fault.ts'
import type { Reached } from '../../jump/input.ts'
import type { Plan } from '../../plan/plan.ts'
import { adoptedClassroom } from '../adopted-cloud.ts'
import { type ExitCode, exits } from '../face.ts'
import type { Ground } from '../ground.ts'
import type { Session } from '../session.ts'
import { type JumpPlace, jumpPlace } from './place.ts'
import { reachedIn } from './reached.ts'
import { planJump } from './tasks.ts'

/**
 * Nothing where the course has none. The firewall and the agent of a cloud's server are there by now. `away`: clouds that
 * do not answer. With one of those that existed already among them it is left as it is: their students would be shut out.
 * What fails is said, and the answer is then `broken`: those who have IPv6 get in all the same, and the proof tells of the others.
 */
export async function ascendJump(
  session: Session,
  plan: Plan,
  ground: Ground,
  away: readonly string[],
): Promise<ExitCode> {
  const place = jumpPlace(plan.course)
  if (place === null) return exits.done
  const waits = reasonToWait(plan, place, away)
  if (waits !== null) {
    session.emit({ type: 'note', text: `the jump host is left as it is: ${waits}` })
    return exits.done
  }
  try {
    const adopted = await Promise.all(plan.clouds.map((cloud) => ask(session, plan, cloud)))
    const { tasks } = await planJump(session, plan, ground, place, { surroundings: false, adopted })
    const { failed, left } = await session.attempt('jump', `The jump host on ${place.server.name}`, tasks)
    return failed.length + left.length > 0 ? exits.broken : exits.done
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    session.emit({ type: 'fault', fault: error.fault })
    return exits.broken
  }
}

/** Who is not there is said and counted already. */
function reasonToWait({ clouds }: Plan, { server }: JumpPlace, away: readonly string[]): string | null {
  if (away.includes(server.name)) return `${server.name}, which it is on, is not ready`
  const silent = clouds.map(({ name }) => name).filter((name) => away.includes(name))
  return silent.length > 0 ? `${silent.join(', ')} cannot be asked where instances are` : null
}

async function ask(session: Session, plan: Plan, cloud: Plan['clouds'][number]): Promise<Reached> {
  const classroom = await adoptedClassroom(session, plan, cloud)
  try {
    return await reachedIn(classroom.input, classroom.deps)
  } finally {
    await classroom.close()
  }
}

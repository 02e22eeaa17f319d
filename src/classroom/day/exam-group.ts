// Decides which security group the ports of a class group stand in during its exam: made, kept as allowed, taken away.
// Leaves its rules to exam-allowance, and who stands in it to exam-ports.
import type { Task } from '../../core/task.ts'
import type { Owned } from '../../cloud/estate.ts'
import { once } from '../../cloud/once.ts'
import { describe, isMarked } from '../mark.ts'
import { sure } from '../network-parts.ts'
import type { Estate } from './estate.ts'
import { type Allowance, keyOf, wallRules } from './exam-allowance.ts'
import { absent } from './roll.ts'
import type { Hands } from './power.ts'

export const examGroup = (group: string) => `exam-${group}`

/** The group of the administrator's project that a class group's ports stand in during its exam. */
export const findGroup = async (estate: Estate, group: string): Promise<Owned | undefined> => {
  const { roll } = estate
  const admin = await roll.cloud()
  return (await estate.of('security-groups', admin.projectId)).find(
    (one) => one.name === examGroup(group) && isMarked(roll.input.course, one),
  )
}

/** The security group of an exam: made, and its rules as allowed; those that are not are taken out. */
export function wallTask(hands: Hands, estate: Estate, group: string, allowed: Allowance): Task {
  const { roll, clock } = hands
  const { site, course } = roll.input
  const wanted = wallRules(course, allowed)
  const differs = (found: Owned) => {
    const lacking = wanted.filter(
      (one) => !found.security_group_rules.some((rule) => keyOf(rule) === keyOf(one)),
    )
    const surplus = found.security_group_rules.filter(
      (rule) => !wanted.some((one) => keyOf(one) === keyOf(rule)),
    )
    return { lacking, surplus }
  }
  return {
    id: `${site}/exam/${group}/wall`,
    title: `Security group ${examGroup(group)}`,
    because: `lets through what is allowed in the exam: ${wanted.length} rules`,
    lane: `cloud:${site}`,
    after: [],
    async look() {
      const found = await findGroup(estate, group)
      if (found === undefined) return { done: false, seen: 'not there' }
      const { lacking, surplus } = differs(found)
      const done = lacking.length + surplus.length === 0
      return {
        done,
        seen: done ? 'as allowed' : `${lacking.length} rules lacking, ${surplus.length} too many`,
      }
    },
    async act() {
      const admin = await roll.cloud()
      const find = async () => {
        await estate.refresh(admin.projectId)
        return findGroup(estate, group)
      }
      if ((await findGroup(estate, group)) === undefined)
        await once(
          clock,
          () => admin.walls.createGroup(examGroup(group), describe(course, `exam of group ${group}`)),
          async () => (await find())?.id,
        )
      const found = sure(await find(), examGroup(group))
      const { lacking, surplus } = differs(found)
      for (const { id } of surplus) await admin.estate.delete('security-group-rules', id).catch(absent)
      if (lacking.length > 0) await admin.network.createRules(found.id, admin.projectId, lacking)
      await estate.refresh(admin.projectId)
    },
  }
}

/** After the last port is out of it. */
export function unwallTask(hands: Hands, estate: Estate, group: string, after: readonly string[]): Task {
  const { roll } = hands
  const { site } = roll.input
  return {
    id: `${site}/exam/${group}/wall`,
    title: `Remove security group ${examGroup(group)}`,
    because: 'the exam is over',
    lane: `cloud:${site}`,
    after,
    async look() {
      const found = await findGroup(estate, group)
      const used = (await estate.all('ports')).some((one) => found && one.security_groups.includes(found.id))
      return {
        done: found === undefined || used,
        seen: found === undefined ? 'gone' : used ? 'in use' : 'there',
      }
    },
    async act() {
      const admin = await roll.cloud()
      const found = await findGroup(estate, group)
      if (found) await admin.estate.delete('security-groups', found.id).catch(absent)
      await estate.refresh(admin.projectId)
    },
  }
}

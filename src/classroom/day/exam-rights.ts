// Decides how members of a seat may only read during an exam, and write again after it.
// How it was is kept in tags of the project, so that thaw needs the cloud and nothing else.
import { type Fault, Trouble } from '../../core/fault.ts'
import type { Task } from '../../core/task.ts'
import type { Assignment, Role } from '../../cloud/identity.ts'
import { put } from '../parts.ts'
import { unsealed } from '../seat-mark.ts'
import type { Seat } from '../seats.ts'
import { Held } from '../survey.ts'
import { absent } from './roll.ts'
import type { Hands } from './power.ts'
import { frozenTag, rolesBefore, roleTag } from './tags.ts'

/** Roles and assignments of the cloud, read once. */
export type Rights = { roles: Held<Role[]>; assignments: Held<Assignment[]> }
export const rightsOf = ({ roll }: Pick<Hands, 'roll'>): Rights => ({
  roles: new Held(async () => (await roll.cloud()).identity.roles()),
  assignments: new Held(async () => (await roll.cloud()).identity.assignments()),
})

const roleNamed = async (rights: Rights, name: string) => {
  const found = (await rights.roles.read()).find((one) => one.name === name)
  if (found === undefined) throw new Trouble(noRole(name))
  return found.id
}

/** Roles that members of the seat hold in its project. */
async function held({ roll }: Pick<Hands, 'roll'>, rights: Rights, seat: Seat) {
  const project = await roll.enrolled(seat)
  const users = await Promise.all(seat.members.map(({ login }) => roll.user(login)))
  const ids = new Set(users.flatMap((one) => (one ? [one.id] : [])))
  const assignments = await rights.assignments.read()
  const roles = assignments.flatMap(({ role, user, scope }) =>
    scope.project?.id === project.id && user && ids.has(user.id)
      ? [{ userId: user.id, roleId: role.id }]
      : [],
  )
  return { project, ids, roles }
}

/** One task a seat: its project is tagged, its members' roles are noted there, and all but `reader` is taken. */
export function readerTasks(hands: Hands, rights: Rights, seats: readonly Seat[]): Task[] {
  const { roll } = hands
  const { site } = roll.input
  return seats.map((seat) => ({
    id: `${site}/exam/${seat.name}/rights`,
    title: `${seat.name} may only read`,
    because: 'taking the role member away ends tokens and application credentials at once',
    lane: `cloud:${site}`,
    after: [],
    async look() {
      const reader = await roleNamed(rights, 'reader')
      const { project, ids, roles } = await held(hands, rights, seat)
      const writes = roles.filter(({ roleId }) => roleId !== reader).length
      const reads = roles.filter(({ roleId }) => roleId === reader).length
      const done = project.tags.includes(frozenTag) && writes === 0 && reads === ids.size
      return { done, seen: writes > 0 ? `${writes} roles that write` : 'reads' }
    },
    async act() {
      const { identity, access } = await roll.cloud()
      const reader = await roleNamed(rights, 'reader')
      const { project, ids, roles } = await held(hands, rights, seat)
      if (!project.tags.includes(frozenTag)) {
        // Notes of an exam whose beginning was cut before it changed anything.
        for (const old of rolesBefore(project))
          await roll.setTag(seat, roleTag(old.userId, old.roleId), false)
        for (const { userId, roleId } of roles) await roll.setTag(seat, roleTag(userId, roleId), true)
      }
      // Whoever sees this tag knows that the notes are whole, and that what differs from them is the exam's.
      await roll.setTag(seat, frozenTag, true)
      const assignments = await rights.assignments.read()
      for (const userId of ids) {
        if (roles.some((one) => one.userId === userId && one.roleId === reader)) continue
        await identity.grant(project.id, userId, reader)
        assignments.push({
          role: { id: reader },
          user: { id: userId },
          scope: { project: { id: project.id } },
        })
      }
      for (const { userId, roleId } of roles) {
        if (roleId === reader) continue
        await access.revoke(project.id, userId, roleId).catch(absent)
        drop(assignments, project.id, userId, roleId)
      }
    },
  }))
}

/** The way back: noted roles are given again, `reader` is taken, and last of all the notes go. */
export function writerTasks(hands: Hands, rights: Rights, seats: readonly Seat[]): Task[] {
  const { roll } = hands
  const { site } = roll.input
  return seats.map((seat) => ({
    id: `${site}/exam/${seat.name}/rights`,
    title: `${seat.name} may write again`,
    because: 'the exam is over',
    lane: `cloud:${site}`,
    after: [`${site}/exam/${seat.name}/network`],
    async look() {
      const frozen = await roll.hasTag(seat, frozenTag)
      return { done: !frozen, seen: frozen ? 'in an exam' : 'in no exam' }
    },
    async act() {
      const { identity, access } = await roll.cloud()
      const reader = await roleNamed(rights, 'reader')
      const { project, ids } = await held(hands, rights, seat)
      const assignments = await rights.assignments.read()
      const before = rolesBefore(project)
      for (const { userId, roleId } of before) {
        // Who has left the team meanwhile has no part in it any more.
        if (!ids.has(userId)) {
          await access.revoke(project.id, userId, reader).catch(absent)
          drop(assignments, project.id, userId, reader)
          continue
        }
        await identity.grant(project.id, userId, roleId).catch(absent)
        assignments.push({
          role: { id: roleId },
          user: { id: userId },
          scope: { project: { id: project.id } },
        })
      }
      for (const userId of ids) {
        const had = before.filter((one) => one.userId === userId)
        if (had.length === 0 || had.some(({ roleId }) => roleId === reader)) continue
        await access.revoke(project.id, userId, reader).catch(absent)
        drop(assignments, project.id, userId, reader)
      }
      // Their application credentials went with the roles, which no list tells: the seal must not vouch for them.
      const open = unsealed(project.description ?? '')
      if (roll.input.policy.applicationCredentials && open !== project.description)
        put(await roll.projects.read(), await identity.describeProject(project.id, open))
      for (const { userId, roleId } of before) await roll.setTag(seat, roleTag(userId, roleId), false)
      await roll.setTag(seat, frozenTag, false)
    },
  }))
}

function drop(all: Assignment[], projectId: string, userId: string, roleId: string): void {
  const left = all.filter(
    (one) => !(one.role.id === roleId && one.user?.id === userId && one.scope.project?.id === projectId),
  )
  all.splice(0, all.length, ...left)
}

function noRole(name: string): Fault {
  return {
    code: 'cloud-incomplete',
    title: `the cloud has no role ${name}`,
    why: 'keystone-manage bootstrap makes the roles reader, member and admin',
    fix: `openstack role create ${name}`,
  }
}

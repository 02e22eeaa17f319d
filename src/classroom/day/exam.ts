// Decides how an exam is begun and ended: members may only read, and ports stand in one security group that lets nothing
// through but what is allowed. How it was is kept in tags of project and port, so that thaw needs the cloud and nothing else.
import { type Fault, Trouble } from '../../core/fault.ts'
import { Address, Prefix } from '../../core/prefix.ts'
import type { Task } from '../../core/task.ts'
import type { Owned } from '../../cloud/estate.ts'
import type { Assignment, Role } from '../../cloud/identity.ts'
import { once } from '../../cloud/once.ts'
import type { WallRule } from '../../cloud/walls.ts'
import { describe, isMarked } from '../mark.ts'
import { sure } from '../network-parts.ts'
import { put } from '../parts.ts'
import { unsealed } from '../seat-mark.ts'
import type { Seat } from '../seats.ts'
import { Held } from '../survey.ts'
import type { Estate } from './estate.ts'
import { absent } from './roll.ts'
import type { Hands } from './power.ts'
import { frozenTag, groupTag, openPortTag, rolesBefore, roleTag, wallBefore } from './tags.ts'

/** Where instances may go to, and who may come to them. */
export type Allowance = {
  out: readonly { prefix: Prefix; port: number; protocol: 'tcp' | 'udp' }[]
  /** Ping and SSH from there. */
  in: readonly Prefix[]
}

export const examGroup = (group: string) => `exam-${group}`

/** `2001:db8::/32:443`, `[2001:db8::5]:53/udp`. Throws Trouble `not-allowed-form`. */
export function readAllowance(text: string): Allowance['out'][number] {
  const [, bracketed, plain, port = '', protocol = 'tcp'] =
    /^(?:\[([^\]]+)\]|([0-9a-f:]+\/\d+)):(\d{1,5})(?:\/(tcp|udp))?$/i.exec(text) ?? []
  const prefix = readPrefix(bracketed ?? plain ?? '')
  const number = Number(port)
  if (prefix === null || number < 1 || number > 65_535) throw new Trouble(oddForm(text))
  return { prefix, port: number, protocol: protocol.toLowerCase() === 'udp' ? 'udp' : 'tcp' }
}

/** Throws Trouble `not-allowed-form`. */
export function readSource(text: string): Prefix {
  const prefix = readPrefix(text)
  if (prefix !== null) return prefix
  throw new Trouble({ ...oddForm(text), title: `${text} is no IPv6 prefix`, why: 'instances have IPv6 only' })
}

/** An IPv6 prefix, or an address for itself alone; null for anything else. */
function readPrefix(text: string): Prefix | null {
  const read = text.includes('/') ? Prefix.parse(text) : Address.parse(text)
  if (!read.ok) return null
  return read.value instanceof Prefix ? read.value : Prefix.at(read.value, 128)
}

function wallRules(course: string, allowed: Allowance): WallRule[] {
  const rule = (rest: Omit<WallRule, 'ethertype' | 'description'>): WallRule => ({
    ethertype: 'IPv6',
    description: describe(course, 'exam'),
    ...rest,
  })
  return [
    ...allowed.out.map(({ prefix, port, protocol }) =>
      rule({
        direction: 'egress',
        protocol,
        port_range_min: port,
        port_range_max: port,
        remote_ip_prefix: String(prefix),
      }),
    ),
    ...allowed.in.flatMap((from) => [
      rule({ direction: 'ingress', protocol: 'ipv6-icmp', remote_ip_prefix: String(from) }),
      rule({
        direction: 'ingress',
        protocol: 'tcp',
        port_range_min: 22,
        port_range_max: 22,
        remote_ip_prefix: String(from),
      }),
    ]),
  ]
}

const keyOf = (one: {
  direction: string
  protocol?: string | null | undefined
  port_range_min?: number | null | undefined
  remote_ip_prefix?: string | null | undefined
}) =>
  [
    one.direction,
    one.protocol ?? 'any',
    one.port_range_min ?? '',
    one.remote_ip_prefix ? String(readPrefix(one.remote_ip_prefix)) : '',
  ].join(' ')

/** The group of the administrator's project that a class group's ports stand in during its exam. */
const findGroup = async (estate: Estate, group: string): Promise<Owned | undefined> => {
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

/** One task a seat: each port of its instances is tagged with its groups, then stands in the exam's alone. */
export function cutTasks(hands: Hands, estate: Estate, seats: readonly Seat[]): Task[] {
  const { roll } = hands
  const { site } = roll.input
  const open = async (seat: Seat) => {
    const wall = await findGroup(estate, seat.group ?? '')
    const ports = await portsOf(estate, seat)
    return { wall, ports, open: ports.filter((one) => !stands(one, wall?.id)) }
  }
  return seats.map((seat) => ({
    id: `${site}/exam/${seat.name}/network`,
    title: `Cut the network of ${seat.name}`,
    because: 'only what is allowed passes in the exam',
    lane: `cloud:${site}`,
    after: [`${site}/exam/${seat.group}/wall`, `${site}/exam/${seat.name}/rights`],
    async look() {
      const { ports, open: rest } = await open(seat)
      return { done: rest.length === 0, seen: `${ports.length - rest.length} of ${ports.length} ports cut` }
    },
    async act() {
      const { network, walls } = await roll.cloud()
      const { wall, open: rest } = await open(seat)
      const id = sure(wall, examGroup(seat.group ?? '')).id
      for (const port of rest) {
        if (wallBefore(port.tags) === undefined) {
          const groups = port.security_groups.length === 0 ? ['none'] : port.security_groups
          const notes = port.port_security_enabled ? groups.map(groupTag) : [openPortTag]
          await network.setTags('ports', port.id, [...port.tags, ...notes])
        }
        await walls.setPort(port.id, { port_security_enabled: true, security_groups: [id] })
      }
      await estate.refresh((await roll.enrolled(seat)).id)
    },
  }))
}

/** The way back: each port gets the groups of its tags, then the tags go. A group that is gone meanwhile is left out. */
export function joinTasks(hands: Hands, estate: Estate, seats: readonly Seat[]): Task[] {
  const { roll } = hands
  const { site } = roll.input
  const cut = async (seat: Seat) =>
    (await portsOf(estate, seat)).filter((one) => wallBefore(one.tags) !== undefined)
  return seats.map((seat) => ({
    id: `${site}/exam/${seat.name}/network`,
    title: `Give ${seat.name} its network back`,
    because: 'the exam is over',
    lane: `cloud:${site}`,
    after: [],
    async look() {
      const rest = await cut(seat)
      return { done: rest.length === 0, seen: rest.length === 0 ? 'not cut' : `${rest.length} ports cut` }
    },
    async act() {
      const { network, walls } = await roll.cloud()
      const known = new Set((await estate.all('security-groups')).map(({ id }) => id))
      for (const port of await cut(seat)) {
        const { groups = [], secured = true } = wallBefore(port.tags) ?? {}
        await walls.setPort(port.id, {
          port_security_enabled: secured,
          security_groups: groups.filter((id) => known.has(id)),
        })
        const rest = port.tags.filter((one) => !one.startsWith('bateau-was:'))
        await network.setTags('ports', port.id, rest)
      }
      await estate.refresh((await roll.enrolled(seat)).id)
    },
  }))
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

/** Of instances: what a router or DHCP has is not the student's. */
async function portsOf(estate: Estate, seat: Seat): Promise<Owned[]> {
  const { id } = await estate.roll.enrolled(seat)
  return (await estate.of('ports', id)).filter(({ device_owner: owner }) =>
    ['', 'compute'].includes((owner ?? '').split(':')[0] ?? ''),
  )
}

const stands = (port: Owned, wall: string | undefined) =>
  wallBefore(port.tags) !== undefined &&
  port.port_security_enabled &&
  port.security_groups.length === 1 &&
  port.security_groups[0] === wall

function drop(all: Assignment[], projectId: string, userId: string, roleId: string): void {
  const left = all.filter(
    (one) => !(one.role.id === roleId && one.user?.id === userId && one.scope.project?.id === projectId),
  )
  all.splice(0, all.length, ...left)
}

function oddForm(text: string): Fault {
  return {
    code: 'not-allowed-form',
    title: `${text} is no prefix with a port`,
    why: 'an IPv6 prefix, a colon and a port; an address alone stands in brackets',
    fix: 'for example: --allow 2001:db8::/32:443 --allow [2001:db8::53]:53/udp',
  }
}

function noRole(name: string): Fault {
  return {
    code: 'cloud-incomplete',
    title: `the cloud has no role ${name}`,
    why: 'keystone-manage bootstrap makes the roles reader, member and admin',
    fix: `openstack role create ${name}`,
  }
}

// Decides when what a group had together goes (its router, its class network): when the group is off the roster and nobody,
// open or kept, uses it any more. Leaves seats to leaving and removal, and asking for consent to the command.
import { Trouble } from '../core/fault.ts'
import type { Task } from '../core/task.ts'
import type { Network, Router } from '../cloud/network.ts'
import type { Cloud } from '../cloud/open.ts'
import { removeRouter, unlessGone } from './base-removal.ts'
import { classNetwork, type ClassroomDeps, type ClassroomInput, routerName } from './input.ts'
import type { Leaver } from './leaving.ts'
import { isMarked } from './mark.ts'
import type { Base, People, Survey } from './survey.ts'

export type GoneGroup = {
  name: string
  network: Network | null
  router: Router | null
  /** Null: it may go now. */
  waits: string | null
  /** Seats that use it and are deleted in the same run: first. */
  with: readonly string[]
}

/** Of this cloud. Only what carries the mark of the course; asks of the ports only where a group is gone. Throws Trouble. */
export async function goneGroupsOf(
  { course, groups }: Pick<ClassroomInput, 'course' | 'groups'>,
  survey: Survey,
  leavers: readonly Leaver[],
): Promise<GoneGroup[]> {
  const [base, people] = await Promise.all([survey.base.read(), survey.people.read()])
  const named = (all: Base['networks'] | Base['routers'], prefix: string) =>
    all
      .filter((one) => isMarked(course, one) && one.name.startsWith(prefix))
      .map(({ name }) => name.slice(prefix.length))
  const names = new Set([...named(base.networks, classNetwork('')), ...named(base.routers, routerName(''))])
  for (const { name } of groups) names.delete(name)
  return Promise.all(
    [...names].toSorted().map(async (name) => {
      const network =
        base.networks.find((one) => one.name === classNetwork(name) && isMarked(course, one)) ?? null
      const router =
        base.routers.find((one) => one.name === routerName(name) && isMarked(course, one)) ?? null
      const users = await usersOf(await survey.cloud(), people, network, router)
      const of = leavers.filter(({ project }) => project !== null && users.has(project.id))
      const deleted = of.filter(({ next }) => next === 'delete')
      const kept = of.filter(({ next }) => next !== 'delete')
      // Others who may use it (teachers) keep it only by an instance there.
      const others = [...users].filter(
        ([id, { holds }]) => holds && !of.some(({ project }) => project?.id === id),
      )
      const who = [...kept.map((one) => one.name), ...others.map(([, one]) => one.name)].toSorted()
      return {
        name,
        network,
        router,
        waits: who.length === 0 ? null : who.join(', '),
        with: deleted.map((one) => one.name),
      }
    }),
  )
}

/** By project id: who may use it, and whether anything of theirs is on it (`holds`). */
async function usersOf(
  cloud: Cloud,
  people: People,
  network: Network | null,
  router: Router | null,
): Promise<Map<string, { name: string; holds: boolean }>> {
  const may = people.shares.filter((one) => one.object_id === network?.id).map((one) => one.target_tenant)
  const ports = network === null ? [] : loose(await cloud.network.ports({ network_id: network.id }))
  const plugged = people.interfaces
    .filter((one) => one.device_id === router?.id)
    .flatMap(({ fixed_ips: ips }) => ips.map((ip) => people.subnets.find(({ id }) => id === ip.subnet_id)))
    .flatMap((subnet) =>
      subnet === undefined || subnet.network_id === network?.id ? [] : [subnet.project_id],
    )
  const holding = [...ports.map((one) => one.project_id ?? ''), ...plugged]
  const name = (id: string) => people.projects.find((one) => one.id === id)?.name ?? `project ${id}`
  return new Map(
    [...may, ...holding].map((id) => [id, { name: name(id), holds: holding.includes(id) }] as const),
  )
}

/** Neither the router's nor Neutron's own. */
const loose = <T extends { device_owner: string }>(ports: readonly T[]): T[] =>
  ports.filter(({ device_owner: owner }) => !owner.startsWith('network:'))

export const removes = ({ network, router }: GoneGroup): string[] => [
  ...(network === null ? [] : [`network ${network.name}`]),
  ...(router === null ? [] : [`router ${router.name}`]),
]

/** `after`: ids of the tasks that delete the seats of `with`. */
export function removeGroupTask(
  { site }: Pick<ClassroomInput, 'site'>,
  deps: Pick<ClassroomDeps, 'cloud'>,
  survey: Survey,
  group: GoneGroup,
  after: readonly string[],
): Task {
  const { name, network, router } = group
  return {
    id: `${site}/delete/group/${name}`,
    title: `Delete ${removes(group).join(' and ')}`,
    because: `no student of group ${name} is left`,
    lane: `cloud:${site}`,
    after,
    async look() {
      const base = await survey.base.read()
      const left = [
        ...base.networks.filter(({ id }) => id === network?.id),
        ...base.routers.filter(({ id }) => id === router?.id),
      ]
      return left.length === 0
        ? { done: true, seen: 'gone' }
        : { done: false, seen: `there: ${left.map((one) => one.name).join(', ')}` }
    },
    async act(progress) {
      const cloud = await deps.cloud()
      try {
        if (network !== null) await unused(cloud, name, network)
        if (router !== null) {
          progress.line(`router ${router.name}`)
          await unlessGone(removeRouter(cloud, router))
        }
        if (network === null) return
        progress.line(`network ${network.name}`)
        const uses = await cloud.network.rbacPolicies({ object_id: network.id })
        await Promise.all(uses.map(({ id }) => unlessGone(cloud.network.delete('rbac-policies', id))))
        // Neutron deletes the subnet with it.
        await unlessGone(cloud.network.delete('networks', network.id))
      } finally {
        survey.forget()
      }
    },
  }
}

/** Somebody may have started an instance since it was looked at: before the router goes. Throws Trouble `group-in-use`. */
async function unused(cloud: Cloud, group: string, { id, name }: Network): Promise<void> {
  const { length } = loose(await cloud.network.ports({ network_id: id }))
  if (length === 0) return
  throw new Trouble({
    code: 'group-in-use',
    title: `network ${name} of the group ${group} is used again`,
    why: `${length} ports of instances are on it, which were not there when the plan was shown`,
    fix: `see whose they are: openstack port list --network ${name}; then run the same command again`,
  })
}

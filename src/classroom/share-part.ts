// Decides which class networks a seat's project may use: its group's, a teacher's all of them, and no other.
// Leaves the networks to base.
import { once } from '../cloud/once.ts'
import type { RbacPolicy } from '../cloud/network.ts'
import type { Cloud } from '../cloud/open.ts'
import { accountNames, findProject } from './account-parts.ts'
import { classNetwork, type ClassroomDeps, type ClassroomInput } from './input.ts'
import { isMarked, ours } from './mark.ts'
import { sure } from './network-parts.ts'
import { type Part, put } from './parts.ts'
import type { Seat } from './seats.ts'
import type { People, Survey } from './survey.ts'

export function shareParts(
  input: ClassroomInput,
  deps: Pick<ClassroomDeps, 'clock'>,
  survey: Survey,
  seat: Seat,
): Part<People>[] {
  const groups = input.addressing.tenants
    .map(({ group }) => group)
    .filter((group) => seat.group === null || seat.group === group)
  return [
    ...groups.map((group) => sharePart(input.course, deps, survey, seat, group)),
    stalePart(input.course, survey, seat, new Set(groups.map(classNetwork))),
  ]
}

function sharePart(
  course: string,
  deps: Pick<ClassroomDeps, 'clock'>,
  survey: Survey,
  seat: Seat,
  group: string,
): Part<People> {
  const name = classNetwork(group)
  const project = (state: People) => findProject(course, seat.name, state.projects)
  const networkId = async () => ours(course, 'network', name, (await survey.base.read()).networks)?.id
  return {
    name: `use of ${name}`,
    needs: [accountNames.project(course, seat)],
    async there(state) {
      const [network, id] = [await networkId(), project(state)?.id]
      return state.shares.some((one) => one.object_id === network && one.target_tenant === id)
    },
    async make(cloud, now) {
      const network = sure(await networkId(), `network ${name}`)
      const { id } = sure(project(now), 'project')
      const find = async () =>
        (await cloud.network.rbacPolicies({ target_tenant: id })).find((one) => one.object_id === network)
      const made = await once(deps.clock, () => cloud.network.shareNetwork(network, id), find)
      return (state) => put(state.shares, made)
    },
  }
}

/**
 * A seat whose group changed loses the use of the old class network, once no instance of it is there any more: Neutron
 * refuses before, and nobody's instance is cut off.
 */
function stalePart(course: string, survey: Survey, seat: Seat, may: ReadonlySet<string>): Part<People> {
  const stale = async (state: People): Promise<RbacPolicy[]> => {
    const id = findProject(course, seat.name, state.projects)?.id
    const mine = state.shares.filter((one) => one.target_tenant === id)
    if (mine.length === 0) return []
    const { networks } = await survey.base.read()
    const others = networks.filter(
      (one) => one.name.startsWith(classNetwork('')) && isMarked(course, one) && !may.has(one.name),
    )
    return mine.filter((one) => others.some((network) => network.id === one.object_id))
  }
  const unused = async (cloud: Cloud, policies: readonly RbacPolicy[]) => {
    const ports = await Promise.all(
      policies.map((one) =>
        cloud.network.ports({ network_id: one.object_id, project_id: one.target_tenant }),
      ),
    )
    return policies.filter((_, i) => ports[i]?.length === 0)
  }
  return {
    name: 'use of other groups’ networks taken back',
    needs: [accountNames.project(course, seat)],
    async there(state) {
      const old = await stale(state)
      return old.length === 0 || (await unused(await survey.cloud(), old)).length === 0
    },
    async make(cloud, now) {
      const old = await unused(cloud, await stale(now))
      await Promise.all(old.map(({ id }) => cloud.network.delete('rbac-policies', id)))
      return (state) => {
        state.shares = state.shares.filter((one) => !old.some(({ id }) => id === one.id))
      }
    },
  }
}

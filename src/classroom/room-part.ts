// Decides how much room the administrator's own project needs for what everybody shares: uses of class networks, routers, ports.
// Leaves the quotas of seats to quotas. Neutron's default of 10 RBAC policies a project ends with the tenth student.
import { CallFailure } from '../cloud/failure.ts'
import type { Cloud } from '../cloud/open.ts'
import type { QuotaUse } from '../cloud/network.ts'
import { projectName } from './input.ts'
import type { ClassroomInput } from './input.ts'
import { isMarked } from './mark.ts'
import type { Part } from './parts.ts'
import { seatsOf, teacherSeatsOf } from './seats.ts'
import type { Base, Survey } from './survey.ts'

type Kind = 'network' | 'subnet' | 'router' | 'port' | 'rbac_policy'

/** Beside what is needed, for what a person makes by hand. */
const spare = 10

/** Quotas of that project are only ever raised. */
export function roomPart(input: ClassroomInput, survey: Survey): Part<Base> {
  const lacking = async (state: Base): Promise<Partial<Record<Kind, number>>> => {
    const cloud = await survey.cloud()
    const [use, missing] = await Promise.all([useOf(cloud), missingOf(input, survey, state)])
    const short = Object.entries(missing).flatMap(([kind, count]) => {
      const { limit, used } = use[kind] ?? { limit: -1, used: 0 }
      return limit < 0 || used + count <= limit ? [] : [[kind, used + count + spare]]
    })
    return Object.fromEntries(short)
  }
  return {
    name: 'room in the administrator’s project',
    there: async (state) => Object.keys(await lacking(state)).length === 0,
    async make(cloud, state) {
      await cloud.network.setQuota(cloud.projectId, await lacking(state))
      return () => {}
    },
  }
}

/** A cloud without the extension has no such numbers: it will say when something is too much. */
async function useOf(cloud: Cloud): Promise<QuotaUse> {
  try {
    return await cloud.network.quotaUse(cloud.projectId)
  } catch (error) {
    if (error instanceof CallFailure && error.status === 404) return {}
    throw error
  }
}

/** What is still to be made in that project. */
async function missingOf(input: ClassroomInput, survey: Survey, state: Base): Promise<Record<Kind, number>> {
  const { course, addressing, policy } = input
  const [students, teachers] = [seatsOf(input), teacherSeatsOf(input)]
  const people = await survey.people.read()
  const shared = new Set(addressing.tenants.map(({ group }) => group))
  const uses =
    students.filter(({ group }) => group !== null && shared.has(group)).length + teachers.length * shared.size
  const ours = people.projects.filter(
    (one) => one.name.startsWith(projectName(course, '')) && isMarked(course, one),
  )
  const have = people.shares.filter((one) => ours.some(({ id }) => id === one.target_tenant)).length
  const count = (all: readonly { description?: string | null | undefined; tags: readonly string[] }[]) =>
    all.filter((one) => isMarked(course, one)).length
  const routers = state.routers.filter((one) => isMarked(course, one))
  const plugs = state.interfaces.filter((one) => routers.some(({ id }) => id === one.device_id)).length
  const groups = input.groups.length
  // Direct and transit beside the groups' own.
  const networks = Math.max(0, shared.size + 2 - count(state.networks))
  const own = policy.ownNetwork && policy.router === 'group' ? students.length : 0
  return {
    network: networks,
    subnet: networks,
    router: Math.max(0, groups - routers.length),
    // A router's gateway and its interfaces; a network's own port for DHCP and metadata.
    port: Math.max(0, 3 * groups + own - plugs),
    rbac_policy: Math.max(0, uses - have),
  }
}

// Decides what a student's project may use: quotas, the default group's rules, the class network.
// Leaves the account to account-parts, and keys to key-parts.
import type { NetworkQuota, NewRule, Rule, SecurityGroup } from '../cloud/network.ts'
import { once } from '../cloud/once.ts'
import type { Cloud } from '../cloud/open.ts'
import { findProject } from './account-parts.ts'
import { type ClassroomDeps, type ClassroomInput, classNetwork, proofSize } from './input.ts'
import { describe, ours } from './mark.ts'
import { canonical, sure } from './network-parts.ts'
import { type Part, put } from './parts.ts'
import type { People, Survey } from './survey.ts'

export function seatParts(
  input: ClassroomInput,
  deps: ClassroomDeps,
  survey: Survey,
  group: string,
  login: string,
  proofs: number,
): Part<People>[] {
  const { course } = input
  const project = (state: People) => findProject(course, login, state.projects)
  const projectId = (state: People) => sure(project(state), `project of ${login}`).id
  const compute = computeQuota(input, proofs)
  const network = networkQuota(input, proofs)
  const rules = openRules(course)
  const shares = input.addressing.tenants.some((one) => one.group === group)

  return [
    {
      name: 'compute quota',
      there(state) {
        const seen = state.computeQuotas.get(project(state)?.id ?? '')
        return seen !== undefined && sameNumbers(compute, seen)
      },
      async make(cloud, now) {
        const id = projectId(now)
        const seen = await cloud.compute.setQuota(id, compute)
        return (state) => void state.computeQuotas.set(id, seen)
      },
    },
    {
      name: 'network quota',
      there(state) {
        const id = project(state)?.id
        const seen = state.networkQuotas.find((one) => one.project_id === id)
        return seen !== undefined && sameNumbers(network, seen)
      },
      async make(cloud, now) {
        const id = projectId(now)
        await cloud.network.setQuota(id, network)
        return (state) => {
          const others = state.networkQuotas.filter((one) => one.project_id !== id)
          state.networkQuotas = [...others, { project_id: id, ...network }]
        }
      },
    },
    {
      name: 'rules for ICMPv6 and SSH',
      there(state) {
        const id = project(state)?.id
        const found = state.defaultGroups.find((one) => one.project_id === id)
        return found !== undefined && missingRules(rules, found).length === 0
      },
      async make(cloud, now) {
        const id = projectId(now)
        const group = await defaultGroup(cloud, id)
        const whole = async () => {
          const seen = await defaultGroup(cloud, id)
          return missingRules(rules, seen).length === 0 ? seen.security_group_rules : undefined
        }
        const lacking = missingRules(rules, group)
        const add = () => cloud.network.createRules(group.id, id, lacking)
        const added = lacking.length === 0 ? [] : await once(deps.clock, add, whole)
        const security_group_rules = [...group.security_group_rules, ...added]
        return (state) => put(state.defaultGroups, { ...group, security_group_rules })
      },
    },
    ...(shares ? [classNetworkPart(input, deps, survey, group, project)] : []),
  ]
}

function classNetworkPart(
  input: ClassroomInput,
  deps: ClassroomDeps,
  survey: Survey,
  group: string,
  project: (state: People) => { id: string } | undefined,
): Part<People> {
  const name = classNetwork(group)
  const networkId = async () => ours(input.course, 'network', name, (await survey.base.read()).networks)?.id
  return {
    name: `use of ${name}`,
    async there(state) {
      const [network, id] = [await networkId(), project(state)?.id]
      return state.shares.some((one) => one.object_id === network && one.target_tenant === id)
    },
    async make(cloud, now) {
      const network = sure(await networkId(), `network ${name}`)
      const { id } = sure(project(now), 'project')
      const find = async () =>
        (await cloud.network.rbacPolicies()).find(
          (one) => one.object_id === network && one.target_tenant === id,
        )
      const made = await once(deps.clock, () => cloud.network.shareNetwork(network, id), find)
      return (state) => put(state.shares, made)
    },
  }
}

/** The proof's instances stand in a student's project beside, not in place of, the student's own. */
export function computeQuota({ size, instancesPerStudent }: ClassroomInput, proofs: number) {
  return {
    instances: instancesPerStudent + proofs,
    cores: instancesPerStudent * size.vcpus + proofs * proofSize.vcpus,
    ram: instancesPerStudent * size.ramMiB + proofs * proofSize.ramMiB,
  }
}

/** A port for each instance; room to try a network, a router and groups of one's own, without emptying the pool. */
export function networkQuota(
  { instancesPerStudent }: ClassroomInput,
  proofs: number,
): Omit<NetworkQuota, 'project_id'> {
  return {
    network: 2,
    subnet: 2,
    router: 1,
    port: instancesPerStudent + proofs + 4,
    security_group: 5,
    security_group_rule: 60,
  }
}

/** RFC 4890 lets ICMPv6 through; SSH is how the class works. From everywhere: students work from home. */
function openRules(course: string): NewRule[] {
  const from = { direction: 'ingress', ethertype: 'IPv6', remote_ip_prefix: '::/0' } as const
  return [
    { ...from, protocol: 'ipv6-icmp', description: describe(course, 'ping and path MTU') },
    {
      ...from,
      protocol: 'tcp',
      port_range_min: 22,
      port_range_max: 22,
      description: describe(course, 'SSH'),
    },
  ]
}

/**
 * The project's `default` group, which Neutron makes when it is first asked for by project. Rules go there and not into a
 * group of bateau's own: an instance started without choosing a group is then reachable, as the class expects.
 */
async function defaultGroup(cloud: Cloud, projectId: string): Promise<SecurityGroup> {
  const all = await cloud.network.securityGroups({ project_id: projectId })
  return sure(
    all.find(({ name }) => name === 'default'),
    `default security group of project ${projectId}`,
  )
}

function missingRules(wanted: readonly NewRule[], { security_group_rules: seen }: SecurityGroup): NewRule[] {
  return wanted.filter((rule) => !seen.some((one) => opens(one, rule)))
}

function opens(seen: Rule, wanted: NewRule): boolean {
  return (
    seen.direction === wanted.direction &&
    seen.ethertype === wanted.ethertype &&
    protocolOf(seen.protocol) === wanted.protocol &&
    (seen.port_range_min ?? undefined) === wanted.port_range_min &&
    (seen.port_range_max ?? undefined) === wanted.port_range_max &&
    (seen.remote_ip_prefix == null ? !seen.remote_group_id : canonical(seen.remote_ip_prefix) === '::/0')
  )
}

/** Neutron keeps the older names as they were given. */
const protocolOf = (protocol: string | null | undefined) =>
  protocol === 'icmpv6' || protocol === 'icmp6' || protocol === '58' ? 'ipv6-icmp' : protocol

function sameNumbers<T extends object>(wanted: T, seen: { [K in keyof T]: unknown }): boolean {
  return (Object.keys(wanted) as (keyof T)[]).every((key) => wanted[key] === seen[key])
}

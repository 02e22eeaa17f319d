// Decides what of the outside reaches a seat's instances by default: ICMPv6, SSH, and what the course allows.
// Leaves rules that students make themselves to them.
import type { Clock } from '../cloud/clock.ts'
import { CallFailure } from '../cloud/failure.ts'
import type { NewRule, Rule, SecurityGroup } from '../cloud/network.ts'
import { once } from '../cloud/once.ts'
import type { Cloud } from '../cloud/open.ts'
import type { Allowed } from '../course/class.ts'
import { describe, isMarked } from './mark.ts'
import { canonical, sure } from './network-parts.ts'
import { type Part, put } from './parts.ts'
import type { People } from './survey.ts'

/**
 * Rules go into the project's `default` group and not into one of bateau's own: an instance started without choosing a
 * group is then reachable, as the class expects.
 */
export function rulePart(
  course: string,
  clock: Clock,
  wanted: readonly NewRule[],
  projectId: (state: People) => string | undefined,
): Part<People> {
  const groupIn = (state: People) => {
    const id = projectId(state)
    return state.defaultGroups.find((one) => one.project_id === id)
  }
  return {
    name: 'rules for what may come in',
    there(state) {
      const group = groupIn(state)
      return (
        group !== undefined &&
        missing(wanted, group).length === 0 &&
        surplus(course, wanted, group).length === 0
      )
    },
    async make(cloud, now) {
      const id = sure(projectId(now), 'project')
      const group = groupIn(now) ?? (await defaultGroup(cloud, id))
      const old = surplus(course, wanted, group)
      await Promise.all(
        old.map((rule) => cloud.network.delete('security-group-rules', rule.id).catch(unlessGone)),
      )
      const lacking = missing(wanted, group)
      const whole = async () => {
        const seen = await defaultGroup(cloud, id)
        return missing(wanted, seen).length === 0 ? seen.security_group_rules : undefined
      }
      const add = () => cloud.network.createRules(group.id, id, lacking)
      const added = lacking.length === 0 ? [] : await once(clock, add, whole)
      const kept = group.security_group_rules.filter((rule) => !old.includes(rule))
      const security_group_rules = [
        ...kept.filter((rule) => !added.some((one) => one.id === rule.id)),
        ...added,
      ]
      return (state) => put(state.defaultGroups, { ...group, security_group_rules })
    },
  }
}

/** RFC 4890 lets ICMPv6 through; SSH is how the class works. From everywhere: students work from home. */
export function openRules(course: string, allow: readonly Allowed[]): NewRule[] {
  const from = { direction: 'ingress', ethertype: 'IPv6' } as const
  const everywhere = '::/0'
  return [
    {
      ...from,
      protocol: 'ipv6-icmp',
      remote_ip_prefix: everywhere,
      description: describe(course, 'ping and path MTU'),
    },
    {
      ...from,
      protocol: 'tcp',
      port_range_min: 22,
      port_range_max: 22,
      remote_ip_prefix: everywhere,
      description: describe(course, 'SSH'),
    },
    ...allow.map(({ protocol, port, to, from: source, why }) => ({
      ...from,
      protocol,
      port_range_min: port,
      port_range_max: to,
      remote_ip_prefix: source === null ? everywhere : String(source),
      description: describe(course, why),
    })),
  ]
}

/** Neutron makes the group when it is first asked for by project. */
async function defaultGroup(cloud: Cloud, projectId: string): Promise<SecurityGroup> {
  const all = await cloud.network.securityGroups({ project_id: projectId })
  return sure(
    all.find(({ name }) => name === 'default'),
    `default security group of project ${projectId}`,
  )
}

function missing(wanted: readonly NewRule[], { security_group_rules: seen }: SecurityGroup): NewRule[] {
  return wanted.filter((rule) => !seen.some((one) => opens(one, rule)))
}

/** Rules with the mark that the course no longer wants; those without it are the student's own. */
function surplus(course: string, wanted: readonly NewRule[], group: SecurityGroup): Rule[] {
  return group.security_group_rules.filter(
    (one) => isMarked(course, { description: one.description }) && !wanted.some((rule) => opens(one, rule)),
  )
}

function opens(seen: Rule, wanted: NewRule): boolean {
  return (
    seen.direction === wanted.direction &&
    seen.ethertype === wanted.ethertype &&
    protocolOf(seen.protocol) === wanted.protocol &&
    (seen.port_range_min ?? undefined) === wanted.port_range_min &&
    (seen.port_range_max ?? undefined) === wanted.port_range_max &&
    (seen.remote_ip_prefix == null
      ? !seen.remote_group_id && wanted.remote_ip_prefix === '::/0'
      : canonical(seen.remote_ip_prefix) === canonical(wanted.remote_ip_prefix))
  )
}

/** Neutron keeps the older names as they were given. */
const protocolOf = (protocol: string | null | undefined) =>
  protocol === 'icmpv6' || protocol === 'icmp6' || protocol === '58' ? 'ipv6-icmp' : protocol

function unlessGone(error: unknown): void {
  if (!(error instanceof CallFailure) || error.status !== 404) throw error
}

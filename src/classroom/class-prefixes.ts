// Decides which prefixes of a cloud that exists already are the class's: of its own networks, its projects', and the direct one.
// Leaves clouds that bateau laid out to plan/, which knows before anything is made.
import { Address, Prefix } from '../core/prefix.ts'
import type { Cloud } from '../cloud/open.ts'
import { isMarked } from './mark.ts'

/** `gateways`: addresses of routers in them, which are no instances. */
export type ClassPrefixes = { prefixes: Prefix[]; gateways: Address[] }

/** Ids, null: none. `direct`: network that instances may be on directly. `pool`: what the class's /64s are taken from. */
export type ClassPlaces = { direct: string | null; pool: string | null }

/**
 * As they are now: a network that a student makes tomorrow is not among them. What is not of the pool is not either: a
 * student may write any prefix into a subnet of their own, and any mark, and so would open the jump host to the internet.
 */
export async function classPrefixes(
  cloud: Cloud,
  course: string,
  { direct, pool }: ClassPlaces,
): Promise<ClassPrefixes> {
  const [projects, networks, subnets] = await Promise.all([
    cloud.identity.projects(),
    cloud.network.networks(),
    cloud.network.subnets(),
  ])
  const owners = new Set(projects.filter((one) => isMarked(course, one)).map(({ id }) => id))
  const ours = new Set(networks.filter((one) => isMarked(course, one)).map(({ id }) => id))
  const those = subnets.filter(
    (one) =>
      one.cidr.includes(':') &&
      (one.network_id === direct ||
        (pool !== null &&
          one.subnetpool_id === pool &&
          (ours.has(one.network_id) || owners.has(one.project_id)))),
  )
  return {
    prefixes: those.flatMap(({ cidr }) => valueOf(Prefix.parse(cidr))),
    gateways: those.flatMap(({ gateway_ip }) => (gateway_ip ? valueOf(Address.parse(gateway_ip)) : [])),
  }
}

const valueOf = <T>(read: { ok: true; value: T } | { ok: false }): T[] => (read.ok ? [read.value] : [])

// Decides the subnet pool that tenant networks take their /64s from.
// Leaves its size to plan/addressing.
import type { Prefix } from '../core/prefix.ts'
import type { Clock } from '../cloud/clock.ts'
import type { SubnetPool } from '../cloud/network.ts'
import { once } from '../cloud/once.ts'
import { sameOr } from './differs.ts'
import { describe, ours, tagOf } from './mark.ts'
import { canonical, sure } from './network-parts.ts'
import { type Part, put } from './parts.ts'
import type { Base } from './survey.ts'

export const poolName = 'pool'

/** Shared and the default: a student who asks for an IPv6 subnet without saying which gets a public /64. */
export function poolParts(course: string, clock: Clock, prefix: Prefix): Part<Base>[] {
  const find = (all: readonly SubnetPool[]) => ours(course, 'subnet pool', poolName, all)
  return [
    {
      name: `subnet pool ${prefix}`,
      there({ pools }) {
        const pool = find(pools)
        if (pool === undefined) return false
        sameOr('subnet pool', poolName, { prefix: [pool.prefixes.map(canonical).join(), String(prefix)] })
        return true
      },
      async make(cloud) {
        const fields = {
          name: poolName,
          description: describe(course, 'a /64 for each tenant network'),
          prefixes: [String(prefix)],
          default_prefixlen: 64,
          min_prefixlen: 64,
          max_prefixlen: 64,
          shared: true,
          is_default: true,
        }
        const made = await once(
          clock,
          () => cloud.network.createSubnetPool(fields),
          async () => find(await cloud.network.subnetPools()),
        )
        return (state) => put(state.pools, made)
      },
    },
    {
      name: 'its tag',
      there: ({ pools }) => find(pools)?.tags.includes(tagOf(course)) === true,
      async make(cloud, { pools }) {
        const pool = sure(find(pools), poolName)
        const tags = [...pool.tags, tagOf(course)]
        await cloud.network.setTags('subnetpools', pool.id, tags)
        return (state) => put(state.pools, { ...pool, tags })
      },
    },
  ]
}

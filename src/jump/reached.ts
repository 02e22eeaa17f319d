// Decides which prefixes are the class's in a cloud, and which addresses in them are of the cloud itself.
// Leaves laying them out to plan/.
import type { Addressing } from '../core/site.ts'
import type { Reached } from './input.ts'

type Layout = Pick<Addressing, 'service' | 'public' | 'transit' | 'pool' | 'tenants'>

/** Instances are on the public segment where the course lets them (`direct`), and in what is carved of the pool. `api`: the clouds' own, too. */
export function reachedOf(
  clouds: readonly Layout[],
  { direct, api }: { direct: boolean; api: boolean },
): Reached {
  return {
    prefixes: clouds.flatMap(({ public: segment, pool, tenants }) => [
      ...(direct ? [segment.prefix] : []),
      ...(pool ? [pool] : []),
      ...tenants.map(({ prefix }) => prefix),
    ]),
    never: clouds.flatMap(({ service, public: segment, transit }) => [
      service,
      segment.host,
      ...(transit ? [transit.host] : []),
    ]),
    fronts: api ? clouds.map(({ service }) => service) : [],
  }
}

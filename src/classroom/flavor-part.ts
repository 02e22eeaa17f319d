// Decides the flavors: the size of a course's instance, and the small one of the proof.
// Leaves how many fit on a server to plan/capacity.
import type { Clock } from '../cloud/clock.ts'
import type { Flavor } from '../cloud/compute.ts'
import { once } from '../cloud/once.ts'
import type { Size } from './input.ts'
import { describe, ours } from './mark.ts'
import { type Part, put } from './parts.ts'
import type { Base } from './survey.ts'

/** A flavor's size cannot be changed: one of ours with another size is replaced. Instances made from it keep theirs. */
export function flavorPart(course: string, clock: Clock, name: string, size: Size): Part<Base> {
  const find = (all: readonly Flavor[]) => ours(course, 'flavor', name, all)
  const same = (flavor: Flavor) =>
    flavor.vcpus === size.vcpus && flavor.ram === size.ramMiB && flavor.disk === size.diskGiB
  return {
    name: `flavor ${name}`,
    there({ flavors }) {
      const flavor = find(flavors)
      return flavor !== undefined && same(flavor)
    },
    async make(cloud, { flavors }) {
      const old = find(flavors)
      if (old) await cloud.compute.deleteFlavor(old.id)
      const description = describe(course, 'size of an instance')
      const made = await once(
        clock,
        () => cloud.compute.createFlavor({ name, description, ...size }),
        async () => find(await cloud.compute.flavors()),
      )
      return (state) => {
        state.flavors = state.flavors.filter(({ id }) => id !== old?.id)
        put(state.flavors, made)
      }
    },
  }
}

// Decides what a student should find in the cloud: quotas as planned, the course's image, flavors and networks.
// Leaves looking as the student to student, and making it so to the parts.
import { networkNames } from '../base.ts'
import { type ClassroomInput, classNetwork } from '../input.ts'
import { proofsOf } from '../proof-plan.ts'
import { computeQuota, networkQuota } from '../quotas.ts'
import type { Seat } from '../seats.ts'
import { flavorServing, imageServing, networkServing } from '../serving.ts'
import type { Base } from '../survey.ts'

export type There = { id: string; name: string }

export type Served = {
  image: There | undefined
  /** What the sample instance has: the smallest. */
  flavor: There | undefined
  flavors: There[]
  /** The first one serves the sample instance. */
  networks: There[]
  /** Class networks of the other groups on this cloud. */
  others: There[]
}

export function servedTo(input: ClassroomInput, base: Base, group: string): Served {
  const network = (name: string) => networkServing(input, base, name)
  const tenants = input.addressing.tenants.map((one) => one.group)
  const flavors = [flavorServing(input, base, 'proof'), flavorServing(input, base, 'course')]
  const listed = (all: readonly (There | undefined)[]) => [
    ...new Map(all.flatMap((one) => (one ? [[one.id, one] as const] : []))).values(),
  ]
  return {
    image: imageServing(input, base),
    flavor: listed(flavors)[0],
    flavors: listed(flavors),
    networks: listed([
      ...(tenants.includes(group) ? [network(classNetwork(group))] : []),
      ...(input.direct ? [network(networkNames.direct)] : []),
    ]),
    others: listed(tenants.filter((one) => one !== group).map((one) => network(classNetwork(one)))),
  }
}

/** Numbers by the names that Nova and Neutron give them. */
export type PlannedQuota = {
  compute: ReturnType<typeof computeQuota>
  network: ReturnType<typeof networkQuota>
}

export function plannedQuota(input: ClassroomInput, seat: Seat): PlannedQuota {
  const logins = new Set(seat.members.map(({ login }) => login))
  const proofs = proofsOf(input).filter(({ login }) => logins.has(login)).length
  return { compute: computeQuota(input, seat, proofs), network: networkQuota(input, seat, proofs) }
}

// Decides what an instance of the proof is called to people: each cloud has its own, by the same names.
// Leaves how they are called in their cloud to classroom/proof-plan.
import type { ProofInstance } from '../check/proof-input.ts'
import type { Plan } from '../plan/plan.ts'

/** `proof-direct`; in a course of several clouds, whether they answer or not, `proof-direct@os1`. */
export const calledIn = (
  { servers, clouds }: Pick<Plan, 'servers' | 'clouds'>,
  cloud: string,
  name: string,
) => (servers.length + clouds.length > 1 ? `${name}@${cloud}` : name)

/** Those that are meant: of a name without its cloud, one in each. */
export const meant = <T extends Pick<ProofInstance, 'name' | 'inCloud'>>(
  instances: readonly T[],
  name: string,
) => instances.filter((one) => one.name === name || one.inCloud === name)

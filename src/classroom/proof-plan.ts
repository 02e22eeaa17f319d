// Decides which instances prove the cloud: one on each network, as the first student of a group.
// Leaves starting them to proof, and proving to check/.
import { networkNames } from './base.ts'
import { type ClassroomInput, classNetwork } from './input.ts'

export type Proof = {
  /** `proof-direct`, `proof-class-g1`. */
  name: string
  network: string
  group: string
  login: string
}

export function proofsOf(
  input: Pick<ClassroomInput, 'groups' | 'direct'> & {
    addressing: { tenants: readonly { group: string }[] }
  },
): Proof[] {
  const firsts = input.groups.flatMap(({ name, students: [first] }) =>
    first ? [{ group: name, login: first.login }] : [],
  )
  const proof = (network: string, who: { group: string; login: string }) => ({
    name: `proof-${network}`,
    network,
    ...who,
  })
  const [first] = firsts
  return [
    ...(input.direct && first ? [proof(networkNames.direct, first)] : []),
    ...firsts
      .filter(({ group }) => input.addressing.tenants.some((one) => one.group === group))
      .map((who) => proof(classNetwork(who.group), who)),
  ]
}

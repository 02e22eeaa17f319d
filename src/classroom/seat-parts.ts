// Decides what a seat's project may use: quotas of each service, rules, networks.
// Leaves the accounts to account-parts, keys to key-parts, and the numbers to quotas.
import { accountNames, findProject } from './account-parts.ts'
import type { ClassroomDeps, ClassroomInput } from './input.ts'
import { sure } from './network-parts.ts'
import { ownParts } from './own-parts.ts'
import type { Part } from './parts.ts'
import { computeQuota, networkQuota, sameNumbers, volumeQuota } from './quotas.ts'
import { openRules, rulePart } from './rule-part.ts'
import type { Seal } from './seal.ts'
import type { Seat } from './seats.ts'
import { shareParts } from './share-part.ts'
import type { People, Survey } from './survey.ts'

export function seatParts(
  input: ClassroomInput,
  deps: ClassroomDeps,
  survey: Survey,
  seal: Seal,
  seat: Seat,
  proofs: number,
): Part<People>[] {
  const { course, policy } = input
  const needs = [accountNames.project(course, seat)]
  const projectId = (state: People) => findProject(course, seat.name, state.projects)?.id
  const idOf = (state: People) => sure(projectId(state), `project of ${seat.name}`)
  const compute = computeQuota(input, seat, proofs)
  const network = networkQuota(input, seat, proofs)
  const volume = volumeQuota(input, seat)
  const rules = rulePart(course, deps.clock, openRules(course, policy.allow), projectId)
  return [
    {
      name: 'compute quota',
      needs,
      async there(state) {
        if (await seal.holds(state)) return true
        const seen = await state.computeQuotas.get(projectId(state))
        return seen !== undefined && sameNumbers(compute, seen)
      },
      async make(cloud, now) {
        const id = idOf(now)
        const seen = await cloud.compute.setQuota(id, compute)
        return (state) => state.computeQuotas.set(id, seen)
      },
    },
    {
      name: 'network quota',
      needs,
      there(state) {
        const id = projectId(state)
        const seen = state.networkQuotas.find((one) => one.project_id === id)
        return seen !== undefined && sameNumbers(network, seen)
      },
      async make(cloud, now) {
        const id = idOf(now)
        await cloud.network.setQuota(id, network)
        return (state) => {
          const others = state.networkQuotas.filter((one) => one.project_id !== id)
          state.networkQuotas = [...others, { project_id: id, ...network }]
        }
      },
    },
    {
      name: 'volume quota',
      needs,
      async there(state) {
        if ((await survey.cloud()).volume === null || (await seal.holds(state))) return true
        const seen = await state.volumeQuotas.get(projectId(state))
        return seen !== undefined && sameNumbers(volume, seen)
      },
      async make(cloud, now) {
        const id = idOf(now)
        await cloud.volume?.setQuota(id, volume)
        return (state) => state.volumeQuotas.set(id, volume)
      },
    },
    { ...rules, needs },
    ...(seat.group === null ? [] : shareParts(input, deps, survey, seat)),
    // Neutron makes the project's default group with its first network, if need be: one of the two should ask for it, not both.
    ...(policy.ownNetwork && seat.group !== null ? ownParts(input, deps, survey, seat, [rules.name]) : []),
  ]
}

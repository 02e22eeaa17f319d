// Decides the numbers that a seat's project may use: of Nova, Neutron and Cinder.
// Leaves setting them to seat-parts, and how many instances a student has to the course file.
import type { ComputeQuota } from '../cloud/compute.ts'
import type { NetworkQuota } from '../cloud/network.ts'
import type { VolumeQuota } from '../cloud/volume.ts'
import { type ClassroomInput, proofSize } from './input.ts'
import type { Seat } from './seats.ts'

type Sizes = Pick<ClassroomInput, 'size' | 'instancesPerStudent' | 'policy'>

/** The proof's instances stand in a student's project beside, not in place of, the student's own. */
export function computeQuota(input: Sizes, seat: Seat, proofs: number): ComputeQuota {
  const { size, policy } = input
  const instances = instancesOf(input, seat)
  return {
    instances: instances + proofs,
    cores: (policy.quota.cores ?? instances * size.vcpus) + proofs * proofSize.vcpus,
    ram: (policy.quota.ramMiB ?? instances * size.ramMiB) + proofs * proofSize.ramMiB,
    key_pairs: keyPairs,
    server_groups: serverGroups,
    server_group_members: instances,
  }
}

/** bateau's own, the proof's, and some of the student's. */
const keyPairs = 10
const serverGroups = 2

/** A port for each instance; room to try a network, a router and groups of one's own, without emptying the pool. */
export function networkQuota(input: Sizes, seat: Seat, proofs: number): Omit<NetworkQuota, 'project_id'> {
  const { quota, ownNetwork, router } = input.policy
  const own = ownNetwork && seat.group !== null ? 1 : 0
  const networks = quota.networks ?? 2 + own
  return {
    network: networks,
    subnet: networks,
    router: quota.routers ?? 1 + (router === 'own' ? own : 0),
    port: quota.ports ?? instancesOf(input, seat) + proofs + 4 + own,
    security_group: quota.securityGroups ?? 5,
    security_group_rule: quota.rules ?? 60,
    // Every address is public already, and what a student shares would reach other groups.
    floatingip: 0,
    rbac_policy: 0,
  }
}

/** Where the cloud has block storage. Left out of the course file: one volume an instance, as large as its disk. */
export function volumeQuota(input: Sizes, seat: Seat): VolumeQuota {
  const { volumes, diskGiB } = input.policy.quota
  const count = volumes ?? instancesOf(input, seat)
  return {
    volumes: count,
    snapshots: count,
    gigabytes: diskGiB ?? 2 * count * Math.max(1, input.size.diskGiB),
  }
}

/** A team has as many as its members together; a teacher as a student. */
function instancesOf({ policy, instancesPerStudent }: Sizes, { members }: Seat): number {
  return policy.quota.instances ?? instancesPerStudent * members.length
}

/** Whether every number that is wanted is there. What the cloud does not tell (an extension that it lacks) is not missed. */
export function sameNumbers<T extends object>(wanted: T, seen: { [K in keyof T]?: unknown }): boolean {
  return (Object.keys(wanted) as (keyof T)[]).every(
    (key) => seen[key] === undefined || wanted[key] === seen[key],
  )
}

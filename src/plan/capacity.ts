// Decides how many instances and students a server carries once host and control plane have had their share.
// Leaves who goes where to placement, and whether it is enough to lint.
import type { Course, Disk, Server } from '../course/course.ts'
import type { HostFacts } from '../core/site.ts'
import type { Offer } from '../core/offer.ts'
import { controlPlaneOf, hostReserve, instanceMiB } from './engine-memory.ts'

/** GiB that system, packages, databases, logs and images take of a server's disks (2.3 measured for the first three). */
const diskReserveGiB = 12

export type Capacity = {
  cores: number
  memory: { totalMiB: number; hostMiB: number; controlPlaneMiB: number; leftMiB: number; source: string }
  disk: { totalGiB: number; reserveGiB: number; leftGiB: number }
  disks: readonly Disk[]
  /** What one instance takes of the memory, QEMU's own share included. */
  instanceMiB: number
  /** Instances whose memory is really there. */
  instances: number
  /** Students with all their instances: by memory really there, and by memory promised. */
  seats: number
  promisedSeats: number
}

/** Sizes from the course file, else from the offer; a machine that was looked at and has less memory counts as it is. */
export function capacityOf(
  server: Server,
  course: Course,
  offer: Offer | undefined,
  facts: HostFacts | undefined,
): Capacity | null {
  const cores = server.cores ?? offer?.cores ?? facts?.cores
  const said = server.ramMiB ?? offer?.ramMiB
  const ramMiB = Math.min(said ?? Number.POSITIVE_INFINITY, facts?.memoryMiB ?? Number.POSITIVE_INFINITY)
  const disks = server.disks ?? offer?.disks
  if (cores === undefined || !Number.isFinite(ramMiB) || !disks) return null
  const control = controlPlaneOf(course.engine)
  const leftMiB = Math.max(0, ramMiB - hostReserve.mib - control.mib)
  const each = instanceMiB(course.instances.ramMiB, facts?.kvm ?? true)
  const { perStudent, overcommit } = course.instances
  const totalGiB = disks.reduce((sum, disk) => sum + disk.sizeGiB * disk.count, 0)
  const fit = (mib: number) => Math.floor(mib / each + 1e-9)
  return {
    cores,
    memory: {
      totalMiB: ramMiB,
      hostMiB: hostReserve.mib,
      controlPlaneMiB: control.mib,
      leftMiB,
      source: control.source,
    },
    disk: { totalGiB, reserveGiB: diskReserveGiB, leftGiB: Math.max(0, totalGiB - diskReserveGiB) },
    disks,
    instanceMiB: each,
    instances: fit(leftMiB),
    seats: Math.floor(fit(leftMiB) / perStudent),
    promisedSeats: Math.floor(fit(leftMiB * overcommit.ram) / perStudent),
  }
}

export type Demand = {
  students: number
  instances: number
  vcpus: number
  ramMiB: number
  diskGiB: number
  addresses: number
}

/** What so many students ask for at once. Every instance has one global IPv6 address. */
export function demandOf(students: number, course: Course): Demand {
  const { perStudent, vcpus, ramMiB, diskGiB } = course.instances
  const instances = students * perStudent
  return {
    students,
    instances,
    vcpus: instances * vcpus,
    ramMiB: instances * ramMiB,
    diskGiB: instances * diskGiB,
    addresses: instances,
  }
}

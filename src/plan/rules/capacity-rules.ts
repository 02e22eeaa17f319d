// Decides when servers are too small or too slow for the students placed on them.
// Leaves counting to capacity and placing to placement.
import { findOffer } from '../../core/offer.ts'
import type { Disk, Server } from '../../course/course.ts'
import type { Capacity } from '../capacity.ts'
import { studentsAtOnce } from '../placement.ts'
import { memoryText as gib } from '../table.ts'
import {
  finding,
  unlessRehearsed,
  type Draft,
  type Finding,
  type PlannedServer,
  type Rule,
} from '../draft.ts'

const percent = (part: number) => `${Math.round(part * 100)} %`

export function atOnceOn(draft: Draft, planned: PlannedServer): number {
  return studentsAtOnce(planned.placed, draft.course.atOnce)
}

type Sized = { planned: PlannedServer; capacity: Capacity; instances: number; students: number }

function sized(draft: Draft): Sized[] {
  return draft.servers.flatMap((planned) => {
    const students = atOnceOn(draft, planned)
    const instances = students * draft.course.instances.perStudent
    return planned.capacity ? [{ planned, capacity: planned.capacity, students, instances }] : []
  })
}

/** More seats than memory. An error, unless the course file promises as much (`instances.overcommit.ram`). */
export const memoryShort: Rule = (draft) =>
  sized(draft).flatMap(({ planned, capacity, instances, students }) => {
    if (instances <= capacity.instances) return []
    const { ram } = draft.course.instances.overcommit
    const needed = (instances * capacity.instanceMiB) / Math.max(1, capacity.memory.leftMiB)
    const promised = needed <= ram
    const fits = `${capacity.instances} of ${instances} instances fit (${capacity.seats} of ${students} students)`
    const left = `${gib(capacity.memory.leftMiB)} of ${gib(capacity.memory.totalMiB)} are left after host and control plane; each instance takes ${gib(capacity.instanceMiB)}`
    const when = draft.course.atOnce === 'group' ? 'when the largest group works' : 'when everybody works'
    if (capacity.memory.leftMiB === 0)
      return [
        finding(draft, 'error', 'memory-short', ['servers', planned.index], {
          title: `${planned.name}: no memory is left for instances`,
          why: `host and control plane take ${gib(capacity.memory.hostMiB + capacity.memory.controlPlaneMiB)} (${capacity.memory.source}), the server has ${gib(capacity.memory.totalMiB)}`,
          fix: `take a server with at least ${gib(capacity.memory.hostMiB + capacity.memory.controlPlaneMiB + instances * capacity.instanceMiB)}`,
        }),
      ]
    if (promised)
      return [
        finding(draft, 'warning', 'memory-overcommitted', ['instances', 'overcommit', 'ram'], {
          title: `${planned.name}: ${fits}; memory is promised ${needed.toFixed(1)} times`,
          why: `${left}. It holds while instances together touch less than ${percent(1 / needed)} of theirs; beyond that the kernel kills some of them`,
          fix: 'know it, or take fewer or smaller instances; swap on the server softens it',
        }),
      ]
    return [
      finding(draft, 'error', 'memory-short', ['servers', planned.index], {
        title: `${planned.name}: ${fits} ${when}`,
        why: `${left}. All ${instances} would need ${needed.toFixed(1)} times what is there, and work only while they touch less than ${percent(1 / needed)} of it`,
        fix: `smaller groups, fewer or smaller instances, another server; or promise more on purpose: instances.overcommit.ram: ${(Math.ceil(needed * 10) / 10).toFixed(1)}`,
      }),
    ]
  })

/** Past what the course file takes for granted instances get slow; past 16 times Nova refuses them. */
export const processorsShort: Rule = (draft) =>
  sized(draft).flatMap(({ planned, capacity, instances }) => {
    const { vcpus, overcommit } = draft.course.instances
    const ratio = (instances * vcpus) / capacity.cores
    if (ratio <= overcommit.vcpus) return []
    return [
      finding(draft, 'warning', 'processors-short', ['servers', planned.index], {
        title: `${planned.name}: ${instances * vcpus} virtual processors on ${capacity.cores} cores`,
        why: `that is ${ratio.toFixed(1)} times; the course file takes ${overcommit.vcpus} for granted. A class that works at once gets slow, and past 16 times instances are refused`,
        fix: `fewer instances, more cores, or instances.overcommit.vcpus: ${Math.ceil(ratio)}`,
      }),
    ]
  })

export const diskShort: Rule = (draft) =>
  sized(draft).flatMap(({ planned, capacity, instances }) => {
    const wanted = instances * draft.course.instances.diskGiB
    if (wanted <= capacity.disk.leftGiB) return []
    return [
      finding(draft, 'error', 'disk-short', ['servers', planned.index], {
        title: `${planned.name}: instances may fill ${wanted} GiB, ${Math.floor(capacity.disk.leftGiB)} GiB are there`,
        why: `the disks hold ${Math.floor(capacity.disk.totalGiB)} GiB, ${capacity.disk.reserveGiB} of them for system, logs and images; a full disk stops the database with everything else`,
        fix: 'smaller instance disks, fewer students on it, or a server with more disk',
      }),
    ]
  })

/** A class starting at once writes in many places at once; a rotational disk does about a hundred such writes a second. */
export const rotationalDisk: Rule = (draft) =>
  draft.course.servers.flatMap((server, index) => {
    const planned = draft.servers.find((one) => one.index === index)
    const disks: readonly Disk[] = planned?.capacity?.disks ?? server.disks ?? offerDisks(draft, server)
    if (!disks.some((disk) => disk.kind === 'hdd')) return []
    const path = ['servers', index, ...(server.disks ? ['disks'] : server.offer === null ? [] : ['offer'])]
    if (!planned)
      return [
        finding(draft, unlessRehearsed(draft, 'warning'), 'rotational-disk', path, {
          title: `${server.name}: a rotational disk, so it stays out of the class`,
          why: 'it would not carry a class; it is only paid for',
          fix: 'cancel it with the provider if it is still rented',
        }),
      ]
    return [
      finding(draft, unlessRehearsed(draft, 'error'), 'rotational-disk', path, {
        title: `${server.name}: a rotational disk under ${atOnceOn(draft, planned) * draft.course.instances.perStudent} instances`,
        why: 'a class that starts at once makes thousands of small writes a second; a hard disk does about a hundred, so instances time out and the control plane with them',
        fix: 'take the same server with SSD; it is the same price or little more',
      }),
    ]
  })

function offerDisks(draft: Draft, server: Server): readonly Disk[] {
  return findOffer(draft.inventory.offers, server.provider, server.offer)?.disks ?? []
}

/** Boot from Cinder where Cinder has no disk of its own. */
export const volumeOnLocalDisk: Rule = (draft) => {
  const { bootFrom } = draft.course.instances
  const { cinder } = draft.course.engine
  if (bootFrom !== 'volume') return []
  if (!cinder)
    return [
      finding(draft, 'error', 'volume-without-cinder', ['instances', 'boot_from'], {
        title: 'instances boot from volumes, but Cinder is off',
        why: 'volumes are made by Cinder',
        fix: 'boot_from: image, which needs no Cinder',
      }),
    ]
  const alone = draft.servers.filter(
    (planned) => (planned.capacity?.disks ?? []).reduce((sum, disk) => sum + disk.count, 0) <= 1,
  )
  if (alone.length === 0) return []
  return [
    finding(draft, 'error', 'volume-on-local-disk', ['instances', 'boot_from'], {
      title: `instances boot from Cinder volumes on the one disk of ${alone.map((planned) => planned.name).join(', ')}`,
      why: 'Cinder then copies the image into a new volume for every start, on the disk that it shares with the host; starts time out (Nova waits 180 s) and fail',
      fix: 'boot_from: image and engine.cinder: false; instances then live beside the hypervisor',
    }),
  ]
}

export const sizeUnknown: Rule = (draft) =>
  draft.servers.flatMap((planned) => {
    if (planned.capacity) return []
    return [
      finding(draft, 'error', 'size-unknown', ['servers', planned.index, 'offer'], {
        title: `${planned.name}: nothing tells its cores, memory and disks`,
        why: `the catalogue has no offer ${planned.server.offer ?? ''} of ${planned.server.provider}`,
        fix: 'write cores, ram and disks for it',
      }),
    ]
  })

/** The machine itself has less than was written down. */
export const lessThanSaid: Rule = (draft) =>
  draft.servers.flatMap((planned): Finding[] => {
    const said = planned.server.ramMiB
    const real = planned.facts?.memoryMiB
    // A machine's MemTotal is less than what is sold: the kernel and the firmware keep up to a twentieth.
    if (said === null || real === undefined || real >= said * 0.94) return []
    return [
      finding(draft, 'warning', 'less-memory', ['servers', planned.index, 'ram'], {
        title: `${planned.name} has ${gib(real)} of memory, the course file says ${gib(said)}`,
        why: 'the plan counts what is really there',
        fix: 'correct the course file, or ask the provider',
      }),
    ]
  })

/** A group on two servers has two networks, and its students are told two addresses. */
export const groupSplit: Rule = (draft) => {
  const split = draft.course.groups.flatMap((group) => {
    const parts = [...draft.servers, ...draft.clouds].flatMap((planned) =>
      planned.placed.filter((placed) => placed.group === group.name),
    )
    const text = `${group.name} (${parts.map((part) => `${part.students.length} on ${part.server}`).join(', ')})`
    return parts.length > 1 ? [text] : []
  })
  if (split.length === 0) return []
  return [
    finding(draft, 'warning', 'group-split', ['students', 'groups'], {
      title: `split over servers: ${split.slice(0, 6).join('; ')}${split.length > 6 ? `; ${split.length - 6} more` : ''}`,
      why: 'no server holds such a group whole; each part has its own cloud, its own network and its own dashboard',
      fix: 'smaller groups, a larger server, or know it',
    }),
  ]
}

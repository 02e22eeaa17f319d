// Decides everything that follows from a course: demand, capacity, placement, addresses, cost, findings.
// Leaves carrying it out to deploy/, and asking the world to whoever fills the inventory.
import { findOffer } from '../core/offer.ts'
import type { Address } from '../core/prefix.ts'
import type { AdoptedCloud } from '../course/class.ts'
import type { Course, Group, Server } from '../course/course.ts'
import { layOut, ownLength, type OwnWish } from './addressing.ts'
import { capacityOf, demandOf, type Capacity } from './capacity.ts'
import { costOf } from './cost.ts'
import type { Draft, Finding, Inventory, PlannedCloud, PlannedServer, Policy } from './draft.ts'
import { lint } from './lint.ts'
import { movesOf } from './moves.ts'
import { placeGroups, type Placed, type Stay } from './placement.ts'
import { rangeOf, slotsOf } from './slots.ts'

export type Plan = Draft & { findings: readonly Finding[] }

/** Pure: the same course, inventory and policy give the same plan. */
export function makePlan(course: Course, inventory: Inventory, policy: Policy): Plan {
  const offerOf = (server: Server) => findOffer(inventory.offers, server.provider, server.offer)
  const clouds = course.servers.flatMap((server, index) =>
    server.role === 'cloud' ? [{ server, index }] : [],
  )
  const sized = clouds.map(({ server, index }) => ({
    server,
    index,
    capacity: capacityOf(server, course, offerOf(server), inventory.hosts[server.name]),
  }))
  const rooms = [
    ...sized.map(({ server, capacity }) => ({ server: server.name, seats: seatsOf(capacity, course) })),
    ...course.clouds.map(({ name, seats }) => ({ server: name, seats: seats ?? Number.POSITIVE_INFINITY })),
  ]
  const before = staysOf(course)
  const placed = placeGroups(course.groups, rooms, course.atOnce, before, ({ login, team }) =>
    course.class.work === 'team' ? (team ?? login) : login,
  )
  const draft: Draft = {
    course,
    inventory,
    policy,
    demand: demandsOf(course),
    servers: sized.map((one) => planServer(one, course, inventory, placed)),
    clouds: course.clouds.map((cloud, index) => planCloud(cloud, index, placed)),
    moves: movesOf(placed, course.groups, rooms, before),
    cost: costOf(course, offerOf),
  }
  return { ...draft, findings: lint(draft) }
}

/** By login: on which cloud the register remembers a student. */
function staysOf({ enrolment }: Course): Map<string, Stay> {
  return new Map(
    enrolment.before.flatMap(({ login, cloud, group, left }) =>
      cloud === null ? [] : [[login, { server: cloud, group, left: left !== null }] as const],
    ),
  )
}

/** Whether the plan may be carried out. */
export function refuses(plan: Plan): boolean {
  return plan.findings.some((finding) => finding.severity === 'error')
}

function planServer(
  one: { server: Server; index: number; capacity: Capacity | null },
  course: Course,
  inventory: Inventory,
  placed: readonly Placed[],
): PlannedServer {
  const { server, index, capacity } = one
  const here = placed.filter((part) => part.server === server.name)
  const block = server.ipv6?.block ?? null
  const slots = slotsOf(
    server.name,
    here.map((part) => part.group),
    course.enrolment.before,
  )
  const groups = course.networks.class ? slots : []
  const own = ownWish(course, server.name, slots)
  const laid =
    block && server.ipv6?.delivery !== 'slaac-only'
      ? layOut(block, groups, server.layout, gatewayOf(server), own)
      : undefined
  return {
    name: server.name,
    index,
    server,
    facts: inventory.hosts[server.name] ?? null,
    capacity,
    block,
    addressing: laid?.ok ? laid.value : null,
    placed: here,
    slots,
    ...(own?.length !== undefined && { ownRange: own.length }),
  }
}

/** By the largest group of the course wherever it is, so that ranges stay as groups move. */
function ownWish(course: Course, cloud: string, slots: readonly (string | null)[]): OwnWish | null {
  const { ownNetwork, router, work } = course.class
  if (!ownNetwork) return null
  const seats = ({ students }: Group) =>
    new Set(students.map(({ login, team }) => (work === 'team' && team !== null ? `team ${team}` : login)))
      .size
  const largest = Math.max(0, ...course.groups.map(seats))
  const known = rangeOf(cloud, course.enrolment.before)
  const fits = known !== null && 2 ** (64 - known) >= largest
  return { router, groups: slots, seats: largest, length: fits ? known : ownLength(largest) }
}

/** Where its seats are not known, how many of them are left is no reason. */
function planCloud(cloud: AdoptedCloud, index: number, placed: readonly Placed[]): PlannedCloud {
  const here = placed.filter((part) => part.server === cloud.name)
  const because = (part: Placed) =>
    part.because.replace(/ ?\(Infinity\)/, '').replace(/, with Infinity seats left/, '')
  return {
    name: cloud.name,
    index,
    cloud,
    placed: here.map((part) => ({ ...part, because: because(part) })),
  }
}

/** The provider's router, where the course names its address. */
function gatewayOf(server: Server): Address | null {
  const gateway = server.ipv6?.gateway
  return gateway === undefined || gateway === 'ra' ? null : gateway
}

/** Seats by memory promised, but no more than the disk holds. */
function seatsOf(capacity: Capacity | null, course: Course): number {
  if (!capacity) return 0
  const { diskGiB, perStudent } = course.instances
  return Math.min(capacity.promisedSeats, Math.floor(capacity.disk.leftGiB / (diskGiB * perStudent)))
}

function demandsOf(course: Course): Draft['demand'] {
  const [first, ...rest] = course.groups
  const largest = rest.reduce(
    (best, group) => (group.students.length > (best?.students.length ?? 0) ? group : best),
    first,
  )
  return {
    largest: { group: largest?.name ?? '', ...demandOf(largest?.students.length ?? 0, course) },
    all: demandOf(course.students.length, course),
  }
}

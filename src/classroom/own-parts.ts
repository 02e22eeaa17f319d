// Decides a seat's own network: a /64 of its group's range, behind the group's router or one of its own.
// Leaves the ranges and the host's routes to plan/addressing and delivery/, and the group's router to base.
import { Trouble } from '../core/fault.ts'
import { Prefix } from '../core/prefix.ts'
import type { OwnRange } from '../core/site.ts'
import { CallFailure } from '../cloud/failure.ts'
import type { Network, Port, Router, Subnet } from '../cloud/network.ts'
import { once } from '../cloud/once.ts'
import type { Cloud } from '../cloud/open.ts'
import { accountNames, findProject } from './account-parts.ts'
import { networkNames } from './base.ts'
import { type ClassroomDeps, type ClassroomInput, routerName } from './input.ts'
import { describe, isMarked, type Markable, ours } from './mark.ts'
import { canonical, sure } from './network-parts.ts'
import { type Part, put } from './parts.ts'
import { type Seat, seatsOf } from './seats.ts'
import type { People, Survey } from './survey.ts'

/** Of the network, its subnet, and the router where each has one; in the seat's own project. */
export const ownName = (seat: string) => `own-${seat}`

type Deps = Pick<ClassroomDeps, 'clock'>
type Range = { prefix: Prefix; group: string; via: OwnRange['via'] }

/**
 * The network belongs to the seat's project, so that the student sees and may study it, and it goes with the project.
 * `after`: parts that come first.
 */
export function ownParts(
  input: ClassroomInput,
  deps: Deps,
  survey: Survey,
  seat: Seat,
  after: readonly string[],
): Part<People>[] {
  const { course, policy } = input
  const own = <T extends Markable & { project_id: string }>(state: People, all: readonly T[]) => {
    const id = findProject(course, seat.name, state.projects)?.id
    return all.find(
      (one) => one.project_id === id && one.name === ownName(seat.name) && isMarked(course, one),
    )
  }
  const things: Things = {
    name: ownName(seat.name),
    place: seatsOf(input)
      .filter(({ group }) => group === seat.group)
      .findIndex(({ name }) => name === seat.name),
    text: describe(course, `own network of ${seat.name}`),
    projectId: (state) => sure(findProject(course, seat.name, state.projects), seat.name).id,
    network: (state) => own(state, state.networks),
    subnet: (state) => own(state, state.subnets),
    ownRouter: (state) => own(state, state.routers),
  }
  const ranges = (input.addressing.own ?? []).filter(({ group }) => group === seat.group)
  const names = {
    network: 'own network',
    subnet: 'its subnet',
    router: 'its router',
    plug: 'its router interface',
  }
  const routerOf = async (state: People): Promise<Router | undefined> =>
    policy.router === 'own'
      ? things.ownRouter(state)
      : ours(
          course,
          'router',
          routerName(groupOf(input, seat, things.subnet(state))),
          (await survey.base.read()).routers,
        )
  return [
    {
      ...networkPart(input, deps, things, names.network),
      needs: [accountNames.project(course, seat), ...after],
    },
    { ...subnetPart(input, deps, survey, things, names.subnet, ranges), needs: [names.network] },
    ...(policy.router === 'own'
      ? [{ ...routerPart(input, deps, survey, things, names.router, ranges), needs: [names.subnet] }]
      : []),
    {
      ...plugPart(deps, things, names.plug, routerOf),
      needs: [names.subnet, ...(policy.router === 'own' ? [names.router] : [])],
    },
  ]
}

type Things = {
  name: string
  /** Of the seat, among those of its group. */
  place: number
  text: string
  projectId: (state: People) => string
  network: (state: People) => Network | undefined
  subnet: (state: People) => Subnet | undefined
  ownRouter: (state: People) => Router | undefined
}

/** The group in whose range the subnet lies: a student who changed groups keeps the network where it is routed. */
function groupOf({ addressing }: ClassroomInput, seat: Seat, subnet: Subnet | undefined): string {
  const cidr = subnet && canonical(subnet.cidr)
  const range = (addressing.own ?? []).find(({ prefix }) => cidr !== undefined && within(prefix, cidr))
  return range?.group ?? seat.group ?? ''
}

function networkPart(
  { course, addressing }: ClassroomInput,
  deps: Deps,
  things: Things,
  name: string,
): Part<People> {
  return {
    name,
    there: (state) => things.network(state) !== undefined,
    async make(cloud, now) {
      const project_id = things.projectId(now)
      const mtu = addressing.tenantMtu
      const wanted = {
        name: things.name,
        description: things.text,
        project_id,
        ...(mtu === null ? {} : { mtu }),
      }
      const made = await once(
        deps.clock,
        () => cloud.network.createNetwork(wanted),
        async () =>
          (await cloud.network.of('networks', project_id)).find(
            (one) => one.name === things.name && isMarked(course, one),
          ),
      )
      return (state) => put(state.networks, made)
    },
  }
}

function subnetPart(
  input: ClassroomInput,
  deps: Deps,
  survey: Survey,
  things: Things,
  name: string,
  ranges: readonly Range[],
): Part<People> {
  const { course, resolvers, foreign } = input
  return {
    name,
    there: (state) =>
      things.subnet(state)?.network_id === things.network(state)?.id && things.subnet(state) !== undefined,
    async make(cloud, now) {
      const project_id = things.projectId(now)
      const pool = ours(course, 'subnet pool', 'pool', (await survey.base.read()).pools)
      const find = async () =>
        (await cloud.network.of('subnets', project_id)).find(
          (one) => one.name === things.name && isMarked(course, one),
        )
      const create = (prefix: Prefix | null) =>
        cloud.network.createSubnet({
          name: things.name,
          description: things.text,
          project_id,
          network_id: sure(things.network(now), things.name).id,
          ip_version: 6,
          ...(prefix === null
            ? { prefixlen: 64 }
            : { cidr: String(prefix), gateway_ip: String(prefix.host(1)) }),
          subnetpool_id: (foreign?.pool ?? pool)?.id,
          ipv6_ra_mode: 'slaac',
          ipv6_address_mode: 'slaac',
          dns_nameservers: resolvers.map(String),
        })
      for (;;) {
        const prefix = foreign
          ? null
          : freePrefix(survey.given, now.subnets, ranges, things.place, things.name)
        try {
          const made = await once(deps.clock, () => create(prefix), find)
          return (state) => put(state.subnets, made)
        } catch (error) {
          // Somebody took it since the lists were read: the next one then.
          if (foreign || !isTaken(error)) throw error
        }
      }
    },
  }
}

function routerPart(
  { foreign }: ClassroomInput,
  deps: Deps,
  survey: Survey,
  things: Things,
  name: string,
  ranges: readonly Range[],
): Part<People> {
  return {
    name,
    there: (state) => things.ownRouter(state) !== undefined,
    async make(cloud, now) {
      const project_id = things.projectId(now)
      const planned = async () => {
        const cidr = canonical(sure(things.subnet(now), things.name).cidr)
        const range = ranges.find(({ prefix }) => String(prefix) === cidr)
        const { subnets } = await survey.base.read()
        const outside = sure(
          subnets.find((one) => one.name === networkNames.transit),
          networkNames.transit,
        )
        return {
          network_id: outside.network_id,
          enable_snat: false,
          external_fixed_ips: [
            { subnet_id: outside.id, ip_address: String(sure(range, `gateway for ${cidr}`).via) },
          ],
        }
      }
      const wanted = {
        name: things.name,
        description: things.text,
        project_id,
        external_gateway_info: foreign?.external ? { network_id: foreign.external.id } : await planned(),
      }
      const made = await once(
        deps.clock,
        () => cloud.network.createRouter(wanted),
        async () => (await cloud.network.of('routers', project_id)).find((one) => one.name === things.name),
      )
      return (state) => put(state.routers, made)
    },
  }
}

function plugPart(
  deps: Deps,
  things: Things,
  name: string,
  routerOf: (state: People) => Promise<Router | undefined>,
): Part<People> {
  const plugIn = (ports: readonly Port[], subnet: Subnet | undefined) =>
    ports.find(({ fixed_ips }) => fixed_ips.some(({ subnet_id }) => subnet_id === subnet?.id))
  return {
    name,
    async there(state) {
      const port = plugIn(state.interfaces, things.subnet(state))
      return port !== undefined && port.device_id === (await routerOf(state))?.id
    },
    async make(cloud, now) {
      const router = sure(await routerOf(now), 'router')
      const subnet = sure(things.subnet(now), things.name)
      const look = async () => plugIn(await cloud.network.ports({ device_id: router.id }), subnet)
      const add = async () => {
        const id = await plug(cloud, router.id, subnet.id)
        // The answer says all that is asked of the port later: reading it again would be a call more a student.
        return id === undefined ? sure(await look(), name) : interfaceOf(id, router, subnet)
      }
      const port = await once(deps.clock, add, look)
      return (state) => put(state.interfaces, port)
    },
  }
}

/** The id of the port; undefined when an earlier call did it after all (400 "Router already has a port on subnet"). */
async function plug(cloud: Cloud, routerId: string, subnetId: string): Promise<string | undefined> {
  try {
    return await cloud.network.addRouterInterface(routerId, subnetId)
  } catch (error) {
    if (error instanceof CallFailure && error.status === 400 && /already has a port/i.test(error.fault.why))
      return undefined
    throw error
  }
}

function interfaceOf(id: string, router: Router, subnet: Subnet): Port {
  return {
    id,
    name: '',
    project_id: router.project_id,
    tags: [],
    network_id: subnet.network_id,
    device_id: router.id,
    device_owner: 'network:router_interface',
    mac_address: '',
    status: 'ACTIVE',
    fixed_ips: [{ subnet_id: subnet.id, ip_address: subnet.gateway_ip ?? '' }],
  }
}

/**
 * The /64 of the ranges at the seat's place in its group, or the next that nobody has; taken for this run at once. Throws
 * Trouble `own-range-full`.
 */
function freePrefix(
  given: Set<string>,
  subnets: readonly Subnet[],
  ranges: readonly Range[],
  place: number,
  name: string,
): Prefix {
  const taken = new Set(subnets.map(({ cidr }) => canonical(cidr)))
  const all = ranges.flatMap(({ prefix }) =>
    Array.from({ length: Number(prefix.count(64)) }, (_, n) => prefix.nth(64, n) ?? prefix),
  )
  const order = [...all.slice(place), ...all.slice(0, place)]
  const free = order.find((one) => !taken.has(String(one)) && !given.has(String(one)))
  if (free !== undefined) {
    given.add(String(free))
    return free
  }
  throw new Trouble({
    code: 'own-range-full',
    title: `no /64 is left for ${name}`,
    why: `every /64 of ${ranges.map(({ prefix }) => String(prefix)).join(', ') || 'its group’s range'} is taken`,
    fix: 'see who has them: openstack subnet list --long; bateau plan says the ranges of the groups',
  })
}

/** Neutron says 409 for a prefix that is taken, and for a quota. */
const isTaken = (error: unknown): boolean =>
  error instanceof CallFailure && error.status === 409 && /prefix|overlap/i.test(error.fault.why)

function within(range: Prefix, cidr: string): boolean {
  const read = Prefix.parse(cidr)
  return read.ok && range.contains(read.value)
}

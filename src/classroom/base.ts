// Decides what the cloud holds for everybody: image, flavors, networks, address pool, routers.
// Leaves students to enrol, and the host's side of the networks (bridges, RA, routes) to delivery/.
import { physnets } from '../core/site.ts'
import { imagePart } from './image-part.ts'
import { flavorPart } from './flavor-part.ts'
import type { There } from './foreign.ts'
import {
  classNetwork,
  type ClassroomDeps,
  type ClassroomInput,
  type ClassTenant,
  proofSize,
  routerName,
} from './input.ts'
import { networkParts, type WantedNetwork } from './network-parts.ts'
import { type Head, type Part, type PartsTask, partsTask } from './parts.ts'
import { poolParts, poolName } from './pool-part.ts'
import { roomPart } from './room-part.ts'
import { routerParts } from './router-parts.ts'
import { ours } from './mark.ts'
import { flavorNameOf } from './serving.ts'
import type { Base, Survey } from './survey.ts'

export const networkNames = { direct: 'direct', transit: 'transit' } as const

/** Ids of the tasks, which others wait for. */
export const baseTaskId = {
  room: (site: string) => `${site}/cloud/room`,
  image: (site: string) => `${site}/cloud/image`,
  flavors: (site: string) => `${site}/cloud/flavors`,
  network: (site: string, name: string) => `${site}/cloud/network/${name}`,
  pool: (site: string) => `${site}/cloud/pool`,
  router: (site: string, name: string) => `${site}/cloud/router/${name}`,
} as const

/** Tasks of the cloud's base; `begin` are ids of what must be done before the first of them. */
export function cloudBaseTasks(
  input: ClassroomInput,
  deps: ClassroomDeps,
  survey: Survey,
  begin: readonly string[] = [],
): PartsTask[] {
  const { course, site, addressing, policy, images = [] } = input
  const task = (
    id: string,
    title: string,
    because: string,
    parts: readonly Part<Base>[],
    after: readonly string[] = [],
  ) => {
    const head: Head = { id, title, because, lane: `cloud:${site}`, after: [...begin, ...after] }
    return partsTask(head, survey.base, deps.cloud, parts)
  }
  const network = (wanted: WantedNetwork, because: string, after: readonly string[] = []) =>
    task(
      baseTaskId.network(site, wanted.name),
      `Network ${wanted.name}`,
      because,
      networkParts(course, deps.clock, wanted),
      [baseTaskId.room(site), ...after],
    )
  const { pool } = addressing
  const { foreign } = input
  const routed = (
    tenant: ClassTenant,
    at: string | There,
    after: { network: string[]; router: string[] },
  ) => [
    network(tenantNetwork(input, tenant), `the class network of group ${tenant.group}`, after.network),
    task(
      baseTaskId.router(site, routerName(tenant.group)),
      `Router ${routerName(tenant.group)}`,
      tenant.via === null
        ? `the class network of group ${tenant.group} reaches the internet through it`
        : `the host's route to ${tenant.prefix} goes via ${tenant.via}`,
      routerParts(course, deps.clock, tenant, at),
      [...after.router, baseTaskId.network(site, classNetwork(tenant.group))],
    ),
  ]
  return [
    task(
      baseTaskId.room(site),
      'Room for the class',
      'class networks, routers and their uses count for the project that they are made in',
      [roomPart(input, survey)],
    ),
    task(
      baseTaskId.image(site),
      `Image ${foreign?.image?.name ?? input.image.name}`,
      'instances of the proof boot from it',
      foreign?.image ? [] : [imagePart(course, deps.clock, input.image)],
    ),
    task(
      baseTaskId.flavors(site),
      foreign?.flavor ? `Flavor ${foreign.flavor.name}` : 'Flavors',
      'the course file says the size of an instance',
      foreign?.flavor
        ? []
        : [
            flavorPart(course, deps.clock, flavorNameOf(input, 'course'), input.size),
            flavorPart(course, deps.clock, flavorNameOf(input, 'proof'), proofSize),
          ],
    ),
    ...(policy.flavors.length > 0
      ? [
          task(
            `${baseTaskId.flavors(site)}/course`,
            'Flavors of the course',
            'the course file names them',
            policy.flavors.map((one) => flavorPart(course, deps.clock, one.name, one)),
          ),
        ]
      : []),
    ...images.map((image) =>
      task(`${baseTaskId.image(site)}/${image.name}`, `Image ${image.name}`, 'the course file names it', [
        imagePart(course, deps.clock, image),
      ]),
    ),
    ...(foreign?.direct
      ? [
          task(
            baseTaskId.network(site, networkNames.direct),
            `Network ${foreign.direct.name}`,
            'it was there already, and the course file names it',
            [],
          ),
        ]
      : []),
    ...(foreign?.external
      ? addressing.tenants.flatMap((tenant) =>
          routed(tenant, foreign.external ?? networkNames.transit, { network: [], router: [] }),
        )
      : []),
    ...(foreign?.external ? ownRouters(foreign.external, []) : []),
    ...(foreign ? [] : madeHere()),
  ]

  /** Of groups without a class network, whose seats have networks of their own. */
  function ownRouters(at: string | There, after: readonly string[]): PartsTask[] {
    return ownRouterTenants(input).map((tenant) =>
      task(
        baseTaskId.router(site, routerName(tenant.group)),
        `Router ${routerName(tenant.group)}`,
        `own networks of group ${tenant.group} are behind it`,
        routerParts(course, deps.clock, tenant, at).filter(({ name }) => !name.startsWith('its interface')),
        after,
      ),
    )
  }

  /** In a cloud that bateau made, the networks that the host has a part in are its own, too. */
  function madeHere(): PartsTask[] {
    const direct = directNetwork(input)
    const outside = transitNetwork(input)
    return [
      ...(direct ? [network(direct, 'instances right on br-ex take an address of its /64')] : []),
      ...(outside === null || pool === null
        ? []
        : [
            network(outside, 'gateways of the routers stand here, away from the solicitations of instances'),
            task(
              baseTaskId.pool(site),
              `Subnet pool ${poolName}`,
              'tenant networks get their /64 from it',
              poolParts(course, deps.clock, pool),
            ),
            ...addressing.tenants.flatMap((tenant) =>
              routed(tenant, networkNames.transit, {
                network: [baseTaskId.pool(site)],
                router: [baseTaskId.network(site, networkNames.transit)],
              }),
            ),
            ...ownRouters(networkNames.transit, [baseTaskId.network(site, networkNames.transit)]),
          ]),
    ]
  }
}

function ownRouterTenants({ policy, groups, addressing, foreign }: ClassroomInput): ClassTenant[] {
  if (!policy.ownNetwork || policy.router !== 'group') return []
  return groups.flatMap(({ name: group }) => {
    const range = addressing.own?.find((one) => one.group === group)
    const has = addressing.tenants.some((one) => one.group === group)
    if (has || (range === undefined && !foreign)) return []
    return [{ name: classNetwork(group), group, prefix: null, via: range?.via ?? null }]
  })
}

/** The router that announces itself here is the host, not Neutron: address mode without RA mode says just that. */
function directNetwork({ direct, addressing, resolvers }: ClassroomInput): WantedNetwork | null {
  if (!direct || addressing.public === null) return null
  return {
    name: networkNames.direct,
    text: 'instances on the server itself',
    network: { shared: true, ...flat(physnets.public) },
    prefix: addressing.public.prefix,
    gateway: addressing.public.host,
    resolvers,
    subnet: () => ({ ipv6_address_mode: 'slaac' }),
  }
}

/**
 * Without address mode: with one, Neutron lets a router's gateway answer solicitations. The planned gateways stand
 * outside the allocation pool, so that a router of a student's never takes one.
 */
function transitNetwork({ addressing: { transit } }: ClassroomInput): WantedNetwork | null {
  if (transit === null) return null
  return {
    name: networkNames.transit,
    text: 'gateways of routers',
    network: { 'router:external': true, ...flat(physnets.transit) },
    prefix: transit.prefix,
    gateway: transit.host,
    resolvers: [],
    subnet: () => ({
      enable_dhcp: false,
      allocation_pools: [
        { start: String(transit.prefix.host(0x1_0000)), end: String(transit.prefix.host(0x1_ffff)) },
      ],
    }),
  }
}

/**
 * It belongs to the administrator's project and each student of the group may use it (an RBAC policy a project): a
 * network that is `shared` would be open to the other groups, and one in a student's project would go with the student.
 */
function tenantNetwork(input: ClassroomInput, tenant: ClassTenant): WantedNetwork {
  const { course, foreign, addressing } = input
  const made = (state: Base) => ours(course, 'subnet pool', poolName, state.pools)
  return {
    name: classNetwork(tenant.group),
    text: `class network of group ${tenant.group}`,
    network: addressing.tenantMtu === null ? {} : { mtu: addressing.tenantMtu },
    prefix: tenant.prefix,
    gateway: tenant.prefix?.host(1) ?? null,
    resolvers: input.resolvers,
    subnet: (state) => ({
      subnetpool_id: (foreign?.pool ?? made(state))?.id,
      ipv6_ra_mode: 'slaac',
      ipv6_address_mode: 'slaac',
    }),
  }
}

const flat = (physnet: string) => ({
  'provider:network_type': 'flat',
  'provider:physical_network': physnet,
})

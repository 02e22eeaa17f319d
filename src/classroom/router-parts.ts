// Decides a group's router: its gateway at the planned address on transit, and its interface in the class network.
// Leaves the host's route to that address to delivery/.
import type { Clock } from '../cloud/clock.ts'
import { CallFailure } from '../cloud/failure.ts'
import type { Port, Router } from '../cloud/network.ts'
import { once } from '../cloud/once.ts'
import { sameOr } from './differs.ts'
import type { There } from './foreign.ts'
import { classNetwork, type ClassTenant, routerName } from './input.ts'
import { describe, ours, tagOf } from './mark.ts'
import { canonical, sure } from './network-parts.ts'
import { type Part, put } from './parts.ts'
import type { Base } from './survey.ts'

/** `transit`: the network of its gateway: by the name of one that bateau made, or one that was there already. */
export function routerParts(
  course: string,
  clock: Clock,
  tenant: ClassTenant,
  transit: string | There,
): Part<Base>[] {
  const name = routerName(tenant.group)
  const find = (all: readonly Router[]) => ours(course, 'router', name, all)
  const subnetOf = (state: Base, of: string) =>
    sure(ours(course, 'subnet', of, state.subnets), `subnet ${of}`)
  const gatewayIn = (now: Base) => {
    if (typeof transit !== 'string') return { network_id: transit.id }
    const outside = subnetOf(now, transit)
    return {
      network_id: outside.network_id,
      enable_snat: false,
      external_fixed_ips: [{ subnet_id: outside.id, ip_address: String(tenant.via) }],
    }
  }
  const interfaceOf = (router: Router, subnetId: string, ports: readonly Port[]) =>
    ports.find((one) => one.device_id === router.id && one.fixed_ips.some((ip) => ip.subnet_id === subnetId))
  return [
    {
      name: tenant.via === null ? `router ${name}` : `router ${name} at ${tenant.via}`,
      there({ routers }) {
        const router = find(routers)
        if (router === undefined) return false
        const outside = router.external_gateway_info
        if (typeof transit !== 'string') {
          sameOr('router', name, { 'external network': [outside?.network_id, transit.id] })
          return true
        }
        const [gateway] = outside?.external_fixed_ips ?? []
        sameOr('router', name, { gateway: [gateway && canonical(gateway.ip_address), String(tenant.via)] })
        return true
      },
      async make(cloud, now) {
        const description = describe(course, `router of group ${tenant.group}`)
        const fields = { name, description, external_gateway_info: gatewayIn(now) }
        const made = await once(
          clock,
          () => cloud.network.createRouter(fields),
          async () => find(await cloud.network.routers()),
        )
        return (state) => put(state.routers, made)
      },
    },
    {
      name: 'its tag',
      there: ({ routers }) => find(routers)?.tags.includes(tagOf(course)) === true,
      async make(cloud, { routers }) {
        const router = sure(find(routers), name)
        const tags = [...router.tags, tagOf(course)]
        await cloud.network.setTags('routers', router.id, tags)
        return (state) => put(state.routers, { ...router, tags })
      },
    },
    {
      name: `its interface in ${classNetwork(tenant.group)}`,
      there(state) {
        const router = find(state.routers)
        const subnet = ours(course, 'subnet', classNetwork(tenant.group), state.subnets)
        return Boolean(router && subnet && interfaceOf(router, subnet.id, state.interfaces))
      },
      async make(cloud, now) {
        const router = sure(find(now.routers), name)
        const subnet = subnetOf(now, classNetwork(tenant.group))
        const look = async () =>
          interfaceOf(router, subnet.id, await cloud.network.ports({ device_id: router.id }))
        const add = async () => {
          await cloud.network.addRouterInterface(router.id, subnet.id).catch(refusedAsThere)
          return sure(await look(), `interface of ${name}`)
        }
        const port = await once(clock, add, look)
        return (state) => put(state.interfaces, port)
      },
    },
  ]
}

/** Neutron answers 400 "Router already has a port on subnet" when an earlier call did it after all. */
function refusedAsThere(error: unknown): void {
  if (error instanceof CallFailure && error.status === 400 && /already has a port/i.test(error.fault.why))
    return
  throw error
}

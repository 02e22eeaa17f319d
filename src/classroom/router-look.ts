// Decides whether the cloud has a group's router as planned: up, at its gateway address, plugged into its network.
// Leaves making it to router-parts, and whether packets pass through it to check/.
import type { TenantNetwork } from '../core/site.ts'
import { no, type Seen, yes } from '../core/verdict.ts'
import { classNetwork, routerName } from './input.ts'
import { ours } from './mark.ts'
import { canonical } from './network-parts.ts'
import type { Base } from './survey.ts'

/** Fault code: `router-down`. */
export function routerSeen(course: string, site: string, tenant: TenantNetwork, base: Base): Seen {
  const name = routerName(tenant.group)
  const router = ours(course, 'router', name, base.routers)
  const fix = `bateau up makes what is missing; by hand: openstack router show ${name}`
  const bad = (seen: string, why: string) => no(seen, { code: 'router-down', why, fix, host: site })
  if (router === undefined)
    return bad(`no router ${name}`, `without it nothing leads from ${tenant.name} to the server`)
  const [gateway] = router.external_gateway_info?.external_fixed_ips ?? []
  const at = gateway === undefined ? 'no gateway' : canonical(gateway.ip_address)
  const subnet = ours(course, 'subnet', classNetwork(tenant.group), base.subnets)
  const plug = base.interfaces.find(
    (port) => port.device_id === router.id && port.fixed_ips.some(({ subnet_id: id }) => id === subnet?.id),
  )
  const inside = plug === undefined ? `not plugged into ${tenant.name}` : `its port there ${plug.status}`
  const state = router.admin_state_up ? router.status : `${router.status}, switched off`
  const seen = `${name} ${state}, gateway ${at}, ${inside}`
  if (!router.admin_state_up) return bad(seen, 'somebody switched it off (admin_state_up)')
  if (router.status !== 'ACTIVE') return bad(seen, 'Neutron holds it for not working')
  if (at !== String(tenant.via))
    return bad(seen, `the server routes ${tenant.prefix} to ${tenant.via}, where it must be`)
  return plug?.status === 'ACTIVE'
    ? yes(seen)
    : bad(seen, `instances on ${tenant.name} have no router without that port, or OVN has not set it up`)
}

// Holds what the cloud says of a group's router to what the server needs of it.
import { expect, it } from 'vitest'
import { Address, Prefix } from '../core/prefix.ts'
import type { Router } from '../cloud/network.ts'
import { routerSeen } from './router-look.ts'
import type { Base } from './survey.ts'

const tenant = {
  name: 'class-g1',
  group: 'g1',
  prefix: Prefix.of('2001:db8:17:80::/64'),
  via: Address.of('2001:db8:17:2::a'),
}
const marked = { project_id: 'p', description: 'bateau:demo', tags: ['bateau:demo'] }
const subnet = { ...marked, id: 's1', name: 'class-g1', network_id: 'n1', cidr: String(tenant.prefix) }
const router: Router = {
  ...marked,
  id: 'r1',
  name: 'router-g1',
  status: 'ACTIVE',
  admin_state_up: true,
  // Neutron writes addresses its own way.
  external_gateway_info: {
    network_id: 'n2',
    external_fixed_ips: [{ subnet_id: 's2', ip_address: '2001:DB8:17:2:0:0:0:A' }],
  },
}
const port = {
  ...marked,
  id: 'p1',
  name: '',
  network_id: 'n1',
  device_id: 'r1',
  device_owner: 'network:router_interface',
  mac_address: 'fa:16:3e:00:00:01',
  status: 'ACTIVE',
  fixed_ips: [{ subnet_id: 's1', ip_address: '2001:db8:17:80::1' }],
}
const look = (change: { router?: Partial<Router>; routers?: []; ports?: object[] } = {}) => {
  const routers = change.routers ?? [{ ...router, ...change.router }]
  const base = { routers, subnets: [subnet], interfaces: change.ports ?? [port] } as unknown as Base
  return routerSeen('demo', 'os1', tenant, base)
}

it('is well when it is up, at its gateway, and plugged in', () => {
  expect(look()).toEqual({
    verdict: 'yes',
    seen: 'router-g1 ACTIVE, gateway 2001:db8:17:2::a, its port there ACTIVE',
  })
})

it.each([
  ['it is gone', { routers: [] as [] }, 'no router router-g1'],
  ['somebody switched it off', { router: { admin_state_up: false } }, 'ACTIVE, switched off'],
  ['Neutron holds it for broken', { router: { status: 'ERROR' } }, 'ERROR'],
  ['it has no gateway', { router: { external_gateway_info: null } }, 'no gateway'],
  ['it is not plugged in', { ports: [] }, 'not plugged into class-g1'],
  ['its port is down', { ports: [{ ...port, status: 'DOWN' }] }, 'its port there DOWN'],
  ['only another subnet is plugged in', { ports: [{ ...port, fixed_ips: [] }] }, 'not plugged into class-g1'],
])('is router-down when %s', (_, change, words) => {
  const seen = look(change)
  expect(seen).toMatchObject({ verdict: 'no', fault: { code: 'router-down', host: 'os1' } })
  expect(seen.seen).toContain(words)
})

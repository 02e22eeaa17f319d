// Decides the server that tests judge: a state in which all is well, packets that pass, and routers that answer.
// Leaves what goes wrong with it to the tests.
import type { HostState, RouteState } from '../core/host-state.ts'
import { Address, Prefix } from '../core/prefix.ts'
import type { Shell } from '../core/shell.ts'
import { bridges, type Site } from '../core/site.ts'
import { networkdAccepts } from '../delivery/expect/kernel.ts'
import { gatewayOf } from '../delivery/expect/router.ts'
import { firewallStep } from '../delivery/firewall.ts'
import { leaseUnit } from '../delivery/repair/lease-unit.ts'
import type { HeardRouter } from '../wire/discovery.ts'
import { chainOf } from './host-chain.ts'
import { ownUnits } from './host-look.ts'
import { runProbes } from './probe.ts'
import type { CheckResult } from './result.ts'

export type HostWorld = {
  state: HostState
  /** There is a ping on the server. */
  ping: boolean
  /** Share of echo requests that are answered: from the server's own address, and from the block. */
  own: number
  block: number
  /** A router answers a solicitation, and the prefix that it announces has the autonomous flag. */
  answers: boolean
  autonomous: boolean
  /** Routers that pass nothing on. */
  strays: readonly string[]
}

export const boot = Date.parse('2026-01-01T00:00:00Z')
const uptime = 5_000
export const router = Address.of('fe80::1')
export const stray = Address.of('fe80::bad')
const slaac = Prefix.of('2001:2:0:ff01::/64')
export const targets = [Address.of('2001:2:0:ff00::2'), Address.of('2001:2:0:ff00::3')]
export const engineUnits = [
  'mariadb.service',
  'ovs-vswitchd.service',
  'ovn-controller.service',
  'bateau-agent.service',
]

export const route = (to: string, rest: Partial<RouteState> = {}): RouteState => ({
  to: Prefix.of(to),
  type: 'unicast',
  via: null,
  dev: null,
  protocol: 'static',
  metric: 1024,
  expiresSeconds: null,
  dead: false,
  ...rest,
})

const linkState = (name: string, mac: string | null) => ({
  name,
  mac,
  up: true,
  carrier: true,
  mtu: 1500,
  master: null,
})
const held = (link: string, address: Address, length: number, validSeconds: number | null = null) => ({
  link,
  address,
  length,
  scope: address.isLinkLocal() ? ('link' as const) : ('global' as const),
  tentative: false,
  dadFailed: false,
  deprecated: false,
  validSeconds,
})

/** Everything as bateau leaves it. `manager`: who configures the uplink. */
export function wellState(site: Site, manager: 'networkd' | 'kernel' = 'networkd'): HostState {
  const { uplink } = site.facts
  const { addressing, delivery } = site
  const gateway = gatewayOf(site)
  const announced = gateway === 'ra'
  const nextHop = delivery.kind === 'routed' ? delivery.nextHop : null
  return {
    host: site.name,
    clock: boot + uptime * 1_000,
    uptimeSeconds: uptime,
    bootId: 'b',
    manager,
    links: [
      linkState(uplink.name, uplink.mac),
      linkState(bridges.public, null),
      linkState(bridges.transit, null),
    ],
    addresses: [
      held(uplink.name, Address.eui64(Prefix.of('fe80::/64'), uplink.mac), 64),
      ...(announced ? [held(uplink.name, Address.eui64(slaac, uplink.mac), 64, 86_000)] : []),
      ...(nextHop ? [held(uplink.name, nextHop.address, nextHop.length)] : []),
      ...(addressing.service.equals(addressing.public.host)
        ? []
        : [held(uplink.name, addressing.service, 128)]),
      held(bridges.public, addressing.public.host, addressing.public.prefix.length),
      ...(addressing.transit
        ? [held(bridges.transit, addressing.transit.host, addressing.transit.prefix.length)]
        : []),
    ],
    routes: [
      announced
        ? route('::/0', { via: router, dev: uplink.name, protocol: 'ra', expiresSeconds: 27 })
        : route('::/0', { via: gateway, dev: uplink.name }),
      route(String(delivery.block), { type: 'unreachable', dev: 'lo', metric: 4096 }),
      ...addressing.tenants.map(({ prefix, via }) => route(String(prefix), { via, dev: bridges.transit })),
    ],
    neighbours: [
      { link: uplink.name, address: router, mac: '02:00:5e:00:00:01', state: 'reachable', router: true },
      { link: uplink.name, address: stray, mac: '02:00:5e:00:00:bd', state: 'stale', router: true },
    ],
    proxies: [],
    leases:
      delivery.kind === 'dhcpv6-pd'
        ? [
            {
              client: delivery.client,
              link: uplink.name,
              prefix: delivery.block,
              validSeconds: 170,
              preferredSeconds: 110,
            },
          ]
        : [],
    kernel: {
      'net/ipv6/conf/all/forwarding': '1',
      [`net/ipv6/conf/${uplink.name}/accept_ra`]: manager === 'kernel' ? '2' : '0',
      [`net/ipv6/conf/${uplink.name}/proxy_ndp`]: '1',
    },
    persisted: {
      'net/ipv6/conf/all/forwarding': { value: '1', file: '/etc/sysctl.d/60-bateau.conf' },
      ...(manager === 'kernel'
        ? { [`net/ipv6/conf/${uplink.name}/accept_ra`]: { value: '2', file: '/etc/sysctl.d/60-bateau.conf' } }
        : { [networkdAccepts]: { value: 'yes', file: '/etc/systemd/network/50-bateau.conf' } }),
    },
    units: Object.fromEntries(
      [...ownUnits(site, engineUnits), leaseUnit(site) ?? ''].map((unit) => [
        unit,
        { active: 'active', enabled: 'enabled' },
      ]),
    ),
    foreignDrops: [],
    firewall: firewallStep(site).files[0]?.text ?? null,
    heard: {
      routers: announced ? [{ router, secondsAgo: 40 }] : [],
      withdrawn: [],
      askedSeconds: 40,
      answeredSeconds: 40,
    },
    unread: {},
  }
}

export const wellWorld = (site: Site, manager: 'networkd' | 'kernel' = 'networkd'): HostWorld => ({
  state: wellState(site, manager),
  ping: true,
  own: 1,
  block: 1,
  answers: true,
  autonomous: true,
  strays: [String(stray)],
})

/** Every probe of the chain, over this world. */
export function lookAtWorld(site: Site, world: HostWorld, before?: HostState): Promise<CheckResult[]> {
  const { state } = world
  const now = () => new Date(boot + uptime * 1_000)
  const look = async () => ({ state, asked: now().getTime(), answered: now().getTime() })
  const heard = world.answers ? [heardRouter(world)] : []
  const memory = {
    ask: async () => heard,
    calm() {},
    passes: async (_: Shell, through: Address) => !world.strays.includes(String(through)),
  }
  const input = { site, shell: pinging(site, world), units: engineUnits, targets, now, memory }
  return runProbes(chainOf({ ...input, ...(before ? { before } : {}) }, look), { now })
}

/** A place where ping is answered as often as the world says. */
function pinging(site: Site, world: HostWorld): Shell {
  return {
    name: site.name,
    async run(argv) {
      if (!world.ping) return { code: 127, stdout: '', stderr: 'ping: not found' }
      const count = Number(argv[argv.indexOf('-c') + 1])
      const fromBlock = argv.includes('-I')
      const received = Math.floor(count * (fromBlock ? Math.min(world.own, world.block) : world.own))
      const stdout = `${count} packets transmitted, ${received} received, 0% packet loss, time 0ms\n`
      return { code: received > 0 ? 0 : 1, stdout, stderr: '' }
    },
  }
}

function heardRouter({ autonomous }: HostWorld): HeardRouter {
  return {
    router,
    mac: '02:00:5e:00:00:01',
    advertisement: {
      kind: 'router-advertisement',
      hopLimit: 64,
      managed: false,
      other: false,
      preference: 'medium',
      lifetime: 30,
      reachable: 0,
      retransmit: 0,
      options: [],
    },
    prefixes: [
      { option: 'prefix', prefix: slaac, onLink: true, autonomous, valid: 86_400, preferred: 14_400 },
    ],
    absurd: [],
  }
}

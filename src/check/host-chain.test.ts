// Holds the judgement of a server to one cause for one fault, whatever else follows from it, for each way a block arrives.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HostState, RouteState } from '../core/host-state.ts'
import { Address, Prefix } from '../core/prefix.ts'
import { bridges, type Site } from '../core/site.ts'
import { type TroubleCode, troubleCodes } from '../delivery/trouble/code.ts'
import { routedSite, site as delegated } from '../delivery/site.fixture.ts'
import { boot, type HostWorld, lookAtWorld, route, router, stray, wellWorld } from './host-world.fixture.ts'
import { findings } from './judge.ts'

/** Whose uplink ifupdown configures. */
const ofKernel = (site: Site): Site => ({
  ...site,
  facts: { ...site.facts, netplanId: null, uplinkManager: 'ifupdown' },
})
const staticSite = routedSite(Address.of('fe80::1'))
const hopSite: Site = {
  ...delegated,
  delivery: {
    kind: 'routed',
    block: delegated.delivery.block,
    gateway: 'ra',
    nextHop: { address: Address.of('2001:2:0:ff01::2'), length: 64 },
  },
}
const onLinkSite: Site = {
  ...delegated,
  delivery: { kind: 'on-link', block: delegated.delivery.block, gateway: 'ra', proxy: 'kernel' },
}
const uplink = delegated.facts.uplink.name
const [tenant] = delegated.addressing.tenants

type Manager = 'networkd' | 'kernel'
type Change = (world: HostWorld, site: Site) => HostWorld
type Fault = { code: TroubleCode; change: Change; site?: Site; manager?: Manager }

const state =
  (change: (state: HostState, site: Site) => Partial<HostState>): Change =>
  (world, site) => ({ ...world, state: { ...world.state, ...change(world.state, site) } })
const all =
  (...changes: Change[]): Change =>
  (world, site) =>
    changes.reduce((sum, change) => change(sum, site), world)
const without = (gone: (route: RouteState) => boolean) =>
  state(({ routes }) => ({ routes: routes.filter((one) => !gone(one)) }))
const isDefault = (one: RouteState) => one.to.length === 0
const noDefault = without(isDefault)
const noAddress = (gone: (address: string, link: string) => boolean) =>
  state(({ addresses }) => ({ addresses: addresses.filter((one) => !gone(String(one.address), one.link)) }))
const noSlaac = noAddress((address) => address.startsWith('2001:2:0:ff01:') && !address.endsWith('::2'))
const noService = noAddress((address) => address === String(delegated.addressing.service))
const noBlockRoute = without(({ type }) => type === 'unreachable')
const noLease = state(() => ({ leases: [] }))
const heard = (change: Partial<NonNullable<HostState['heard']>>) =>
  state(({ heard: before }) => ({ heard: before && { ...before, ...change } }))
const kernel = (key: string, value: string) =>
  state(({ kernel }) => ({ kernel: { ...kernel, [key]: value } }))
const unit = (name: string) =>
  state(({ units }) => ({ units: { ...units, [name]: { active: 'failed', enabled: 'enabled' } } }))
const link = (name: string, change: Partial<HostState['links'][number]>) =>
  state(({ links }) => ({ links: links.map((one) => (one.name === name ? { ...one, ...change } : one)) }))
const noLink = (name: string) =>
  all(
    state(({ links }) => ({ links: links.filter((one) => one.name !== name) })),
    noAddress((_, on) => on === name),
    without(({ dev }) => dev === name),
  )
const silent: Change = (world) => ({ ...world, own: 0, block: 0 })
const noAnswer: Change = all(
  (world) => ({ ...world, answers: false }),
  heard({ routers: [{ router, secondsAgo: 900 }] }),
)
/** All that systemd-networkd takes from a link that has no signal. */
const stripped = all(noDefault, noSlaac, noService, noBlockRoute, noLease, silent, noAnswer)
const strayRoute = state(({ routes }) => ({
  routes: [...routes, route('::/0', { via: stray, dev: uplink, protocol: 'ra', expiresSeconds: 1_700 })],
}))

/** What each fault does to a server, with all that follows from it at once. */
const faults: Record<string, Fault> = {
  'the uplink is switched off': {
    code: 'link-down',
    change: all(link(uplink, { up: false, carrier: false }), stripped),
  },
  'the cable is out': { code: 'link-no-carrier', change: all(link(uplink, { carrier: false }), stripped) },
  'NetworkManager took the uplink': {
    code: 'network-manager-fights',
    change: state(() => ({ manager: 'NetworkManager' })),
  },
  'the kernel listens beside networkd': {
    code: 'network-manager-fights',
    change: all(
      kernel(`net/ipv6/conf/${uplink}/accept_ra`, '2'),
      state(({ routes }) => ({
        routes: [
          ...routes,
          route('::/0', { via: router, dev: uplink, protocol: 'ra', metric: 512, expiresSeconds: 25 }),
        ],
      })),
    ),
  },
  'a service is down': { code: 'service-down', change: unit('mariadb.service') },
  'networkd is down and its lease ended': {
    code: 'service-down',
    change: all(unit('systemd-networkd.service'), noLease, (world) => ({ ...world, block: 0 })),
  },
  'the router said that it is one no more': {
    code: 'ra-silent',
    change: all(
      noDefault,
      silent,
      heard({ routers: [], withdrawn: [{ router, secondsAgo: 3 }] }),
      (world) => ({ ...world, answers: false }),
    ),
  },
  'advertisements ceased, and the route ended': {
    code: 'ra-silent',
    change: all(noDefault, silent, noAnswer),
  },
  'advertisements ceased, and the kernel has not yet swept the route': {
    code: 'ra-silent',
    change: all(
      state(({ routes }) => ({
        routes: routes.map((one) => (isDefault(one) ? { ...one, expiresSeconds: -4 } : one)),
      })),
      silent,
      noAnswer,
    ),
  },
  'addresses of the uplink flushed': {
    code: 'slaac-address-lost',
    change: all(noSlaac, noService, (world) => ({ ...world, block: 0 })),
  },
  'the next hop gone': {
    code: 'next-hop-lost',
    site: hopSite,
    change: all(
      noAddress((address) => address === '2001:2:0:ff01::2'),
      (world) => ({ ...world, block: 0 }),
    ),
  },
  'the lease gone, nobody asks': {
    code: 'lease-lost',
    change: all(noLease, heard({ askedSeconds: null, answeredSeconds: null }), (world) => ({
      ...world,
      block: 0,
    })),
  },
  'the DUID wrong': {
    code: 'lease-refused',
    change: all(noLease, heard({ askedSeconds: 9, answeredSeconds: 9 }), (world) => ({ ...world, block: 0 })),
  },
  'the DHCPv6 server away': {
    code: 'dhcpv6-silent',
    change: all(noLease, heard({ askedSeconds: 9, answeredSeconds: 190 }), (world) => ({
      ...world,
      block: 0,
    })),
  },
  'the lease not renewed': {
    code: 'lease-expiring',
    change: state(({ leases }) => ({
      leases: leases.map((one) => ({ ...one, preferredSeconds: 0, validSeconds: 30 })),
    })),
  },
  'another prefix delegated': {
    code: 'lease-other-prefix',
    change: all(
      state(({ leases }) => ({
        leases: leases.map((one) => ({ ...one, prefix: Prefix.of('2001:2:0:9900::/56') })),
      })),
      (world) => ({ ...world, block: 0 }),
    ),
  },
  'a smaller block delegated': {
    code: 'lease-other-prefix',
    change: state(({ leases }) => ({
      leases: leases.map((one) => ({ ...one, prefix: Prefix.of('2001:2:0:1100::/60') })),
    })),
  },
  'the default route deleted': { code: 'default-route-lost', change: all(noDefault, silent) },
  'the static default route deleted': {
    code: 'default-route-lost',
    site: staticSite,
    change: all(noDefault, silent),
  },
  'a stray router': {
    code: 'second-default-route',
    change: all(strayRoute, (world) => ({ ...world, own: 0.5 })),
  },
  'a stray router of high preference, whose route comes first': {
    code: 'second-default-route',
    change: all(
      state(({ routes }) => ({
        routes: [
          route('::/0', { via: stray, dev: uplink, protocol: 'ra', metric: 512, expiresSeconds: 1_700 }),
          ...routes,
        ],
      })),
      silent,
    ),
  },
  'a stray router beside a static gateway': {
    code: 'second-default-route',
    site: staticSite,
    change: strayRoute,
  },
  'a default route by a VPN only': {
    code: 'wrong-default-route',
    change: all(
      noDefault,
      silent,
      state(({ routes }) => ({ routes: [...routes, route('::/0', { dev: 'wg0' })] })),
    ),
  },
  'forwarding switched off': { code: 'forwarding-off', change: kernel('net/ipv6/conf/all/forwarding', '0') },
  'forwarding in no file': { code: 'forwarding-not-persisted', change: state(() => ({ persisted: {} })) },
  'accept_ra set back': {
    code: 'accept-ra-reset',
    manager: 'kernel',
    site: ofKernel(routedSite('ra')),
    change: all(kernel(`net/ipv6/conf/${uplink}/accept_ra`, '1'), noDefault, silent),
  },
  'accept_ra in no file': {
    code: 'accept-ra-not-persisted',
    manager: 'kernel',
    site: ofKernel(routedSite('ra')),
    change: state(({ persisted }) => ({
      persisted: {
        'net/ipv6/conf/all/forwarding': persisted['net/ipv6/conf/all/forwarding'] ?? { value: '1', file: '' },
      },
    })),
  },
  'networkd told to ignore routers': {
    code: 'accept-ra-not-persisted',
    change: state(({ persisted }) => ({
      persisted: {
        ...persisted,
        'networkd/IPv6AcceptRA': { value: 'no', file: '/etc/systemd/network/99.conf' },
      },
    })),
  },
  'the neighbour proxy off': {
    code: 'neighbour-proxy-off',
    site: onLinkSite,
    change: all(kernel(`net/ipv6/conf/${uplink}/proxy_ndp`, '0'), (world) => ({ ...world, block: 0 })),
  },
  'br-ex deleted': { code: 'bridge-missing', change: noLink(bridges.public) },
  'br-transit deleted, and its routes with it': { code: 'bridge-missing', change: noLink(bridges.transit) },
  'Open vSwitch down': {
    code: 'service-down',
    change: all(unit('ovs-vswitchd.service'), noLink(bridges.public), noLink(bridges.transit)),
  },
  "br-ex's address removed": {
    code: 'public-address-lost',
    change: noAddress((_, on) => on === bridges.public),
  },
  "br-transit's address removed, and its routes with it": {
    code: 'transit-address-lost',
    change: all(
      noAddress((_, on) => on === bridges.transit),
      without(({ dev }) => dev === bridges.transit),
    ),
  },
  'the service address removed': { code: 'service-address-lost', change: noService },
  'a tenant route removed': {
    code: 'tenant-route-lost',
    change: without(({ to }) => to.equals(tenant?.prefix ?? to)),
  },
  'the route for the rest removed': { code: 'block-route-lost', change: noBlockRoute },
  'the firewall flushed away': {
    code: 'firewall-missing',
    change: state(() => ({ firewall: null, heard: null })),
  },
  'the flood guard taken out': {
    code: 'flood-guard-missing',
    change: state(({ firewall }) => ({ firewall: firewall?.replaceAll(/^.*limit rate.*$/gm, '') ?? null })),
  },
  'a rule drops ICMPv6, and packets with it': {
    code: 'icmpv6-dropped',
    change: all(
      state(() => ({
        foreignDrops: [{ table: 'inet mine', chain: 'input', rule: 'icmpv6 type echo-reply drop' }],
      })),
      silent,
    ),
  },
  'the way out cut off beyond the server': { code: 'host-no-way-out', change: silent },
  'the block lost by the provider': {
    code: 'block-not-delivered',
    change: (world) => ({ ...world, block: 0 }),
  },
  '30 % loss': { code: 'lossy-path', change: (world) => ({ ...world, own: 0.7 }) },
  'ovn-controller stopped': { code: 'ovn-controller-down', change: unit('ovn-controller.service') },
  'the agent stopped': { code: 'agent-down', change: unit('bateau-agent.service') },
  'the clock an hour late': {
    code: 'clock-skewed',
    change: state(({ clock }) => ({ clock: clock - 3_600_000 })),
  },
}

const codesOf = async (site: Site, world: HostWorld): Promise<string[]> =>
  findings(await lookAtWorld(site, world))
    .filter(({ result }) => result.verdict === 'no')
    .map(({ fault }) => fault.code)
    .sort()

const kinds: readonly [string, Site, Manager][] = [
  ['a delegated block', delegated, 'networkd'],
  ['a routed block', routedSite('ra'), 'networkd'],
  ['a static gateway', staticSite, 'networkd'],
  ['a next hop', hopSite, 'networkd'],
  ['a block on the link', onLinkSite, 'networkd'],
  ['an uplink of the kernel', ofKernel(routedSite('ra')), 'kernel'],
  [
    'a delegated block by dhclient on an uplink of the kernel',
    ofKernel({
      ...delegated,
      delivery: { kind: 'dhcpv6-pd', block: delegated.delivery.block, duid: '', client: 'dhclient' },
    }),
    'kernel',
  ],
]

describe('a server where all is well', () => {
  it.each(kinds)('has every probe yes: %s', async (_, site, manager) => {
    const results = await lookAtWorld(site, wellWorld(site, manager))
    expect(results.filter(({ verdict }) => verdict !== 'yes')).toEqual([])
  })
})

describe('one fault is one finding, its own', () => {
  it.each(Object.entries(faults))(
    '%s',
    async (_, { code, change, site = delegated, manager = 'networkd' }) => {
      expect(await codesOf(site, change(wellWorld(site, manager), site))).toEqual([code])
    },
  )

  it('and every trouble of the catalogue has such a fault', () => {
    expect([...new Set(Object.values(faults).map(({ code }) => code))].sort()).toEqual(
      [...troubleCodes].sort(),
    )
  })

  const anywhere: readonly (keyof typeof faults)[] = [
    'the cable is out',
    'the uplink is switched off',
    'the service address removed',
    'forwarding switched off',
    "br-ex's address removed",
    'a tenant route removed',
    'the firewall flushed away',
    'the way out cut off beyond the server',
    'the block lost by the provider',
    'ovn-controller stopped',
  ]
  it.each(
    kinds.flatMap(([name, site, manager]) => anywhere.map((fault) => [fault, name, site, manager] as const)),
  )('%s, %s', async (fault, _, site, manager) => {
    const { change, code } = faults[fault] as Fault
    expect(await codesOf(site, change(wellWorld(site, manager), site))).toEqual([code])
  })
})

describe('two faults that have nothing to do with each other', () => {
  it.each([
    ['the DUID wrong', 'forwarding switched off'],
    ['the default route deleted', "br-ex's address removed"],
    ['advertisements ceased, and the route ended', 'the DHCPv6 server away'],
    ['the cable is out', 'ovn-controller stopped'],
    ['the clock an hour late', 'a tenant route removed'],
    ['a rule drops ICMPv6, and packets with it', 'a service is down'],
    ['the lease not renewed', 'the agent stopped'],
    ['br-ex deleted', 'a tenant route removed'],
    ['br-ex deleted', "br-transit's address removed, and its routes with it"],
  ])('are two findings: %s, %s', async (one, other) => {
    const [first, second] = [faults[one] as Fault, faults[other] as Fault]
    const world = all(first.change, second.change)(wellWorld(delegated), delegated)
    expect(await codesOf(delegated, world)).toEqual([first.code, second.code].sort())
  })
})

describe('what cannot be told', () => {
  it('is could-not-check: an address that is being checked for duplicates', async () => {
    const world = state(({ addresses }) => ({
      addresses: addresses.map((one) => (one.link === bridges.public ? { ...one, tentative: true } : one)),
    }))(wellWorld(delegated), delegated)
    const results = await lookAtWorld(delegated, world)
    expect(results.filter(({ verdict }) => verdict !== 'yes')).toMatchObject([
      { id: 'host/os1/network/public-segment', verdict: 'could-not-check' },
    ])
  })

  it('is could-not-check: parts that the server could not read', async () => {
    const world = state(() => ({
      firewall: null,
      heard: null,
      leases: [],
      unread: { filter: 'nft: timeout', leases: 'networkctl: timeout', units: 'systemctl: timeout' },
    }))(wellWorld(delegated), delegated)
    const results = await lookAtWorld(delegated, world)
    expect(results.filter(({ verdict }) => verdict === 'no')).toEqual([])
    expect(results.filter(({ verdict }) => verdict === 'could-not-check').map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'host/os1/network/firewall',
        'host/os1/network/delegation',
        'host/os1/network/icmpv6',
      ]),
    )
  })

  it('is could-not-check: a lease that was asked for a moment ago', async () => {
    const world = all(noLease, heard({ askedSeconds: 1, answeredSeconds: 1 }))(
      wellWorld(delegated),
      delegated,
    )
    expect(await codesOf(delegated, world)).toEqual([])
  })
})

describe('routers', () => {
  it('elsewhere of a higher metric are a person’s own way back in', async () => {
    const vpn = state(({ routes }) => ({ routes: [...routes, route('::/0', { dev: 'wg0', metric: 2048 })] }))
    expect(await codesOf(delegated, vpn(wellWorld(delegated), delegated))).toEqual([])
  })

  it('two that both pass packets on are the provider’s', async () => {
    const world = strayRoute({ ...wellWorld(delegated), strays: [] }, delegated)
    expect(await codesOf(delegated, world)).toEqual([])
  })

  it('the stray one of two is named for the repair', async () => {
    const results = await lookAtWorld(delegated, strayRoute(wellWorld(delegated), delegated))
    expect(results.find(({ id }) => id === 'host/os1/network/default-route')?.about).toMatchObject({
      stray: String(stray),
    })
  })

  it('no prefix announced for SLAAC is no trouble', async () => {
    const world = noSlaac({ ...wellWorld(delegated), autonomous: false }, delegated)
    expect(await codesOf(delegated, world)).toEqual([])
  })
})

describe('a clock', () => {
  it('that jumped between two looks is wrong, whatever this machine’s says', async () => {
    const well = wellWorld(delegated)
    const before = {
      ...well.state,
      clock: well.state.clock - 60_000,
      uptimeSeconds: well.state.uptimeSeconds - 10,
    }
    const results = await lookAtWorld(delegated, well, before)
    expect(results.find(({ id }) => id === 'host/os1/clock')).toMatchObject({
      verdict: 'no',
      seen: 'it has jumped: 50 s ahead of where it was',
    })
  })

  it('is not compared over a boot', async () => {
    const well = wellWorld(delegated)
    const results = await lookAtWorld(delegated, well, { ...well.state, bootId: 'a', clock: boot })
    expect(results.find(({ id }) => id === 'host/os1/clock')?.verdict).toBe('yes')
  })
})

describe('whatever goes wrong together', () => {
  it('nothing throws, what is yes is never blamed, and each trouble stands once', async () => {
    const changes = Object.values(faults).map(({ change }) => change)
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(changes, { maxLength: 6 }),
        fc.constantFrom(...kinds),
        async (chosen, [, site, manager]) => {
          const results = await lookAtWorld(site, all(...chosen)(wellWorld(site, manager), site))
          const named = findings(results).flatMap(({ result, follows }) => [result, ...follows])
          expect(named.every(({ verdict }) => verdict !== 'yes')).toBe(true)
          expect(new Set(named.map(({ id }) => id)).size).toBe(named.length)
          expect(named.length).toBe(results.filter(({ verdict }) => verdict !== 'yes').length)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('a server without ping', () => {
  it('could not be checked, rather than cut off', async () => {
    const results = await lookAtWorld(delegated, { ...wellWorld(delegated), ping: false })
    expect(results.filter(({ verdict }) => verdict !== 'yes')).toMatchObject([
      { id: 'host/os1/out', verdict: 'could-not-check', seen: expect.stringContaining('not found') },
      { id: 'host/os1/out-from-block', verdict: 'could-not-check' },
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { Address, Prefix } from '../core/prefix.ts'
import { edgeNetwork } from './edge-network.ts'
import { missing, namespaceScript, type SeenNamespace } from './namespace.ts'
import { radvdConfig } from './radvd.ts'
import { sampleInput, worldOf } from './sample-world.ts'
import type { EdgeDelivery } from './world.ts'

const world = worldOf()
const network = edgeNetwork(world)
const edge = network.find(({ name }) => name === world.edge.namespace)

describe('the edge', () => {
  it('routes a routed block to its server, and a delegated one nowhere until somebody leases it', () => {
    const to = (block: string) => edge?.routes.filter((route) => route.to === block)
    expect(to('2001:2:0:1000::/56')).toEqual([{ to: '2001:2:0:1000::/56', family: 6, metric: 4096 }])
    expect(to('2001:2:0:2000::/56')).toContainEqual({
      to: '2001:2:0:2000::/56',
      family: 6,
      via: 'fe80::ff:fe00:2',
      dev: 'seg1',
    })
  })

  it('shares no link with the internet but the one between them', () => {
    const cables = network
      .flatMap(({ links }) => links)
      .flatMap(({ kind }) => ('cable' in kind ? [kind.cable] : []))
    expect(cables.filter(({ namespace }) => namespace === world.internet.namespace)).toHaveLength(1)
  })

  it('has a campus behind it that knows of IPv4 alone', () => {
    const campus = network.find(({ name }) => name === world.campus.namespace)
    expect(campus?.sysctls).toEqual({
      'net.ipv6.conf.all.disable_ipv6': '1',
      'net.ipv6.conf.default.disable_ipv6': '1',
    })
    expect(campus?.routes).toEqual([{ to: 'default', family: 4, via: '198.19.254.1', dev: 'edge0' }])
    expect(campus?.links.flatMap(({ addresses }) => addresses)).toEqual(['198.19.254.2/24'])
  })

  it('is fe80::1 on every segment', () => {
    const segments = edge?.links.filter(({ kind }) => 'bridge' in kind)
    expect(segments?.map(({ addresses }) => addresses[0])).toEqual(['fe80::1/64', 'fe80::1/64'])
  })

  it.each([
    ['fe80::1', false],
    ['fe80::53', 'fe80::53/64'],
    ['2001:2:0:2000::1', '2001:2:0:2000::1/128'],
  ])('answers at the gateway %s that a course names', (gateway, extra) => {
    const delivery = {
      kind: 'routed' as const,
      block: Prefix.of('2001:2:0:2000::/56'),
      gateway: Address.of(gateway),
    }
    const [, router] = edgeNetwork(worldOf({ ...sampleInput, servers: [{ name: 'os1', delivery }] }))
    const segment = router?.links.find(({ name }) => name === 'seg0')
    expect(segment?.addresses.slice(3)).toEqual(extra === false ? [] : [extra])
  })
})

describe('what the router was told by hand', () => {
  const block = Prefix.of('2001:2:0:2000::/64')
  const routesFor = (delivery: EdgeDelivery) => {
    const one = worldOf({
      ...sampleInput,
      servers: [{ name: 'os1', mac: '02:00:00:00:00:01', delivery }],
    })
    const [, router, internet] = edgeNetwork(one)
    return {
      edge: (router?.routes ?? []).filter(({ dev }) => dev === 'seg0'),
      internet: (internet?.routes ?? []).map(({ to }) => to),
      radvd: radvdConfig(one),
    }
  }

  it('is a next hop on the segment, which the internet reaches too', () => {
    const nextHop = { address: Address.of('2001:2:0:fd00::2'), length: 64 }
    const seen = routesFor({ kind: 'routed', block, gateway: 'ra', nextHop })
    expect(seen.edge).toEqual([
      { to: '2001:2:0:fd00::2/128', family: 6, dev: 'seg0' },
      { to: `${block}`, family: 6, via: '2001:2:0:fd00::2', dev: 'seg0' },
    ])
    expect(seen.internet).toContain('2001:2:0:fd00::2/128')
  })

  it('is that an on-link block is all on the segment, announced or not', () => {
    const announced = routesFor({ kind: 'on-link', block, gateway: 'ra' })
    expect(announced.edge).toEqual([{ to: `${block}`, family: 6, dev: 'seg0' }])
    expect(announced.radvd).toContain(`prefix ${block} { AdvOnLink on; AdvAutonomous on; };`)
    expect(routesFor({ kind: 'on-link', block, gateway: Address.of('fe80::1') }).radvd).toBeNull()
  })

  it('is a single address where no block is given', () => {
    const seen = routesFor({ kind: 'slaac-only', block })
    expect(seen.edge).toEqual([{ to: '2001:2:0:2000:0:ff:fe00:1/128', family: 6, dev: 'seg0' }])
    expect(seen.radvd).toContain(`prefix ${block} `)
  })

  it('is found missing when it is gone', () => {
    const one = worldOf({
      ...sampleInput,
      servers: [{ name: 'os1', delivery: { kind: 'on-link', block, gateway: 'ra' } }],
    })
    const [, router] = edgeNetwork(one)
    if (!router) throw new Error('there is an edge')
    const only = { ...router, links: [], routes: router.routes.filter(({ dev }) => dev === 'seg0') }
    const names = [{ ifalias: router.mark }]
    const there = { dst: `${block}`, dev: 'seg0' }
    expect(missing(only, { names, links: [], routes: [there] })).toEqual([])
    expect(missing(only, { names, links: [], routes: [{ ...there, dev: 'seg1' }] })).toHaveLength(1)
  })
})

describe('the script', () => {
  it('touches no namespace but its own, and makes no cable in the machine', () => {
    const names = network.map(({ name }) => name)
    for (const line of namespaceScript(network).split('\n')) {
      const named = /(?:ip -n|netns add|--net=\/run\/netns\/|peer name \S+ netns) ?(\S+)/.exec(line)
      if (/^(ip|\[|nsenter)/.test(line)) expect(names).toContain(named?.[1])
    }
  })
})

describe('what is missing', () => {
  const seen: SeenNamespace = {
    names: [{ ifalias: world.mark }],
    links: (edge?.links ?? []).map(({ name, addresses }) => ({
      ifname: name,
      addr_info: addresses.map((address) => {
        const [local = '', length] = address.split('/')
        return { local, prefixlen: Number(length) }
      }),
    })),
    routes: (edge?.routes ?? []).map(({ to, via }) =>
      via === undefined ? { dst: to, type: 'unreachable' } : { dst: to, gateway: via },
    ),
  }
  const found = (change: Partial<SeenNamespace>) =>
    edge ? missing(edge, { ...seen, ...change }) : ['no edge']

  it('is nothing when everything is as described, whatever else is there', () => {
    expect(found({ links: [...seen.links, { ifname: 'port0', addr_info: [] }] })).toEqual([])
  })
  it('is the mark of a namespace that somebody else made', () => {
    expect(found({ names: [{}] })).toEqual(['mark of bateau-course-edge'])
  })
  it('is a link, an address or a route that is gone', () => {
    expect(found({ links: seen.links.slice(1) })).toEqual(['bateau-course-edge: inet0'])
    const bare = seen.links.map((link) =>
      link.ifname === 'seg1' ? { ...link, addr_info: link.addr_info.slice(1) } : link,
    )
    expect(found({ links: bare })).toEqual(['bateau-course-edge: fe80::1/64 on seg1'])
    expect(found({ routes: seen.routes.filter(({ type }) => type !== 'unreachable') })).toHaveLength(2)
  })
  it('is a route whose next hop is another', () => {
    const astray = seen.routes.map((route) =>
      route.gateway === 'fe80::ff:fe00:2' ? { ...route, gateway: 'fe80::bad' } : route,
    )
    expect(found({ routes: astray })).toEqual(['bateau-course-edge: route to 2001:2:0:2000::/56'])
  })
})

describe('announcing', () => {
  it('names each announced segment and its own /64, and the lifetime outlasts the interval', () => {
    const text = radvdConfig(world) ?? ''
    expect([...text.matchAll(/^interface (\S+) \{/gm)].map(([, name]) => name)).toEqual(['seg0', 'seg1'])
    expect([...text.matchAll(/prefix (\S+) /g)].map(([, prefix]) => prefix)).toEqual([
      '2001:2:0:ff01::/64',
      '2001:2:0:ff02::/64',
    ])
    const number = (key: string) => Number(new RegExp(`${key} (\\d+);`).exec(text)?.[1])
    expect(number('AdvDefaultLifetime')).toBeGreaterThan(number('MaxRtrAdvInterval'))
  })

  it('is left out where every course names its gateway', () => {
    const delivery = {
      kind: 'routed' as const,
      block: Prefix.of('2001:2:0:2000::/56'),
      gateway: Address.of('fe80::1'),
    }
    expect(radvdConfig(worldOf({ ...sampleInput, servers: [{ name: 'os1', delivery }] }))).toBeNull()
  })
})

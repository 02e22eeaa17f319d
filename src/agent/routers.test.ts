import { describe, expect, it } from 'vitest'
import { Address, Prefix } from '../core/prefix.ts'
import { site } from '../delivery/site.fixture.ts'
import { ownRoutes, routeDifference, routesOfRouters } from './routers.ts'

/** What ovsdb-client query printed on a server with Neutron 2025.1 and the router of one class. */
const recorded = `[{"rows":[{"name":"neutron-d387dc2b-7f2e-4cf9-b36d-4716948f3ec7","ports":["set",[["uuid","099ccdd3-67da-4041-9dc2-05a8d549fd8a"],["uuid","6f7a2aec-0abe-41c9-bff7-2d7c814fcc4e"]]]}]},{"rows":[{"_uuid":["uuid","6f7a2aec-0abe-41c9-bff7-2d7c814fcc4e"],"networks":"2001:2:0:1102::a/64"},{"_uuid":["uuid","099ccdd3-67da-4041-9dc2-05a8d549fd8a"],"networks":"2001:2:0:1180::1/64"}]}]`

/** The same with a tenant's router and its two networks, of which one is IPv4's, and a router without a gateway. */
const tenants = `[{"rows":[{"name":"neutron-0f7c2f2e-8f0c-4c8c-9a57-2a4a3c7f6d11","ports":["set",[["uuid","11111111-0000-4000-8000-000000000001"],["uuid","11111111-0000-4000-8000-000000000002"]]]},{"name":"neutron-5b0b6a3e-1d2e-4a53-8b43-7f2d3f0c9e22","ports":["uuid","11111111-0000-4000-8000-000000000003"]}]},{"rows":[{"_uuid":["uuid","11111111-0000-4000-8000-000000000001"],"networks":"2001:2:0:1102::a3/64"},{"_uuid":["uuid","11111111-0000-4000-8000-000000000002"],"networks":["set",["10.0.0.1/24","2001:2:0:11a0::1/64"]]},{"_uuid":["uuid","11111111-0000-4000-8000-000000000003"],"networks":"2001:2:0:11a1::1/64"}]}]`

const via = Address.of('2001:2:0:1102::a3')
const behind = Prefix.of('2001:2:0:11a0::/64')
const [tenant] = site.addressing.tenants
const router = 'neutron-0f7c2f2e-8f0c-4c8c-9a57-2a4a3c7f6d11'

describe('the routers of tenants', () => {
  it('lead to a route for each network behind one with a gateway on the transit segment', () => {
    expect(routesOfRouters(site, tenants)).toEqual([{ to: behind, via, router }])
  })

  it('of the plan itself lead to the route that networkd has, so the agent makes none', () => {
    const wanted = routesOfRouters(site, recorded)
    expect(wanted).toMatchObject([{ to: tenant?.prefix, via: tenant?.via }])
    expect(routeDifference(site, [], wanted ?? [])).toEqual({ add: [], remove: [] })
  })

  it('of seats’ own are routed by the range that the plan has for their router', () => {
    const range = { name: 'own-g1', group: 'g1', prefix: Prefix.of('2001:2:0:11a0::/60'), via }
    const planned = { ...site, addressing: { ...site.addressing, own: [range] } }
    const wanted = [{ to: behind, via, router }]
    expect(routeDifference(planned, [{ to: behind, via }], wanted)).toEqual({
      add: [],
      remove: [{ to: behind, via }],
    })
    const elsewhere = [{ to: behind, via: Address.of('2001:2:0:1102::a4'), router }]
    expect(routeDifference(planned, [], elsewhere).add).toEqual(elsewhere)
  })

  it('lead to none outside the pool, and to none for a block without a transit segment', () => {
    const outside = tenants.replaceAll('2001:2:0:11a0::', '2001:db8:0:11a0::')
    expect(routesOfRouters(site, outside)).toEqual([])
    const small = { ...site, addressing: { ...site.addressing, transit: null, pool: null, tenants: [] } }
    expect(routesOfRouters(small, tenants)).toEqual([])
  })

  it.each(['', 'ovsdb-client: failed', '{}', '[]', '[{"error":"x"},{}]', '[null,null]', '[{"rows":[]}]'])(
    'are unknown after an answer like %j, which is not the same as none',
    (answer) => {
      expect(routesOfRouters(site, answer)).toBeUndefined()
    },
  )

  it('are none when OVN knows none', () => {
    expect(routesOfRouters(site, '[{"rows":[]},{"rows":[]}]')).toEqual([])
  })

  it('whose rows are odd are left out', () => {
    const odd =
      '[{"rows":[{"name":7,"ports":["set",[["uuid"],7]]},{}]},{"rows":[{"_uuid":7,"networks":["set",["x/64","::1/999",{}]]},{}]}]'
    expect(routesOfRouters(site, odd)).toEqual([])
  })
})

describe('the difference to the kernel', () => {
  const wanted = [{ to: behind, via, router }]
  const other = Address.of('2001:2:0:1102::b7')

  it('adds what is not there, and nothing when it is', () => {
    expect(routeDifference(site, [], wanted)).toEqual({ add: wanted, remove: [] })
    expect(routeDifference(site, [{ to: behind, via }], wanted)).toEqual({ add: [], remove: [] })
  })

  it('removes a route of ours whose router is gone, and moves one whose gateway changed', () => {
    const old = { to: behind, via: other }
    expect(routeDifference(site, [old], [])).toEqual({ add: [], remove: [old] })
    expect(routeDifference(site, [old], wanted)).toEqual({ add: wanted, remove: [old] })
  })

  it('leaves the networks of the plan to networkd', () => {
    if (!tenant) throw new Error('the fixture has a tenant network')
    const planned = { to: tenant.prefix, via: Address.of('2001:2:0:1102::99') }
    const claimed = [{ ...planned, router }]
    expect(routeDifference(site, [], claimed)).toEqual({ add: [], remove: [] })
    expect(routeDifference(site, [planned], claimed).remove).toEqual([planned])
  })

  it('takes the same one of two routers that claim a prefix, in whatever order they come', () => {
    const [a, b] = [
      { to: behind, via, router: 'neutron-a' },
      { to: behind, via: other, router: 'neutron-b' },
    ]
    expect(routeDifference(site, [], [b, a])).toEqual(routeDifference(site, [], [a, b]))
    expect(routeDifference(site, [], [b, a]).add).toEqual([a])
  })

  it('knows its own routes from what ip prints, and takes nothing else for one', () => {
    const printed = `2001:2:0:11a0::/64 via 2001:2:0:1102::a3 metric 1024 onlink pref medium
unreachable 2001:2:0:11a1::/64 dev lo metric 1024
2001:2:0:11a2::/64 metric 1024 pref medium
Error: no such device
`
    expect(ownRoutes(printed)).toEqual([{ to: behind, via }])
  })
})

import { expect, it } from 'vitest'
import type { NeighbourState } from '../core/host-state.ts'
import { Address, Prefix } from '../core/prefix.ts'
import type { Site } from '../core/site.ts'
import { site } from './site.fixture.ts'
import { wantedProxies } from './wanted-proxies.ts'

const block = Prefix.of('2001:db8:64::/64')
const onLink = (proxy: 'kernel' | 'ndppd'): Site => ({
  ...site,
  delivery: { kind: 'on-link', block, gateway: 'ra', proxy },
  addressing: {
    ...site.addressing,
    block,
    service: block.host(1),
    public: { prefix: block, host: block.host(1) },
    transit: null,
    pool: null,
    tenants: [],
  },
})
const neighbour = (address: string, state: string, link = 'br-ex'): NeighbourState => ({
  link,
  address: Address.of(address),
  mac: '02:00:5e:10:00:01',
  state,
  router: false,
})
const neighbours = [
  neighbour('2001:db8:64::b', 'stale'),
  neighbour('2001:db8:64::a', 'reachable'),
  neighbour('2001:db8:64::a', 'reachable'),
  neighbour('2001:db8:64::dead', 'failed'),
  neighbour('fe80::5eff:fe10:1', 'reachable'),
  neighbour('2001:db8:65::1', 'reachable'),
  neighbour('2001:db8:64::c', 'reachable', 'eno1'),
]

it('are the living neighbours of the public segment, each once', () => {
  expect(wantedProxies(onLink('kernel'), { neighbours }).map(String)).toEqual([
    '2001:db8:64::a',
    '2001:db8:64::b',
  ])
})

it('are none where ndppd answers, or nobody need', () => {
  expect(wantedProxies(onLink('ndppd'), { neighbours })).toEqual([])
  expect(wantedProxies(site, { neighbours })).toEqual([])
})

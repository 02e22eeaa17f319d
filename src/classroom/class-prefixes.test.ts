// Holds what the jump host may reach in a cloud of others to what is the class's: its mark, its projects, the direct network.
import { expect, it } from 'vitest'
import type { Cloud } from '../cloud/open.ts'
import { classPrefixes } from './class-prefixes.ts'

const subnet = (
  network_id: string,
  project_id: string,
  cidr: string,
  gateway_ip: string | null = null,
  pool = 'pool',
) => ({
  id: cidr,
  name: '',
  tags: [],
  network_id,
  project_id,
  cidr,
  gateway_ip,
  subnetpool_id: pool === '' ? null : pool,
})
const cloud = {
  identity: {
    projects: () =>
      Promise.resolve([
        { id: 'p-ada', name: 'cloud-ada', description: 'bateau:cloud seat' },
        { id: 'p-other', name: 'other', description: 'bateau:cloudy seat' },
      ]),
  },
  network: {
    networks: () =>
      Promise.resolve([
        { id: 'n-class', name: 'class-g1', description: 'bateau:cloud', tags: [] },
        { id: 'n-wide', name: 'mine', description: 'bateau:cloud', tags: ['bateau:cloud'] },
        { id: 'n-direct', name: 'public', description: '', tags: [] },
      ]),
    subnets: () =>
      Promise.resolve([
        subnet('n-class', 'p-admin', '2001:db8:1::/64', '2001:db8:1::1'),
        subnet('n-own', 'p-ada', '2001:db8:2::/64'),
        subnet('n-own', 'p-ada', '192.0.2.0/24', '192.0.2.1'),
        subnet('n-direct', 'p-admin', '2001:db8:3::/64', 'fe80::1', ''),
        subnet('n-theirs', 'p-other', '2001:db8:4::/64'),
        subnet('n-wide', 'p-ada', '2000::/3', '2001:db8:2::7', ''),
        subnet('n-own-pool', 'p-ada', '2001:db8:ffff::/48', null, 'pool-of-ada'),
      ]),
  },
} as unknown as Cloud

it('is its networks and those of its projects, in IPv6, and nobody else’s', async () => {
  const { prefixes, gateways } = await classPrefixes(cloud, 'cloud', { direct: null, pool: 'pool' })
  expect(prefixes.map(String)).toEqual(['2001:db8:1::/64', '2001:db8:2::/64'])
  expect(gateways.map(String)).toEqual(['2001:db8:1::1'])
})

it('is not what a student writes into a subnet, whatever its mark: only what the pool gave', async () => {
  const { prefixes, gateways } = await classPrefixes(cloud, 'cloud', { direct: null, pool: 'pool' })
  expect([...prefixes, ...gateways].map(String)).toEqual([
    '2001:db8:1::/64',
    '2001:db8:2::/64',
    '2001:db8:1::1',
  ])
  expect((await classPrefixes(cloud, 'cloud', { direct: null, pool: null })).prefixes).toEqual([])
})

it('is the direct network too, where the course lets instances on it', async () => {
  const { prefixes } = await classPrefixes(cloud, 'cloud', { direct: 'n-direct', pool: 'pool' })
  expect(prefixes.map(String)).toContain('2001:db8:3::/64')
})

import { expect, it } from 'vitest'
import { Prefix } from '../core/prefix.ts'
import { Secret } from '../core/secret.ts'
import { keaConfig } from './kea.ts'
import { sampleDuid, sampleInput, worldOf } from './sample-world.ts'
import { usualTiming } from './world.ts'

type Config = {
  Dhcp6: {
    'interfaces-config': { interfaces: string[] }
    subnet6: { interface: string; reservations: unknown[]; 'pd-pools'?: unknown; pools?: unknown }[]
  }
}
const read = (text: Secret | null) => JSON.parse(text?.reveal() ?? '{}') as Config

it('a block is reserved for its DUID on the segment of its server, and no pool is there for anybody else', () => {
  const { Dhcp6 } = read(keaConfig(worldOf()))
  expect(Dhcp6['interfaces-config'].interfaces).toEqual(['seg0'])
  expect(Dhcp6.subnet6).toHaveLength(1)
  const [subnet] = Dhcp6.subnet6
  expect(subnet?.interface).toBe('seg0')
  expect(subnet?.reservations).toEqual([{ duid: sampleDuid, prefixes: ['2001:2:0:1000::/56'] }])
  expect(subnet?.['pd-pools'] ?? subnet?.pools).toBeUndefined()
})

it('a DUID is spelled as Kea reads it, however the provider shows it', () => {
  for (const shown of ['00030001DEADBEEF0011', '00-03-00-01-de-ad-be-ef-00-11', sampleDuid]) {
    const delivery = {
      kind: 'dhcpv6-pd' as const,
      block: Prefix.of('2001:2:0:1000::/56'),
      duid: new Secret(shown),
    }
    const config = read(keaConfig(worldOf({ ...sampleInput, servers: [{ name: 'os1', delivery }] })))
    expect(config.Dhcp6.subnet6[0]?.reservations).toMatchObject([{ duid: sampleDuid }])
  }
})

it('there is no Kea where nothing is delegated', () => {
  expect(keaConfig(worldOf({ ...sampleInput, servers: sampleInput.servers.slice(1) }))).toBeNull()
})

it('times are those of the world', () => {
  const lease = { preferred: 5, valid: 8, renew: 2, rebind: 4 }
  expect(read(keaConfig(worldOf({ ...sampleInput, timing: { lease } })))).toMatchObject({
    Dhcp6: { 'preferred-lifetime': 5, 'valid-lifetime': 8, 'renew-timer': 2, 'rebind-timer': 4 },
  })
})

it('blocks of /48, /56 and /64 each have a DUID of their own', () => {
  const servers = ['2001:db8:48::/48', '2001:db8:56::/56', '2001:db8:64::/64'].map((block, i) => ({
    name: `os${i}`,
    delivery: {
      kind: 'dhcpv6-pd' as const,
      block: Prefix.of(block),
      duid: new Secret(`00:03:00:01:de:ad:be:ef:00:0${i}`),
    },
  }))
  const { subnet6 } = read(keaConfig(worldOf({ ...sampleInput, servers }))).Dhcp6
  expect(subnet6.map(({ reservations }) => reservations)).toEqual(
    servers.map(({ delivery }) => [{ duid: delivery.duid.reveal(), prefixes: [delivery.block.toString()] }]),
  )
})

it('the configuration does not show itself', () => {
  expect(String(keaConfig(worldOf()))).not.toContain('de:ad')
})

it('times come in the order that RFC 8415 asks for', () => {
  const { lease } = usualTiming
  const times = [lease.renew, lease.rebind, lease.preferred, lease.valid]
  expect(times.toSorted((a, b) => a - b)).toEqual(times)
})

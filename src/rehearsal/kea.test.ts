import { expect, it } from 'vitest'
import { Prefix } from '../core/prefix.ts'
import { Secret } from '../core/secret.ts'
import { keaConfig, lease } from './kea.ts'
import { sampleDuid, sampleInput, worldOf } from './sample-world.ts'

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

it('the configuration does not show itself', () => {
  expect(String(keaConfig(worldOf()))).not.toContain('de:ad')
})

it('times come in the order that RFC 8415 asks for', () => {
  const times = [lease.renew, lease.rebind, lease.preferred, lease.valid]
  expect(times.toSorted((a, b) => a - b)).toEqual(times)
})

// Decides which records a class has: addresses of its hosts, and the way back from an address to its name.
// Leaves who the hosts are to deploy/.
import { isIPv4 } from 'node:net'
import { Address } from '../core/prefix.ts'
import { below, reverseName, type Rrset, rrsetsOf } from './record.ts'

/** A host that gets a name: a cloud, an instance, the jump host. */
export type NamedHost = {
  /** Below the zone: `os1`, `vm1.alice`. */
  name: string
  /** IPv4 and IPv6. */
  addresses: readonly string[]
}

export function addressRecords(hosts: readonly NamedHost[], ttl: number): Rrset[] {
  return rrsetsOf(
    hosts.flatMap(({ name, addresses }) =>
      addresses.map((data) => ({ name, type: isIPv4(data) ? ('A' as const) : ('AAAA' as const), ttl, data })),
    ),
  )
}

/** Of the IPv6 addresses that are in the reverse zone. Of an address with several names the first one is it. */
export function pointerRecords(
  hosts: readonly NamedHost[],
  zones: { zone: string; reverse: string },
  ttl: number,
): Rrset[] {
  const taken = new Set<string>()
  const records = hosts.flatMap(({ name, addresses }) =>
    addresses.flatMap((text) => {
      const address = Address.parse(text)
      const at = address.ok ? below(reverseName(address.value), zones.reverse) : null
      if (at === null || taken.has(at)) return []
      taken.add(at)
      return [{ name: at, type: 'PTR' as const, ttl, data: `${name}.${zones.zone}.` }]
    }),
  )
  return rrsetsOf(records)
}

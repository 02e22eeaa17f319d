// Decides which DHCPv6 client a server uses for its delegated block, when the course file does not say.
// Leaves how each is set up to delivery/.
import type { Delivery, HostFacts } from '../core/site.ts'

export type Client = Extract<Delivery, { kind: 'dhcpv6-pd' }>['client']

/**
 * systemd.network(5): [DHCPv6] UseDelegatedPrefix= came with 250, and 249 (Ubuntu 22.04) asks for an address instead of
 * a prefix (systemd issue 29151).
 */
export const oldestNetworkd = 250

/** networkd where it has the uplink and can ask; dhclient where it asks already; dhcpcd otherwise. */
export function adviseClient(facts: HostFacts): Client {
  if (facts.dhclient) return 'dhclient'
  return networkdObjections(facts) === null ? 'networkd' : 'dhcpcd'
}

/** Why networkd cannot hold the block on this server; null when it can. */
export function networkdObjections(facts: HostFacts): string | null {
  if (facts.uplinkManager === 'ifupdown')
    return `ifupdown configures ${facts.uplink.name}, and the kernel listens to router advertisements there: with networkd two would listen, and each would make a default route`
  if (facts.systemd > 0 && facts.systemd < oldestNetworkd)
    return `systemd ${facts.systemd} asks for an address instead of a prefix; ${oldestNetworkd} is the first that can`
  return null
}

// Decides what is said when the delegation of the block (RFC 8415) is not as it must be.
// Leaves what the server has from router advertisements to link and address.
import type { Site } from '../../core/site.ts'
import { linkTroubles, onHost, uplinkOf, type TroubleKind } from './kind.ts'

const block = (site: Site) => String(site.delivery.block)
const under = [...linkTroubles, 'network-manager-fights', 'service-down', 'icmpv6-dropped'] as const
/** How to ask once more by hand. */
const again = (site: Site) => {
  if (site.delivery.kind === 'dhcpv6-pd' && site.delivery.client !== 'networkd')
    return onHost(site, `systemctl restart the unit of ${site.delivery.client}`)
  return onHost(site, `networkctl reconfigure ${uplinkOf(site)}`)
}

export const leaseKinds = {
  'lease-lost': {
    title: (site) => `${site.name} holds no delegation of ${block(site)}`,
    why: () =>
      'the block follows the lease: without one the provider routes it nowhere, and no instance can be reached',
    fix: (site) =>
      `${again(site)}; when nothing comes within two minutes, compare the DUID with the provider's console`,
    under,
  },
  'lease-refused': {
    title: (site) => `the provider refuses ${block(site)} to the DUID of ${site.name}`,
    why: (site) =>
      `its DHCPv6 server answers, and delegates nothing: the DUID on ${site.name} is not the one of this block, or the block is meant for another server`,
    fix: (site) =>
      `copy the DUID of ${block(site)} from the provider's console, whole, to where the course file names it; then bateau up`,
    under,
  },
  'dhcpv6-silent': {
    title: (site) => `nobody answers the DHCPv6 requests of ${site.name}`,
    why: () =>
      "the provider's DHCPv6 server is down, or has shut this port for flooding; the block stays unreachable until it answers",
    fix: (site) =>
      `wait: the client goes on asking, more and more rarely. After half an hour ask the provider whether the port of ${site.name} was blocked for DHCPv6; then ${again(site)}`,
    under,
  },
  'lease-expiring': {
    title: (site) => `the delegation of ${block(site)} to ${site.name} is not renewed`,
    why: () =>
      'its preferred lifetime is over (RFC 8415 section 18.2.5: by then it should have been rebound); when the valid lifetime ends, the block is gone',
    fix: (site) => `${again(site)}; then ask the provider about its DHCPv6 server`,
    under,
  },
  'lease-other-prefix': {
    title: (site) => `the provider delegates another prefix than ${block(site)} to ${site.name}`,
    why: () =>
      'every address of the cloud is of the planned block; the provider has changed the block, or the DUID is of another one',
    fix: (site) =>
      `compare ${block(site)} with the provider's console; if it has changed for good, write the new block in the course file and run bateau plan`,
    under,
  },
} satisfies Record<string, TroubleKind>

// Decides what a server needs whose block lies on the provider's segment: it answers neighbour discovery for its instances.
// Leaves answering to ndppd, or to the kernel with entries that the agent keeps (wanted-proxies).
import type { Delivery, Site } from '../core/site.ts'
import { shell } from '../core/step.ts'
import { section } from '../render/systemd-unit.ts'
import { ndppd } from './ndppd.ts'
import { defaultRoute } from './routed.ts'
import type { UplinkPart } from './uplink-part.ts'

export function onLink(site: Site, delivery: Extract<Delivery, { kind: 'on-link' }>): UplinkPart {
  const { block, gateway, proxy } = delivery
  const uplink = site.facts.uplink.name
  const route = defaultRoute(site, gateway)
  return {
    because: `${block} lies on the provider's segment, and ${site.name} answers there for its instances`,
    gateway,
    addresses: [],
    networkd: {
      network: [],
      // The block is behind br-ex, not on the uplink, whatever the announcement says.
      sections: gateway === 'ra' ? [section('IPv6AcceptRA', ['UseOnLinkPrefix', false])] : [],
    },
    program: proxy === 'ndppd' ? ndppd(site) : null,
    arrive: route.arrive,
    verify: [
      ...route.verify,
      ...(proxy === 'kernel' ? [shell(`test "$(cat /proc/sys/net/ipv6/conf/${uplink}/proxy_ndp)" = 1`)] : []),
    ],
  }
}

// Decides what a server needs to which the provider routes the block: to its link-local address (Elastic Metal, Hetzner), or to one that it is given.
// Leaves the block's use to segments.
import type { Address } from '../core/prefix.ts'
import type { Delivery, Site } from '../core/site.ts'
import type { Command } from '../core/step.ts'
import { prints, waitFor, type UplinkPart } from './uplink-part.ts'

/** An RA at most every 1800 s (RFC 4861 section 6.2.1), but a solicitation is answered within seconds. */
const patienceSeconds = 30

export function routed(site: Site, delivery: Extract<Delivery, { kind: 'routed' }>): UplinkPart {
  const { block, gateway, nextHop } = delivery
  return {
    because: `the provider routes ${block} to ${nextHop ? `${nextHop.address} on ${site.name}` : site.name}, whose default route is ${gateway === 'ra' ? 'announced' : `by ${gateway}`}`,
    gateway,
    addresses: nextHop ? [`${nextHop.address}/${nextHop.length}`] : [],
    networkd: { network: [], sections: [] },
    program: null,
    ...defaultRoute(site, gateway),
  }
}

/** Waits for the way out, and finds it again. */
export function defaultRoute(site: Site, gateway: 'ra' | Address): { arrive: Command; verify: Command[] } {
  const uplink = site.facts.uplink.name
  const route = `ip -6 route show default dev ${uplink} ${gateway === 'ra' ? 'proto ra' : `via ${gateway}`}`
  const missing =
    gateway === 'ra'
      ? `no router announces itself on ${uplink}`
      : `the default route by ${gateway} does not stand on ${uplink}`
  return {
    arrive: waitFor(
      `the IPv6 default route on ${uplink}`,
      `${route} | grep -q .`,
      patienceSeconds,
      `${missing}: compare ipv6.gateway in the course file with the provider's console`,
    ),
    verify: [prints(route), prints(`ip -6 route show type unreachable exact ${site.delivery.block}`)],
  }
}

// Decides what a server needs to whose link-local address the provider routes the block (Elastic Metal, Hetzner).
// Leaves the block's use to segments.
import type { Address } from '../core/prefix.ts'
import type { Site } from '../core/site.ts'
import { section } from '../render/systemd-unit.ts'
import { blackhole, waitFor, type UplinkPart } from './uplink.ts'

/** An RA at most every 1800 s (RFC 4861 section 6.2.1), but a solicitation is answered within seconds. */
const patienceSeconds = 30

export function routed(site: Site, gateway: 'ra' | Address): UplinkPart {
  const uplink = site.facts.uplink.name
  const { block } = site.delivery
  const own = gateway === 'ra' ? 'proto ra' : `via ${gateway}`
  const route = `ip -6 route show default dev ${uplink} ${own}`
  const missing =
    gateway === 'ra'
      ? `no router announces itself on ${uplink}`
      : `the default route by ${gateway} does not stand on ${uplink}`
  return {
    because: `the provider routes ${block} to ${site.name}, whose default route is ${gateway === 'ra' ? 'announced' : `by ${gateway}`}`,
    network: gateway === 'ra' ? [['IPv6AcceptRA', true]] : [],
    sections: [
      ...(gateway === 'ra'
        ? []
        : // On-link: a gateway outside every prefix of the link (fe80::1 at Hetzner) is reached all the same.
          [section('Route', ['Gateway', String(gateway)], ['GatewayOnLink', true])]),
      ...blackhole(block),
    ],
    arrive: waitFor(
      `the IPv6 default route on ${uplink}`,
      `${route} | grep -q .`,
      patienceSeconds,
      `${missing}: compare delivery.gateway in the course file with the provider's console`,
    ),
    verify: [
      { argv: ['sh', '-c', `${route} | grep -q .`] },
      { argv: ['sh', '-c', `ip -6 route show type unreachable exact ${block} | grep -q .`] },
    ],
  }
}

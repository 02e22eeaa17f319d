// Decides what of a server's own IPv6 state is taken away under its feet: an address, a route, a kernel parameter, a rule.
// Leaves the files that say how it should be as they are.
import { bridges } from '../../core/site.ts'
import { type FaultPlaces, scripted } from '../fault.ts'

const uplink = ({ site }: FaultPlaces) => site.facts.uplink.name

/** What networkd (or the kernel, at the next advertisement) makes of its files: the way back of what was deleted. */
const anew = (link: string) => `networkctl reconfigure ${link}`

export const slaacFlushed = scripted(
  "the uplink's addresses from router advertisements are flushed",
  'host',
  (places) =>
    `ip -6 addr flush dev ${uplink(places)} to ${places.server.uplink} scope global
! ip -6 addr show dev ${uplink(places)} to ${places.server.uplink} | grep -q inet6`,
)

export const defaultRouteDeleted = scripted(
  'the IPv6 default route is deleted',
  'host',
  () => `while ip -6 route del default 2>/dev/null; do :; done`,
)

export const publicAddressRemoved = scripted(
  "the host's address on br-ex is removed",
  'host',
  ({ site }) =>
    `ip -6 addr del ${site.addressing.public.host}/${site.addressing.public.prefix.length} dev ${bridges.public}`,
  ({ site }) =>
    `ip -6 addr show dev ${bridges.public} to ${site.addressing.public.host} | grep -q . || ${anew(bridges.public)}`,
)

export const serviceAddressRemoved = scripted(
  'the address of API and dashboard is removed',
  'host',
  (places) => `ip -6 addr del ${places.site.addressing.service}/128 dev ${uplink(places)}`,
  (places) =>
    `ip -6 addr show dev ${uplink(places)} to ${places.site.addressing.service} | grep -q . || ${anew(uplink(places))}`,
)

export const tenantRouteRemoved = scripted(
  'the route to a tenant network is removed',
  'host',
  ({ site }) => `ip -6 route del ${tenantOf(site)}`,
  ({ site }) => `ip -6 route show exact ${tenantOf(site)} | grep -q via || ${anew(bridges.transit)}`,
)

export const forwardingOff = scripted(
  'IPv6 forwarding is switched off',
  'host',
  () => 'sysctl -qw net.ipv6.conf.all.forwarding=0',
  () => 'sysctl -qw net.ipv6.conf.all.forwarding=1',
)

/** accept_ra=1 on a router: the kernel does not listen to advertisements any more (ip-sysctl.rst). */
export const acceptRaReset = scripted(
  'accept_ra of an uplink that the kernel manages is set back to 1',
  'host',
  (places) => `sysctl -qw net.ipv6.conf.${uplink(places)}.accept_ra=1`,
  (places) => `sysctl -qw net.ipv6.conf.${uplink(places)}.accept_ra=2`,
)

export const firewallFlushed = scripted(
  'all rules of nftables are flushed',
  'host',
  () => 'nft flush ruleset',
  () => 'nft list table inet bateau >/dev/null 2>&1 || systemctl restart bateau-firewall',
)

/** As hardening guides for IPv4 have it: no ICMP at all in or out but ping, so no Packet Too Big (RFC 4890 section 4.3.1). */
export const icmpv6Dropped = scripted(
  'a rule of someone else drops ICMPv6, Packet Too Big with it',
  'host',
  () =>
    `nft -f - <<'end'
table inet hardening
delete table inet hardening
table inet hardening {
  chain out { type filter hook output priority 0; policy accept; icmpv6 type packet-too-big drop; }
}
end`,
  () => 'nft delete table inet hardening 2>/dev/null || true',
)

function tenantOf(site: FaultPlaces['site']) {
  const [tenant] = site.addressing.tenants
  if (!tenant) throw new RangeError(`${site.name} has no tenant network`)
  return tenant.prefix
}

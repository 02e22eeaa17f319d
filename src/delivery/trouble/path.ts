// Decides what is said when packets do not come through although everything on the server looks right, and of the rest.
// Leaves what may explain it on the server to the other files.
import { onHost, uplinkOf, type TroubleKind } from './kind.ts'

const wayOut = [
  'link-down',
  'link-no-carrier',
  'network-manager-fights',
  'ra-silent',
  'accept-ra-reset',
  'default-route-lost',
  'second-default-route',
  'wrong-default-route',
  'slaac-address-lost',
  'icmpv6-dropped',
] as const

export const pathKinds = {
  'host-no-way-out': {
    title: (site) => `${site.name} does not reach the internet`,
    why: () =>
      "link, address and default route are there, and no reply comes: the provider's router does not pass packets on, or does not know where to send the replies",
    fix: (site) =>
      onHost(
        site,
        `tcpdump -ni ${uplinkOf(site)} icmp6 while pinging; then tell the provider what leaves and that nothing comes`,
      ),
    under: wayOut,
  },
  'block-not-delivered': {
    title: (site) => `the provider does not deliver ${site.delivery.block} to ${site.name}`,
    why: () =>
      'the server goes out from its own address and not from the block: the provider has lost its route to the server, or has a wrong neighbour for it',
    fix: (site) =>
      `tell the provider that ${site.delivery.block} no longer arrives at ${site.facts.uplink.mac}; ${onHost(site, `tcpdump -ni ${uplinkOf(site)} net ${site.delivery.block}`)} shows that nothing comes in`,
    under: [
      ...wayOut,
      'host-no-way-out',
      'lossy-path',
      'service-down',
      'lease-lost',
      'lease-expiring',
      'lease-refused',
      'dhcpv6-silent',
      'lease-other-prefix',
      'next-hop-lost',
      'service-address-lost',
      'public-address-lost',
      'bridge-missing',
      'neighbour-proxy-off',
    ],
  },
  'lossy-path': {
    title: (site) => `packets of ${site.name} get lost on their way`,
    why: () =>
      'some replies come and some do not: a broken path or port at the provider, or an overloaded link',
    fix: (site) =>
      `tell the provider; ${onHost(site, `ip -s link show ${uplinkOf(site)}`)} shows errors of the card itself`,
    under: [...wayOut, 'host-no-way-out'],
  },
  'ovn-controller-down': {
    title: (site) => `ovn-controller of ${site.name} does not run`,
    why: () =>
      'what runs goes on, but nothing new is wired: instances that start, move or get a new address are not reached',
    fix: (site) => onHost(site, 'journalctl -u ovn-controller -n 50; systemctl restart ovn-controller'),
    under: [],
  },
  'agent-down': {
    title: (site) => `the agent of ${site.name} does not run`,
    why: () => 'nothing is broken by that; but nobody mends what breaks',
    fix: (site) => onHost(site, 'journalctl -u bateau-agent -n 50; systemctl restart bateau-agent'),
    under: [],
  },
  'clock-skewed': {
    title: (site) => `the clock of ${site.name} is wrong`,
    why: () => 'certificates and tokens look expired or not yet valid, and times in logs mislead',
    fix: (site) => onHost(site, 'timedatectl; systemctl restart systemd-timesyncd (or chrony)'),
    under: [],
  },
} satisfies Record<string, TroubleKind>

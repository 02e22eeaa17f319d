// Decides what is said when the uplink itself, or who configures it, is not as it must be.
// Leaves routers, leases and addresses on it to their files.
import { linkTroubles, onHost, uplinkOf, type TroubleKind } from './kind.ts'

export const linkKinds = {
  'link-down': {
    title: (site) => `${uplinkOf(site)} of ${site.name} is switched off`,
    why: () =>
      'nothing passes a link that is administratively down; a person or a program has switched it off',
    fix: (site) => onHost(site, `ip link set ${uplinkOf(site)} up`),
    under: [],
  },
  'link-no-carrier': {
    title: (site) => `${uplinkOf(site)} of ${site.name} has no carrier`,
    why: () =>
      'no signal on the cable: the cable, the switch port (a provider shuts it after a flood), or the network card',
    fix: (site) =>
      `look at the port of ${site.name} in the provider's console and open a ticket; on the server: ethtool ${uplinkOf(site)}`,
    under: ['link-down'],
  },
  'network-manager-fights': {
    title: (site) => `two programs configure ${uplinkOf(site)} of ${site.name}`,
    why: () =>
      'each takes back what the other sets: two default routes, addresses that come and go, parameters that are reset',
    fix: (site) =>
      onHost(
        site,
        `networkctl status ${uplinkOf(site)}; sysctl net.ipv6.conf.${uplinkOf(site)}.accept_ra; then leave one of them in charge`,
      ),
    under: [],
  },
  'service-down': {
    title: (site) => `services of ${site.name} do not run`,
    why: () => 'a service that the network or the cloud leans on has stopped, or did not start',
    fix: (site) => onHost(site, 'systemctl --failed; then journalctl -n 50 -u UNIT for the first of them'),
    under: [],
  },
  'ra-silent': {
    title: (site) => `no router announces itself on ${uplinkOf(site)} of ${site.name}`,
    why: () =>
      'without router advertisements the default route ends with its lifetime: the provider has switched its router off, or something on the way drops ICMPv6 type 134',
    fix: (site) =>
      `ask the provider why its router is silent for ${site.facts.uplink.mac}; until then a static gateway may do (delivery.gateway)`,
    under: [...linkTroubles, 'icmpv6-dropped'],
  },
} satisfies Record<string, TroubleKind>

// Decides what is said when a route of the server is missing, or one too many.
// Leaves what packets say of the way out to path.
import { bridges } from '../../core/site.ts'
import { linkTroubles, onHost, uplinkOf, type TroubleKind } from './kind.ts'

const routerUnder = [
  ...linkTroubles,
  'network-manager-fights',
  'service-down',
  'ra-silent',
  'accept-ra-reset',
  'icmpv6-dropped',
] as const

export const routeKinds = {
  'default-route-lost': {
    title: (site) => `${site.name} has no IPv6 default route`,
    why: () =>
      'nothing leaves the server or its instances; somebody deleted it, or forwarding was switched on by hand',
    fix: (site) => onHost(site, `networkctl reconfigure ${uplinkOf(site)}; ip -6 route show default`),
    under: routerUnder,
  },
  'second-default-route': {
    title: (site) => `${site.name} has a second IPv6 default route`,
    why: () =>
      'packets leave by one or the other, by chance; another machine on the link announces itself as a router, or two programs listen to advertisements',
    fix: (site) =>
      onHost(
        site,
        'ip -6 route show default; then tell the provider the link-local address of the router that is not its own',
      ),
    under: ['link-down', 'network-manager-fights'],
  },
  'wrong-default-route': {
    title: (site) => `the IPv6 default route of ${site.name} leads elsewhere than ${uplinkOf(site)}`,
    why: () => "packets go to a router that is not the provider's: a person, a VPN or a stray router set it",
    fix: (site) =>
      onHost(
        site,
        `ip -6 route show default; then delete the wrong one and networkctl reconfigure ${uplinkOf(site)}`,
      ),
    under: routerUnder,
  },
  'block-route-lost': {
    title: (site) => `${site.name} has no unreachable route for the rest of ${site.delivery.block}`,
    why: () =>
      'packets to unused addresses go back and forth between the server and the provider until they die of age',
    fix: (site) => onHost(site, `networkctl reload && networkctl reconfigure ${uplinkOf(site)}`),
    under: [...linkTroubles, 'network-manager-fights'],
  },
  'tenant-route-lost': {
    title: (site) => `${site.name} lacks the route to a tenant network`,
    why: () => 'Neutron announces no routes here: replies to instances of the group end at the server',
    fix: (site) => onHost(site, `networkctl reload && networkctl reconfigure ${bridges.transit}`),
    under: ['bridge-missing', 'transit-address-lost'],
  },
} satisfies Record<string, TroubleKind>

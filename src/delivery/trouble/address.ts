// Decides what is said when an address that the server must hold is not there.
// Leaves routes to route, and the lease that the block comes by to lease.
import { bridges } from '../../core/site.ts'
import { linkTroubles, onHost, uplinkOf, type TroubleKind } from './kind.ts'

const uplinkUnder = [...linkTroubles, 'network-manager-fights', 'service-down'] as const

export const addressKinds = {
  'slaac-address-lost': {
    title: (site) => `${uplinkOf(site)} of ${site.name} has no address by SLAAC`,
    why: () => 'the router announces a prefix for it, and the server itself goes out from that address',
    fix: (site) => onHost(site, `networkctl reconfigure ${uplinkOf(site)}`),
    under: [...uplinkUnder, 'ra-silent', 'accept-ra-reset', 'icmpv6-dropped'],
  },
  'next-hop-lost': {
    title: (site) =>
      `${uplinkOf(site)} of ${site.name} lacks the address that the provider routes the block to`,
    why: () => "the provider's router looks for that address on the link, and finds nobody",
    fix: (site) => onHost(site, `networkctl reconfigure ${uplinkOf(site)}`),
    under: [...uplinkUnder, 'slaac-address-lost'],
  },
  'service-address-lost': {
    title: (site) => `${site.name} lacks its service address ${site.addressing.service}`,
    why: () => 'the API and the dashboard answer there',
    fix: (site) => onHost(site, `networkctl reload && networkctl reconfigure ${uplinkOf(site)}`),
    // Whoever flushes the uplink takes this one along; the link configured anew brings both back.
    under: [...uplinkUnder, 'slaac-address-lost', 'next-hop-lost'],
  },
  'bridge-missing': {
    title: (site) => `${site.name} lacks a bridge for its instances`,
    why: () =>
      'Open vSwitch makes the bridges; it was restarted without its database, or somebody has deleted one',
    fix: (site) => onHost(site, 'systemctl restart openvswitch-switch; ovs-vsctl show; then bateau up'),
    under: ['service-down'],
  },
  'public-address-lost': {
    title: (site) => `${bridges.public} of ${site.name} lacks ${site.addressing.public.host}`,
    why: () =>
      'it is the gateway of instances on the network `direct`; a restart of Open vSwitch makes the bridge anew',
    fix: (site) => onHost(site, `networkctl reload && networkctl reconfigure ${bridges.public}`),
    under: ['bridge-missing'],
  },
  'transit-address-lost': {
    title: (site) =>
      `${bridges.transit} of ${site.name} lacks ${site.addressing.transit?.host ?? 'its address'}`,
    why: () =>
      'the gateways of tenant routers are its neighbours there; a restart of Open vSwitch makes the bridge anew',
    fix: (site) => onHost(site, `networkctl reload && networkctl reconfigure ${bridges.transit}`),
    under: ['bridge-missing'],
  },
} satisfies Record<string, TroubleKind>

// Decides which repairs may mend which trouble, the gentlest first; an empty list is for a person.
// Leaves trying them within their budgets to check/heal.
import type { Repair } from '../../core/repair.ts'
import { bridges, type Site } from '../../core/site.ts'
import type { About } from '../../core/verdict.ts'
import { gatewayOf } from '../expect/router.ts'
import { isTroubleCode } from '../trouble/catalogue.ts'
import type { TroubleCode } from '../trouble/code.ts'
import {
  accept,
  forward,
  loadFirewall,
  mendBridge,
  mendSegment,
  mendTenantRoutes,
  setParameter,
  start,
} from './host.ts'
import { denyRouter, quarantine } from './quarantine.ts'
import { addAddress, addRoute, announceSelf, askAgain, askRouter, bringUp, reconfigure } from './uplink.ts'

/** Tried in this order. `about`: what the look that found the trouble knows beyond its code. */
export function repairsOf(site: Site, code: string, about: About = {}): readonly Repair[] {
  return isTroubleCode(code) ? table[code](site, about) : []
}

const person = (): Repair[] => []

const table: Readonly<Record<TroubleCode, (site: Site, about: About) => Repair[]>> = {
  'link-down': (site) => [bringUp(site)],
  'link-no-carrier': person,
  // networkd listens by itself: the kernel is told not to.
  'network-manager-fights': (site, { kernel }) =>
    kernel === undefined ? [] : [setParameter(`net/ipv6/conf/${site.facts.uplink.name}/accept_ra`, 0)],
  'service-down': (_, { units }) => startAll(units),
  'ra-silent': (site) => [askRouter(site)],
  'slaac-address-lost': (site) => [askRouter(site), ...reconfigure(site)],
  'next-hop-lost': (site) => [...nextHop(site), ...reconfigure(site)],
  'lease-lost': askAgain,
  'lease-refused': person,
  // Asking anew would give up what is still valid; the client goes on rebinding by itself.
  'lease-expiring': person,
  'lease-other-prefix': person,
  'dhcpv6-silent': askAgain,
  'default-route-lost': defaultRoute,
  'second-default-route': (site, { stray }) =>
    stray === undefined ? [] : [quarantine(site, stray), ...denyRouter(site, stray)],
  'wrong-default-route': defaultRoute,
  'forwarding-off': (site) => [forward(site)],
  'forwarding-not-persisted': person,
  'accept-ra-reset': (site) => [askRouter(site, [accept(site)])],
  'accept-ra-not-persisted': person,
  'neighbour-proxy-off': (site) => [setParameter(`net/ipv6/conf/${site.facts.uplink.name}/proxy_ndp`, 1)],
  'bridge-missing': (_, { link }) => mendBridge(link ?? bridges.public),
  'public-address-lost': (site) => mendSegment(site, 'public'),
  'transit-address-lost': (site) => mendSegment(site, 'transit'),
  'service-address-lost': (site) => [
    addAddress(site, 'uplink/service-address', site.addressing.service, 128),
    ...reconfigure(site),
  ],
  'tenant-route-lost': (site, { network }) => mendTenantRoutes(site, network),
  'block-route-lost': (site) => [blockRoute(site), ...reconfigure(site)],
  'firewall-missing': () => [loadFirewall()],
  'flood-guard-missing': () => [loadFirewall()],
  // The rule is the user's own.
  'icmpv6-dropped': person,
  'host-no-way-out': (site) => [announceSelf(site)],
  'block-not-delivered': (site) => [announceSelf(site), ...askAgain(site)],
  'lossy-path': person,
  'ovn-controller-down': (_, { units }) => startAll(units ?? 'ovn-controller.service'),
  'agent-down': (_, { units }) => startAll(units ?? 'bateau-agent.service'),
  'clock-skewed': person,
}

const startAll = (units: string | undefined): Repair[] =>
  units === undefined || units === '' ? [] : [start(units.split(' '))]

/** What a file names is put back at once; what a router announces comes when it is asked. */
function defaultRoute(site: Site): Repair[] {
  const gateway = gatewayOf(site)
  const dev = site.facts.uplink.name
  const first =
    gateway === 'ra'
      ? askRouter(site)
      : addRoute(
          'uplink/default-route',
          `the default route by ${gateway}`,
          ...['default', 'via', String(gateway), 'dev', dev, 'onlink', 'proto', 'static', 'metric', '1024'],
        )
  return [first, ...reconfigure(site)]
}

function nextHop(site: Site): Repair[] {
  const hop = site.delivery.kind === 'routed' ? site.delivery.nextHop : null
  return hop ? [addAddress(site, 'uplink/next-hop', hop.address, hop.length)] : []
}

function blockRoute({ delivery: { block } }: Site): Repair {
  const route = ['unreachable', String(block), 'dev', 'lo', 'proto', 'static', 'metric', '4096']
  return addRoute('uplink/block-route', `the unreachable route for the rest of ${block}`, ...route)
}

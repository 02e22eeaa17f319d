// Decides when the provider's router is heard, and when the server took its address and default route from it.
// Leaves asking the router, where the state alone does not tell, to check/.
import type { AddressState, HostState, RouteState } from '../../core/host-state.ts'
import type { Address } from '../../core/prefix.ts'
import type { Site } from '../../core/site.ts'
import { unclear, yes } from '../../core/verdict.ts'
import type { Expectation } from '../expectation.ts'
import { broken } from '../trouble/catalogue.ts'

/** Seconds: a default route that ends sooner has not been refreshed as it should; a router sends at least three advertisements a lifetime (RFC 4861 section 6.2.1). */
const endsSoon = 3
/** Seconds since an advertisement within which nobody need ask whether the router still announces itself. */
const freshlyHeard = 15

/** Where packets leave to: by advertisement, or to the address that the course file names. */
export function gatewayOf({ delivery }: Site): 'ra' | Address {
  return delivery.kind === 'dhcpv6-pd' ? 'ra' : delivery.gateway
}

/** One that packets may take: the kernel keeps a route for a while after its end, and one of a dead link, and uses neither. */
export const isDefault = ({ to, type, expiresSeconds, dead }: RouteState): boolean =>
  to.length === 0 && type === 'unicast' && !dead && (expiresSeconds === null || expiresSeconds > 0)

/** Global addresses of the uplink that bateau did not give it, usable or not yet. */
export function slaacAddresses(site: Site, state: HostState): AddressState[] {
  const { name } = site.facts.uplink
  return state.addresses.filter(
    ({ link, scope, address }) => link === name && scope === 'global' && !planned(site, address),
  )
}

/** A router that announces itself on the uplink. Empty for a static gateway. */
export function routerExpectations(site: Site): Expectation[] {
  const { name } = site.facts.uplink
  if (gatewayOf(site) !== 'ra') return []
  return [
    {
      id: 'network/ra',
      title: `a router announces itself on ${name} of ${site.name}`,
      codes: ['ra-silent'],
      judge(state) {
        const announced = announcedRoutes(state, name)
        const lasting = announced.find((route) => (route.expiresSeconds ?? Infinity) > endsSoon)
        if (lasting) return yes(`${lasting.via} ${lasts(lasting)}`)
        const fresh = state.heard?.routers.find(({ secondsAgo }) => secondsAgo <= freshlyHeard)
        if (fresh) return yes(`${fresh.router} announced itself ${Math.round(fresh.secondsAgo)} s ago`)
        const gone = state.heard?.withdrawn[0]
        if (gone && state.heard?.routers.length === 0)
          return broken(
            site,
            'ra-silent',
            `${gone.router} said ${Math.round(gone.secondsAgo)} s ago that it is a router no more`,
          )
        return unclear(
          announced[0]
            ? `the default route ends in ${announced[0].expiresSeconds} s`
            : 'no default route by a router',
        )
      },
    },
    {
      id: 'network/slaac',
      title: `${name} of ${site.name} has the address that the router announces a prefix for`,
      codes: ['slaac-address-lost'],
      judge(state) {
        const all = slaacAddresses(site, state)
        const failed = all.find(({ dadFailed }) => dadFailed)
        if (failed)
          return broken(site, 'slaac-address-lost', `${failed.address}: another machine on the link has it`)
        const usable = all.find(({ tentative }) => !tentative)
        if (usable) return yes(`${usable.address}/${usable.length} ${validity(usable.validSeconds)}`)
        return unclear(
          all[0] ? `${all[0].address} is being checked for duplicates` : `no such address on ${name}`,
        )
      },
    },
  ]
}

const announcedRoutes = (state: HostState, link: string): RouteState[] =>
  state.routes.filter((route) => isDefault(route) && route.dev === link && route.protocol !== 'static')

/** Addresses that bateau gives the uplink itself, which no router announces. */
function planned({ addressing, delivery }: Site, address: Address): boolean {
  const nextHop = delivery.kind === 'routed' ? delivery.nextHop?.address : undefined
  return address.equals(addressing.service) || nextHop?.equals(address) === true
}

const lasts = ({ expiresSeconds }: RouteState): string =>
  expiresSeconds === null ? 'without end' : `for ${expiresSeconds} s more`
const validity = (seconds: number | null): string => (seconds === null ? 'for ever' : `for ${seconds} s more`)

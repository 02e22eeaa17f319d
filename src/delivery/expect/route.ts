// Decides when the routes of the server are right: one default route, an end for what is not in use, one to each tenant.
// Leaves which of two routers passes packets on to check/, which can send one.
import type { HostState, RouteState } from '../../core/host-state.ts'
import type { Prefix } from '../../core/prefix.ts'
import { bridges, routedOf, type Site } from '../../core/site.ts'
import { yes, type Seen } from '../../core/verdict.ts'
import type { Expectation } from '../expectation.ts'
import { broken } from '../trouble/catalogue.ts'
import { gatewayOf, isDefault } from './router.ts'

export function defaultRouteExpectation(site: Site): Expectation {
  const { name } = site.facts.uplink
  const gateway = gatewayOf(site)
  const right = (route: RouteState) =>
    route.dev === name && (gateway === 'ra' || route.via?.equals(gateway) === true)
  return {
    id: 'network/default-route',
    title:
      gateway === 'ra'
        ? `${site.name} has one IPv6 default route, by ${name}`
        : `${site.name} has one IPv6 default route, by ${gateway} on ${name}`,
    codes: ['default-route-lost', 'second-default-route', 'wrong-default-route'],
    judge(state) {
      const all = state.routes.filter(isDefault)
      const seen = all.map(words).join('\n')
      const own = all.filter(right)
      const [first] = own
      if (first === undefined)
        return all.length === 0
          ? broken(site, 'default-route-lost', 'no IPv6 default route')
          : broken(site, 'wrong-default-route', seen, of(all[0]))
      // A route elsewhere of a higher metric waits until ours is gone: a person's own way back in.
      const best = Math.min(...own.map(({ metric }) => metric))
      const second = all.find((route) => route !== first && (own.includes(route) || route.metric <= best))
      return second ? broken(site, 'second-default-route', seen, of(second)) : yes(seen)
    },
  }
}

/** What of the block is not in use ends here. On a link of the provider's, the neighbours decide that. */
export function blockExpectations(site: Site): Expectation[] {
  const { block, kind } = site.delivery
  if (kind === 'on-link') return []
  return [
    {
      id: 'network/block',
      title: `what ${site.name} does not use of ${block} ends there`,
      codes: ['block-route-lost'],
      judge(state) {
        const route = state.routes.find(({ type, to }) => type === 'unreachable' && to.equals(block))
        return route ? yes(words(route)) : broken(site, 'block-route-lost', none(state, block))
      },
    },
  ]
}

export function tenantRouteExpectations(site: Site): Expectation[] {
  return routedOf(site.addressing).map(({ name, prefix, via }) => ({
    id: `network/route/${name}`,
    title: `${site.name} routes ${prefix} to ${name}`,
    codes: ['tenant-route-lost'],
    dependsOn: ['network/transit-segment', 'services'],
    judge(state): Seen {
      const route = state.routes.find(
        (one) => one.to.equals(prefix) && one.dev === bridges.transit && one.via?.equals(via) === true,
      )
      if (route && !route.dead) return yes(words(route))
      return broken(site, 'tenant-route-lost', route ? `${words(route)}, dead` : none(state, prefix), {
        network: name,
      })
    },
  }))
}

const of = (route: RouteState | undefined): Record<string, string> => ({
  ...(route?.via ? { router: String(route.via) } : {}),
  ...(route?.dev ? { link: route.dev } : {}),
})

function none(state: HostState, prefix: Prefix): string {
  const inside = state.routes.filter(
    ({ to }) => to.length > 0 && (prefix.contains(to) || to.contains(prefix)),
  )
  return inside.length === 0 ? `no route for ${prefix}` : inside.map(words).join('\n')
}

function words({ to, type, via, dev, protocol, metric, expiresSeconds }: RouteState): string {
  return [
    type === 'unicast' ? '' : type,
    to.length === 0 ? 'default' : String(to),
    via ? `via ${via}` : '',
    dev ? `dev ${dev}` : '',
    `proto ${protocol} metric ${metric}`,
    expiresSeconds === null ? '' : `expires in ${expiresSeconds} s`,
  ]
    .filter(Boolean)
    .join(' ')
}

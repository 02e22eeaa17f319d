// Decides what the provider's router may forget or mistake about one server: the route to its block, the card behind its address.
// Leaves the lease in Kea's memory: a provider's DHCPv6 server and router are two machines.
import { scripted } from '../fault.ts'
import { linkLocalOf } from '../world.ts'

/** rt_protos(5) number of the routes that Kea's hook makes. */
const hook = 200

/** Also from the file that Kea's start would read it back from: as a router that comes back without its state. */
export const blockForgotten = scripted(
  "the provider's router loses its route to the block, and does not bring it back",
  'edge',
  ({ world, site: { delivery } }) => {
    const kept = `${world.directories.state}/edge/data/routes/${String(delivery.block).replaceAll(/[:/]/g, '_')}`
    return `rm -f ${kept}; ip -6 route del ${delivery.block} metric 1024`
  },
  ({ server, site: { delivery } }) => {
    const route = `${delivery.block} via ${linkLocalOf(server)} dev ${server.segment}`
    const protocol = delivery.kind === 'dhcpv6-pd' ? ` proto ${hook}` : ''
    return `ip -6 route show exact ${delivery.block} | grep -q via || ip -6 route replace ${route}${protocol}`
  },
)

/** As after a change of cards, or a neighbour that answers for it: an entry that is believed until it is contradicted. */
export const neighbourPoisoned = scripted(
  "the provider's router believes the server behind another card",
  'edge',
  ({ server }) =>
    `ip -6 neigh replace ${linkLocalOf(server)} lladdr 02:00:00:00:ba:d0 nud reachable dev ${server.segment}`,
  ({ server }) =>
    `ip -6 neigh show ${linkLocalOf(server)} dev ${server.segment} | grep -q ba:d0 || exit 0
ip -6 neigh del ${linkLocalOf(server)} dev ${server.segment}`,
)

// Decides the provider's network: a router with one segment a server, the internet beyond it, and a campus without IPv6.
// Leaves announcing and delegating to edge-daemons, and the servers' ends of the cables to server.
import { Address } from '../core/prefix.ts'
import type { Namespace, Route } from './namespace.ts'
import {
  benchmarkIpv4,
  type EdgeDelivery,
  edgeLinkLocal,
  linkLocalOf,
  type RehearsalWorld,
  type RehearsedServer,
} from './world.ts'

/** The edge's end of the cable to the internet. */
export const internetCable = 'inet0'

/** And of the one to the campus. */
const campusCable = 'campus0'

/** Behind every delegated or static route to a block: what the provider does not route anywhere comes to an end here. */
const lastResort = 4096

export function edgeNetwork(world: RehearsalWorld): Namespace[] {
  const { campus, edge, internet, servers, mark } = world
  const blocks = servers.map(({ delivery }) => delivery.block.toString())
  const hops = servers.flatMap(({ delivery }) => nextHopOf(delivery) ?? [])
  const outside = { via: internet.address.toString(), dev: internetCable, family: 6 } as const
  const inside = { via: edge.address.toString(), dev: 'edge0', family: 6 } as const
  return [
    {
      name: internet.namespace,
      mark,
      sysctls: { 'net.ipv6.conf.all.disable_ipv6': '0', 'net.ipv6.conf.default.disable_ipv6': '0' },
      links: [],
      routes: [],
    },
    {
      name: edge.namespace,
      mark,
      sysctls: {
        'net.ipv6.conf.all.disable_ipv6': '0',
        'net.ipv6.conf.default.disable_ipv6': '0',
        'net.ipv6.conf.all.forwarding': '1',
        'net.ipv4.ip_forward': '1',
      },
      links: [
        {
          name: internetCable,
          kind: { cable: { name: 'edge0', namespace: internet.namespace } },
          addresses: [`${edge.address}/64`, `${edge.ipv4}/24`],
        },
        {
          name: campusCable,
          kind: { cable: { name: 'edge0', namespace: campus.namespace } },
          addresses: [`${campus.gateway}/${campus.length}`],
        },
        ...servers.flatMap(({ segment, uplink, ipv4, delivery }, i) => [
          {
            name: segment,
            kind: { bridge: true } as const,
            addresses: [
              `${edgeLinkLocal}/64`,
              `${uplink.host(1)}/64`,
              `${ipv4.gateway}/${ipv4.length}`,
              ...gatewayOf(delivery),
            ],
          },
          // A bridge without a running port has no carrier, and Kea would never listen on it.
          {
            name: `keep${i}`,
            kind: { cable: { name: `peer${i}`, namespace: edge.namespace } },
            master: segment,
            addresses: [],
          },
          { name: `peer${i}`, kind: { given: true } as const, addresses: [] },
        ]),
      ],
      routes: [
        { to: 'default', ...outside },
        { to: 'default', family: 4, via: internet.ipv4, dev: internetCable },
        ...blocks.map((to): Route => ({ to, family: 6, metric: lastResort })),
        ...servers.flatMap(staticRoutes),
      ],
    },
    {
      name: internet.namespace,
      mark,
      sysctls: {},
      links: [
        {
          name: 'edge0',
          kind: { given: true },
          addresses: [`${internet.address}/64`, `${internet.second}/64`, `${internet.ipv4}/24`],
        },
      ],
      routes: [
        ...[...blocks, ...hops, ...servers.map(({ uplink }) => uplink.toString())].map((to) => ({
          to,
          ...inside,
        })),
        { to: benchmarkIpv4, family: 4, via: edge.ipv4, dev: 'edge0' },
      ],
    },
    {
      name: campus.namespace,
      mark,
      sysctls: { 'net.ipv6.conf.all.disable_ipv6': '1', 'net.ipv6.conf.default.disable_ipv6': '1' },
      links: [{ name: 'edge0', kind: { given: true }, addresses: [`${campus.ipv4}/${campus.length}`] }],
      routes: [{ to: 'default', family: 4, via: campus.gateway, dev: 'edge0' }],
    },
  ]
}

/** What the router was told of a server's block by hand; a delegated block gets its route from Kea's hook. */
function staticRoutes(server: RehearsedServer): Route[] {
  const { delivery, segment: dev } = server
  switch (delivery.kind) {
    case 'routed': {
      const hop = nextHopOf(delivery)
      const via = delivery.nextHop?.address ?? linkLocalOf(server)
      const block: Route = { to: delivery.block.toString(), family: 6, via: via.toString(), dev }
      return [...(hop === null ? [] : [{ to: hop, family: 6, dev } as const]), block]
    }
    case 'on-link':
      return [{ to: delivery.block.toString(), family: 6, dev }]
    case 'slaac-only':
      return [{ to: `${Address.eui64(delivery.block, server.mac)}/128`, family: 6, dev }]
    case 'dhcpv6-pd':
      return []
  }
}

function nextHopOf(delivery: EdgeDelivery): string | null {
  return delivery.kind === 'routed' && delivery.nextHop ? `${delivery.nextHop.address}/128` : null
}

/** A static gateway of the course that is not the router's own address becomes one of its addresses. */
function gatewayOf(delivery: EdgeDelivery): string[] {
  if (delivery.kind !== 'routed' && delivery.kind !== 'on-link') return []
  if (delivery.gateway === 'ra') return []
  if (delivery.gateway.equals(edgeLinkLocal)) return []
  return [`${delivery.gateway}/${delivery.gateway.isLinkLocal() ? 64 : 128}`]
}

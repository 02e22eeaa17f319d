// Decides which host routes the routers of tenants need, from OVN's northbound database, and what is to be added and removed.
// Leaves asking OVN and the kernel to router-routes, and the routes that the plan knows to networkd.
import { Address, Prefix } from '../core/prefix.ts'
import { routedOf, type Site } from '../core/site.ts'

/**
 * Routing protocol number of routes that the agent made (rtnetlink(7) rtm_protocol; 128 to 255 are free of kernel
 * meaning, rt_protos names none at 176). Only routes with it are ever removed.
 */
export const ownProtocol = '176'

/** A network behind a tenant's router. */
export type RouterRoute = { to: Prefix; via: Address; router: string }

type Row = { _uuid?: unknown; name?: unknown; ports?: unknown; networks?: unknown }

/**
 * Reads the answer of `ovsdb-client query` for Logical_Router (name, ports) and Logical_Router_Port (_uuid, networks),
 * RFC 7047 section 5.1 notation. A router counts when one of its ports has an address on the transit segment; its
 * other ports' networks are routed when they are /64s inside the tenants' pool, or of the block's named tenants.
 * Undefined: not such an answer.
 */
export function routesOfRouters(site: Site, answer: string): RouterRoute[] | undefined {
  const { transit, pool } = site.addressing
  const [routers, ports] = rowsOf(answer) ?? []
  if (!routers || !ports) return undefined
  if (transit === null || pool === null) return []
  const networksOf = new Map(ports.map((port) => [uuids(port._uuid)[0], interfaces(port.networks)]))
  return routers.flatMap((router) => {
    const all = uuids(router.ports).flatMap((uuid) => networksOf.get(uuid) ?? [])
    const gateway = all.find(({ address }) => transit.prefix.containsAddress(address))
    if (!gateway) return []
    const inside = all.filter(({ prefix }) => prefix.length === 64 && pool.contains(prefix))
    const name = typeof router.name === 'string' ? router.name : 'a router'
    return inside.map(({ prefix }) => ({ to: prefix, via: gateway.address, router: name }))
  })
}

/** A route that is there and was made by the agent. */
export type OwnRoute = { to: Prefix; via: Address }

/** `ip -6 -o route show dev br-transit proto 176`: one route a line. What is not of that form is left alone. */
export function ownRoutes(text: string): OwnRoute[] {
  return text.split('\n').flatMap((line) => {
    const [, to = '', via = ''] = /^(\S+) via (\S+) /.exec(`${line} `) ?? []
    const prefix = Prefix.parse(to)
    const gateway = Address.parse(via)
    return prefix.ok && gateway.ok ? [{ to: prefix.value, via: gateway.value }] : []
  })
}

/**
 * What the kernel lacks, and what of ours it has too much. A prefix that the plan knows is networkd's, and so is one in
 * a planned range behind the same router: the agent makes no route to it, and removes one that it made before the plan knew.
 */
export function routeDifference(
  site: Site,
  ours: readonly OwnRoute[],
  wanted: readonly RouterRoute[],
): { add: RouterRoute[]; remove: OwnRoute[] } {
  const planned = routedOf(site.addressing)
  const isPlanned = ({ to, via }: RouterRoute) =>
    planned.some((one) => one.prefix.equals(to) || (one.prefix.contains(to) && one.via.equals(via)))
  const isSame = (one: OwnRoute, other: OwnRoute) => one.to.equals(other.to) && one.via.equals(other.via)
  // Two routers for one prefix cannot both be right: the first by name is taken, so that looks agree.
  const due = [...wanted]
    .sort((a, b) => (a.router < b.router ? -1 : a.router > b.router ? 1 : 0))
    .filter(({ to }, i, all) => all.findIndex((one) => one.to.equals(to)) === i)
    .filter((route) => !isPlanned(route))
  return {
    add: due.filter((route) => !ours.some((one) => isSame(one, route))),
    remove: ours.filter((one) => !due.some((route) => isSame(one, route))),
  }
}

function rowsOf(answer: string): Row[][] | undefined {
  try {
    const results = JSON.parse(answer) as unknown
    if (!Array.isArray(results)) return undefined
    const tables = results.map((one) => (one as { rows?: unknown } | null)?.rows)
    return tables.every((rows) => Array.isArray(rows)) ? (tables as Row[][]) : undefined
  } catch {
    return undefined
  }
}

/** RFC 7047 section 5.1: `["uuid", x]`, or `["set", [["uuid", x], …]]`. */
function uuids(value: unknown): string[] {
  return items(value).flatMap((item) =>
    Array.isArray(item) && item[0] === 'uuid' && typeof item[1] === 'string' ? [item[1]] : [],
  )
}

/** An address with its length, as OVN has a router port's networks: the port's own address and the segment it is on. */
function interfaces(value: unknown): { address: Address; prefix: Prefix }[] {
  return items(value).flatMap((item) => {
    const [text = '', length = ''] = typeof item === 'string' ? item.split('/') : []
    const address = Address.parse(text)
    return address.ok && /^\d{1,3}$/.test(length) && Number(length) <= 128
      ? [{ address: address.value, prefix: Prefix.at(address.value, Number(length)) }]
      : []
  })
}

const items = (value: unknown): unknown[] =>
  Array.isArray(value) && value[0] === 'set' && Array.isArray(value[1]) ? value[1] : [value]

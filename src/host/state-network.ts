// Decides how links, addresses, routes and neighbours are read from what iproute2 prints as JSON (6.1 and later looked at).
// Leaves asking to state-script. A number or a text where none is expected throws RangeError: not read, rather than wrong.
import type { AddressState, HostState, LinkState, NeighbourState, RouteState } from '../core/host-state.ts'
import { Address, Prefix } from '../core/prefix.ts'

type Json = Readonly<Record<string, unknown>>

/** iproute2 prints 2^32 - 1 for a lifetime without end. */
const forEver = 0xffff_ffff
const routeTypes = new Set(['unicast', 'unreachable', 'blackhole', 'prohibit', 'throw'])

export function readLinks(text: string): LinkState[] {
  return rows(text).map((row) => {
    const flags = texts(row['flags'])
    return {
      name: name(row['ifname']),
      mac: typeof row['address'] === 'string' ? row['address'] : null,
      up: flags.includes('UP'),
      carrier: flags.includes('LOWER_UP'),
      mtu: number(row['mtu']),
      master: typeof row['master'] === 'string' ? row['master'] : null,
    }
  })
}

export function readAddresses(text: string): AddressState[] {
  return rows(text).flatMap((row) =>
    list(row['addr_info'])
      .filter((one) => one['family'] === 'inet6')
      .map((one): AddressState => {
        const valid = number(one['valid_life_time'])
        return {
          link: name(row['ifname']),
          address: Address.of(name(one['local'])),
          length: number(one['prefixlen']),
          scope: scope(one['scope']),
          tentative: one['tentative'] === true,
          dadFailed: one['dadfailed'] === true,
          deprecated: one['deprecated'] === true,
          validSeconds: valid === forEver ? null : valid,
        }
      }),
  )
}

/** A route with several next hops becomes several routes: each of them takes packets. */
export function readRoutes(text: string): RouteState[] {
  return rows(text).flatMap((row) => {
    const hops = Array.isArray(row['nexthops']) ? list(row['nexthops']) : [row]
    return hops.map((hop): RouteState => {
      const flags = [...texts(row['flags']), ...texts(hop['flags'])]
      const type = typeof row['type'] === 'string' ? row['type'] : 'unicast'
      return {
        to: destination(name(row['dst'])),
        type: routeTypes.has(type) ? (type as RouteState['type']) : 'other',
        via: typeof hop['gateway'] === 'string' ? Address.of(hop['gateway']) : null,
        dev: typeof hop['dev'] === 'string' ? hop['dev'] : null,
        protocol: typeof row['protocol'] === 'string' ? row['protocol'] : 'boot',
        metric: row['metric'] === undefined ? 0 : number(row['metric']),
        expiresSeconds: row['expires'] === undefined ? null : number(row['expires']),
        dead: flags.includes('dead') || flags.includes('linkdown'),
      }
    })
  })
}

export function readNeighbours(text: string): NeighbourState[] {
  return rows(text).map((row) => ({
    link: name(row['dev']),
    address: Address.of(name(row['dst'])),
    mac: typeof row['lladdr'] === 'string' ? row['lladdr'] : null,
    state: (texts(row['state'])[0] ?? '').toLowerCase(),
    router: 'router' in row,
  }))
}

export function readProxies(text: string): HostState['proxies'] {
  return rows(text)
    .filter((row) => typeof row['dev'] === 'string')
    .map((row) => ({ link: name(row['dev']), address: Address.of(name(row['dst'])) }))
}

function destination(text: string): Prefix {
  if (text === 'default') return Prefix.of('::/0')
  return Prefix.of(text.includes('/') ? text : `${text}/128`)
}

/** iproute2 prints nothing at all, not even brackets, where there is nothing; and `{}` for what a filter left out. */
function rows(text: string): Json[] {
  if (text === '') return []
  return list(JSON.parse(text)).filter((row) => Object.keys(row).length > 0)
}

function list(value: unknown): Json[] {
  if (!Array.isArray(value)) throw new RangeError('not a list')
  return value.map((one: unknown) => {
    if (typeof one !== 'object' || one === null) throw new RangeError('not a list of objects')
    return one as Json
  })
}

function scope(value: unknown): AddressState['scope'] {
  return value === 'link' || value === 'host' || value === 'site' ? value : 'global'
}

function name(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new RangeError(`not a name: ${JSON.stringify(value)}`)
  return value
}

function number(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new RangeError(`not a number: ${JSON.stringify(value)}`)
  return value
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []

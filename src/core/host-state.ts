// Decides what of a server's IPv6 is read at one moment, as values: links, addresses, routes, leases, kernel parameters.
// Leaves reading it to host/state, and what of it is right or wrong to delivery/ and check/.
import type { Address, Prefix } from './prefix.ts'

export type LinkState = {
  name: string
  mac: string | null
  /** Administratively up (IFF_UP). */
  up: boolean
  /** The cable carries (IFF_LOWER_UP). */
  carrier: boolean
  mtu: number
  master: string | null
}

export type AddressState = {
  link: string
  address: Address
  length: number
  scope: 'global' | 'link' | 'host' | 'site'
  /** Duplicate address detection is under way (RFC 4862 section 5.4): not usable yet. */
  tentative: boolean
  /** Duplicate address detection found another owner: never usable. */
  dadFailed: boolean
  deprecated: boolean
  /** Valid lifetime left in seconds; null: for ever. */
  validSeconds: number | null
}

export type RouteState = {
  /** `::/0` for the default route. */
  to: Prefix
  type: 'unicast' | 'unreachable' | 'blackhole' | 'prohibit' | 'throw' | 'other'
  via: Address | null
  dev: string | null
  /** As iproute2 names it: `ra`, `static`, `kernel`, `dhcp`, `boot`, or a number. */
  protocol: string
  metric: number
  /** Lifetime left in seconds; null: for ever. */
  expiresSeconds: number | null
  /** The link is down: the kernel keeps the route and does not use it (RTNH_F_LINKDOWN, RTNH_F_DEAD). */
  dead: boolean
}

export type NeighbourState = {
  link: string
  address: Address
  mac: string | null
  /** As iproute2 names it, in lower case: `reachable`, `stale`, `failed`, `permanent`. */
  state: string
  /** It announced itself as a router. */
  router: boolean
}

/** A delegated prefix (RFC 8415 IA_PD) that a client on the server says it holds. */
export type LeaseState = {
  client: 'networkd' | 'dhcpcd' | 'dhclient'
  link: string
  prefix: Prefix
  /** Seconds left; null: the client does not say (networkd before 255). */
  validSeconds: number | null
  preferredSeconds: number | null
}

export type UnitState = {
  /** `active`, `inactive`, `failed`, `activating`, …, or `absent`. */
  active: string
  /** `enabled`, `disabled`, `static`, …; empty when unknown. */
  enabled: string
}

/** Who configures the uplink: listens to router advertisements and holds its addresses. */
export type UplinkManager = 'networkd' | 'kernel' | 'NetworkManager' | 'dhcpcd' | 'unknown'

export type HostState = {
  host: string
  /** The server's clock, milliseconds since the epoch, and how long it has been up. */
  clock: number
  uptimeSeconds: number
  bootId: string
  manager: UplinkManager
  links: readonly LinkState[]
  addresses: readonly AddressState[]
  /** IPv6, table main. */
  routes: readonly RouteState[]
  neighbours: readonly NeighbourState[]
  /** Addresses that the kernel answers neighbour solicitations for (`ip -6 neighbour show proxy`). */
  proxies: readonly { link: string; address: Address }[]
  leases: readonly LeaseState[]
  /** Kernel parameters as they are now; keys as in /proc/sys: `net/ipv6/conf/all/forwarding`. Only those asked for, and there. */
  kernel: Readonly<Record<string, string>>
  /** What the files of sysctl.d(5) will set at the next boot, and which file has the last word. */
  persisted: Readonly<Record<string, { value: string; file: string }>>
  units: Readonly<Record<string, UnitState>>
  /** nft(8) rules that drop or reject ICMPv6 or the MTU's messages outside bateau's own table: as nft prints them, with table and chain. */
  foreignDrops: readonly { table: string; chain: string; rule: string }[]
  /** bateau's own nft table is loaded: text of its chains, null when it is not. */
  firewall: string | null
  /** What bateau's nft table remembers of the uplink; null when the table is not there, or is of an older bateau. */
  heard: HeardState | null
  /** Parts that this server could not tell, and why: what leans on them could not be checked, and is not wrong. */
  unread: Readonly<Partial<Record<HostPart, string>>>
}

export type HostPart = 'leases' | 'units' | 'filter'

/** Seconds since packets came in or went out on the uplink, as sets with a time-out remember it. */
export type HeardState = {
  /** Routers whose last advertisement (of the last hour) had a lifetime. */
  routers: readonly HeardRouter[]
  /** Routers whose last advertisement said that they are routers no more (RFC 4861 section 6.2.5). */
  withdrawn: readonly HeardRouter[]
  /** Last DHCPv6 request that left; null: none in five minutes. */
  askedSeconds: number | null
  /** Last DHCPv6 answer that came; null: none in five minutes. */
  answeredSeconds: number | null
}

export type HeardRouter = { router: Address; secondsAgo: number }

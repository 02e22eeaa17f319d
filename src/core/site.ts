// Decides the values that describe one server of a course once the plan is made: facts, delivery, addresses, roles.
// Leaves making them to plan/ (addresses), host/facts (facts) and course/ (delivery).
import type { Address, Prefix } from './prefix.ts'
import type { DevstackRelease, PackagesRelease } from './release.ts'

/** What was read on a server (host/facts), or assumed by a plan made offline. */
export type HostFacts = {
  hostname: string
  /** /etc/os-release ID and VERSION_CODENAME: `debian`, `trixie`. */
  os: { id: string; codename: string }
  arch: string
  cores: number
  memoryMiB: number
  /** The interface that carries the default route. */
  uplink: { name: string; mac: string }
  /** /dev/kvm opens: instances run at full speed. Otherwise QEMU's TCG. */
  kvm: boolean
  /** The kernel has (or can load) openvswitch; otherwise OVS forwards in user space (datapath_type=netdev). */
  ovsKernel: boolean
  /** systemd version, for options that came or went with a version. */
  systemd: number
  /** netplan is installed and renders to networkd; the id of the uplink's definition in it. */
  netplanId: string | null
  /** Who configures the uplink; left out: networkd where there is a netplanId, else nobody that bateau knows. */
  uplinkManager?: 'networkd' | 'ifupdown' | 'NetworkManager' | 'none'
  /** Name of the .network file that configures the uplink, without `.network`; null or left out: none, or netplan's. */
  networkFile?: string | null
  /** ISC dhclient asks for prefixes already (`dhclient -6 -P`). */
  dhclient?: boolean
}

/** How the IPv6 block reaches the server. */
export type Delivery =
  | {
      kind: 'routed'
      block: Prefix
      /** `ra`: the provider's router announces itself; an address: static default route, on-link whatever the prefix. */
      gateway: 'ra' | Address
      /** Where the provider routes the block to: null for the server's link-local address, else an address that the uplink must hold. */
      nextHop: { address: Address; length: number } | null
    }
  | {
      kind: 'dhcpv6-pd'
      block: Prefix
      /** Whole DUID as the provider shows it, colon-separated hexadecimal (RFC 8415 section 11): a secret reference. */
      duid: string
      /** What asks for the block and renews it. */
      client: 'networkd' | 'dhcpcd' | 'dhclient'
    }
  | {
      /** The block is on the provider's segment: its router looks for each address by neighbour discovery, and the server answers for its instances. */
      kind: 'on-link'
      block: Prefix
      gateway: 'ra' | Address
      /** Who answers: entries of the kernel that the agent keeps, or ndppd. */
      proxy: 'kernel' | 'ndppd'
    }

/** A tenant network routed by a Neutron router: the prefix the class gets, and how the host reaches it. */
export type TenantNetwork = {
  /** Neutron network name: `class-g1`. */
  name: string
  group: string
  prefix: Prefix
  /** The router's gateway address on the transit segment; the host's route to `prefix` goes via it. */
  via: Address
}

/** /64s of the pool for networks of seats' own, all behind one router: the group's, or with `router: own` a seat's. */
export type OwnRange = {
  /** `own-g1`; with a router each `own-g1-0`, its place in the group's range. */
  name: string
  group: string
  /** With a router each a /64. */
  prefix: Prefix
  /** The router's gateway address on the transit segment. */
  via: Address
}

/** Every address of one server's cloud; all inside the block that the provider routes to it. */
export type Addressing = {
  block: Prefix
  /** Address of API and dashboard, and of the host towards its tenants. On the uplink as /128 (networkd), or `::1` of `public` for a block of one /64. */
  service: Address
  /** br-ex: instances directly on it (network `direct`), SLAAC by the host's RA. */
  public: { prefix: Prefix; host: Address }
  /** Second inside segment: gateways of tenant routers. Absent when the block is too small for tenant networks. */
  transit: { prefix: Prefix; host: Address } | null
  /** What Neutron may carve /64s for tenant networks from. */
  pool: Prefix | null
  tenants: readonly TenantNetwork[]
  /** Left out: seats have no networks of their own. */
  own?: readonly OwnRange[]
  /** MTU of tenant networks: the underlay's less Geneve over IPv6 (40 + 58). OVN announces it by RA; the transit segment carries it, so the host sends Packet Too Big. */
  tenantMtu: number
}

/** Every prefix that the host routes to a router of the cloud. */
export function routedOf({
  tenants,
  own = [],
}: Addressing): readonly Pick<OwnRange, 'name' | 'prefix' | 'via'>[] {
  return [...tenants, ...own]
}

/** The cloud software of a server, and where it comes from. */
export type SiteEngine =
  | { kind: 'packages'; release: PackagesRelease; cinder: boolean }
  | {
      kind: 'devstack'
      release: DevstackRelease
      cinder: boolean
      /** Holds `openstack/NAME.git`: a URL, or a path on the server. */
      gitBase: string
      /** Simple index (PEP 503) that pip asks; null: the server's own configuration. */
      pipIndex: string | null
      /** Images that DevStack fetches and registers, besides those of the course. */
      imageUrls: readonly string[]
    }

/** One server of the plan, ready to be carried out: what delivery/ and engine/ are given. */
export type Site = {
  /** Name in the course file: `os1`. Becomes the hostname. */
  name: string
  facts: HostFacts
  delivery: Delivery
  addressing: Addressing
  /** TCP ports that may be reached on the uplink, with why. Everything else is dropped. */
  open: readonly { port: number; why: string }[]
  /** IPv6 resolvers given to instances. */
  resolvers: readonly Address[]
  engine: SiteEngine
  /** How many times more than is there may be promised to instances; left out: memory once. */
  overcommit?: { ram: number; vcpus: number }
}

/** Of a cloud's API and dashboard: HTTPS. */
export const frontPort = 443

/** Names that the rooms agree on. */
export const bridges = { public: 'br-ex', transit: 'br-transit', integration: 'br-int' } as const
/** Interfaces into which instances are plugged, as a pattern: libvirt makes one for each of their ports. */
export const taps = 'tap*'
/** What else Open vSwitch makes for itself, in the kernel or in user space, as patterns; none is an interface of the host's. */
export const switchLinks = [bridges.integration, 'ovs-netdev', 'ovs-system', 'genev_sys_*'] as const
export const physnets = { public: 'public', transit: 'transit' } as const

/** systemd unit of bateau's agent. It mends what it watches, so whoever takes a cloud apart on purpose stops it first. */
export const agentUnit = 'bateau-agent.service'

/** nft sets in bateau's own table, in which it remembers what came and went on the uplink. */
export const remembered = {
  table: 'bateau',
  /** Routers whose last advertisement had a lifetime, and those whose last one had none any more. */
  routers: 'routers',
  withdrawn: 'withdrawn',
  /** DHCPv6: that requests left, and who answered. */
  asked: 'dhcpv6_asked',
  answered: 'dhcpv6_answered',
} as const

/** Seconds. An element says how much of it is left, so how long ago it was last seen. */
export const rememberedFor = { routers: 3600, dhcpv6: 300 } as const

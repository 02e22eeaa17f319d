// Decides every name and address of a rehearsal: namespaces, segments, cards, files. Pure; the same input gives the same world.
// Leaves making them to edge-network, server and daemon, and taking them away to down.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { bad, good, type Outcome } from '../core/fault.ts'
import { Address, Prefix } from '../core/prefix.ts'
import type { Secret } from '../core/secret.ts'

export type Release = 'trixie' | 'bookworm'

/** How the simulated provider brings the block to the server: what core/site's Delivery says, seen from its other end. */
export type EdgeDelivery =
  | {
      kind: 'routed'
      block: Prefix
      gateway: 'ra' | Address
      /** Where the router sends the block; left out or null: the server's link-local address. */
      nextHop?: { address: Address; length: number } | null
    }
  | { kind: 'dhcpv6-pd'; block: Prefix; duid: Secret }
  /** The router has the whole block on the segment and asks for each address by neighbour discovery. */
  | { kind: 'on-link'; block: Prefix; gateway: 'ra' | Address }
  /** A /64 is announced, and of it the one address that the server makes itself is delivered. */
  | { kind: 'slaac-only'; block: Prefix }

/** Who configures the server's uplink: netplan with systemd-networkd, or /etc/network/interfaces with the kernel listening to announcements. */
export type ProvidedBy = 'networkd' | 'ifupdown'

/** Seconds. `ra`: radvd.conf(5) wants min >= 3, min <= 0.75 × max, lifetime >= max. `lease`: RFC 8415 wants renew < rebind < valid. */
export type Timing = {
  ra: { min: number; max: number; lifetime: number }
  lease: { preferred: number; valid: number; renew: number; rebind: number }
}

/** Short, so that one rehearsal sees a router that went away and a renewal; providers give minutes and hours. */
export const usualTiming: Timing = {
  ra: { min: 3, max: 10, lifetime: 30 },
  lease: { preferred: 120, valid: 180, renew: 60, rebind: 90 },
}

export type ServerInput = {
  name: string
  delivery: EdgeDelivery
  release?: Release
  uplinkManager?: ProvidedBy
  /** MAC of the uplink; made from the names when the course does not say. */
  mac?: string
}

export type WorldInput = {
  /** Slug of the course. */
  name: string
  /** `state` belongs to this world alone and goes with it; `cache` is shared by worlds and outlives them. Absolute. */
  directories: { state: string; cache: string }
  /** Private key that the servers' root account accepts; made when it is not there. Absolute. */
  identityFile: string
  servers: readonly ServerInput[]
  /** Base URI of a Debian archive; null or absent: the one that this machine's apt knows. */
  mirror?: string | null
  /** Directory of this machine with `openstack/NAME.git`, for the servers to read. Absolute; null or absent: none. */
  git?: string | null
  timing?: Partial<Timing>
}

export type RehearsedServer = {
  name: string
  release: Release
  uplinkManager: ProvidedBy
  delivery: EdgeDelivery
  namespace: string
  /** Directory of its disk, keys and console. */
  directory: string
  /** Interface names in the edge's namespace: the bridge of its segment, and the port its cable is in. */
  segment: string
  port: string
  mac: string
  /** On-link /64 of the segment, from which the server makes its own address by SLAAC when the edge announces. */
  uplink: Prefix
  /** The edge sends router advertisements on the segment. */
  announced: boolean
  ipv4: { address: string; gateway: string; length: number }
}

export type RehearsalWorld = {
  name: string
  /** What everything of this world carries besides its name, so that nothing of another's is ever touched. */
  mark: string
  directories: { state: string; cache: string }
  identityFile: string
  knownHostsFile: string
  mirror: string | null
  git: string | null
  timing: Timing
  edge: { namespace: string; address: Address; ipv4: string }
  /** `second` is another address of it, for a second opinion by ping. */
  internet: { namespace: string; address: Address; second: Address; ipv4: string; link: Prefix; port: number }
  /** A campus without IPv6, behind the same router: where students are who need the jump host. */
  campus: { namespace: string; ipv4: string; gateway: string; length: number }
  servers: readonly RehearsedServer[]
}

/** The router's address on every segment; servers with a static default route use it too. */
export const edgeLinkLocal = Address.of('fe80::1')

/** Card of the server, named as the first one of a rented server is. */
export const uplinkCard = 'eno1'

/** Where a server has the directory `git` of its world. */
export const gitMount = '/srv/git'

/** RFC 5180 (2001:2::/48) for IPv6 and RFC 2544 (198.18.0.0/15) for IPv4: benchmarking, never routed anywhere. */
const benchmark = Prefix.of('2001:2::/48')
export const benchmarkIpv4 = '198.18.0.0/15'
const largest = 200

/** Fault codes: `rehearsal-blocks-overlap`, `rehearsal-own-prefix`, `rehearsal-too-many`, `rehearsal-path`, `rehearsal-git`. */
export function rehearsalWorld(input: WorldInput): Outcome<RehearsalWorld> {
  const own = benchmark.nth(56, 255)
  const link = own?.nth(64, 0)
  if (!own || !link) throw new RangeError('the benchmarking block is a /48')
  const faults = refusals(input, own)
  if (faults.length > 0) return bad(...faults)
  const { state, cache } = input.directories
  const prefix = `bateau-${input.name}`
  const servers = input.servers.map((server, i): RehearsedServer => {
    const uplink = own.nth(64, i + 1)
    if (!uplink) throw new RangeError('a /56 has 256 /64s')
    const { delivery } = server
    return {
      name: server.name,
      release: server.release ?? 'trixie',
      uplinkManager: server.uplinkManager ?? 'networkd',
      delivery,
      namespace: `${prefix}-server-${server.name}`,
      directory: join(state, 'servers', server.name),
      segment: `seg${i}`,
      port: `port${i}`,
      mac: server.mac ?? macOf(`${input.name}/${server.name}`),
      uplink,
      announced: announcedBy(delivery),
      ipv4: { address: `198.18.${i}.10`, gateway: `198.18.${i}.1`, length: 24 },
    }
  })
  return good({
    name: input.name,
    mark: `bateau:rehearsal:${input.name}:${short(state)}`,
    directories: { state, cache },
    identityFile: input.identityFile,
    knownHostsFile: join(state, 'known_hosts'),
    mirror: input.mirror ?? null,
    git: input.git ?? null,
    timing: { ...usualTiming, ...input.timing },
    edge: { namespace: `${prefix}-edge`, address: link.host(1), ipv4: '198.19.255.1' },
    internet: {
      namespace: `${prefix}-inet`,
      address: link.host(2),
      second: link.host(3),
      ipv4: '198.19.255.2',
      link,
      port: 3142,
    },
    campus: { namespace: `${prefix}-campus`, ipv4: '198.19.254.2', gateway: '198.19.254.1', length: 24 },
    servers,
  })
}

/** The link-local address that the server's kernel makes from its MAC; the provider routes a `routed` block to it. */
export function linkLocalOf(server: RehearsedServer): Address {
  return Address.eui64(Prefix.of('fe80::/64'), server.mac)
}

function announcedBy(delivery: EdgeDelivery): boolean {
  switch (delivery.kind) {
    case 'routed':
    case 'on-link':
      return delivery.gateway === 'ra'
    case 'dhcpv6-pd':
    case 'slaac-only':
      return true
  }
}

function refusals(input: WorldInput, own: Prefix) {
  const blocks = input.servers.map(({ name, delivery }) => ({ name, block: delivery.block }))
  const shared = blocks.flatMap((one, i) =>
    blocks.slice(i + 1).flatMap((other) =>
      one.block.overlaps(other.block)
        ? [
            {
              code: 'rehearsal-blocks-overlap',
              title: `the blocks of ${one.name} and ${other.name} overlap: ${one.block} and ${other.block}`,
              why: 'the edge can route an address to one server only',
              fix: 'give each server a block of its own in the course file',
            },
          ]
        : [],
    ),
  )
  const taken = blocks
    .filter(({ block }) => block.overlaps(own))
    .map(({ name, block }) => ({
      code: 'rehearsal-own-prefix',
      title: `the block ${block} of ${name} overlaps ${own}`,
      why: 'a rehearsal numbers its own links (edge to internet, edge to servers) from that prefix',
      fix: `give ${name} another block in the course file, for example ${benchmark.nth(56, 16)}`,
    }))
  const crowd =
    input.servers.length > largest
      ? [
          {
            code: 'rehearsal-too-many',
            title: `${input.servers.length} servers`,
            why: `one edge has room for ${largest} segments`,
            fix: 'rehearse with fewer servers',
          },
        ]
      : []
  const paths = [input.directories.state, input.directories.cache, input.identityFile]
    .filter((path) => !plainPath.test(path))
    .map((path) => ({
      code: 'rehearsal-path',
      title: `a rehearsal cannot live in ${path}`,
      why: 'overlay mounts and container tools need absolute paths of letters, digits and . _ @ + - only',
      fix: 'name other directories by XDG_STATE_HOME, XDG_CACHE_HOME and XDG_CONFIG_HOME',
    }))
  return [...shared, ...taken, ...crowd, ...paths, ...oddGit(input.git ?? null)]
}

const plainPath = /^\/[\w./@+-]+$/

function oddGit(git: string | null) {
  if (git === null || plainPath.test(git)) return []
  return [
    {
      code: 'rehearsal-git',
      title: `servers cannot be given ${git}`,
      why: 'systemd-nspawn takes an absolute path of letters, digits and . _ @ + - only',
      fix: 'move the repositories, or name a link to them: rehearsal: {git: /srv/git}',
    },
  ]
}

/** Locally administered, unicast. */
function macOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 5)
  return ['02', ...Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))].join(':')
}

function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

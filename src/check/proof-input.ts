// Decides what the proof is given: servers, places to look from, instances, and targets outside.
// Leaves gathering it to deploy/.
import type { Address } from '../core/prefix.ts'
import type { Shell } from '../core/shell.ts'
import type { Site, TenantNetwork } from '../core/site.ts'
import type { Seen } from '../core/verdict.ts'
import type { Expectation } from '../delivery/expectation.ts'
import type { JumpWay } from '../host/jump-way.ts'
import type { CheckResult } from './result.ts'
import type { Vantage } from './vantage.ts'

/** An instance that must be reached. */
export type ProofInstance = {
  /** Of this one alone, in all clouds. */
  name: string
  /** As its cloud has it. */
  inCloud: string
  network: 'direct' | 'class'
  address: Address
  /** Of its port, as Neutron has it: what its address is made of (EUI-64). */
  mac?: string
  /** Name of the site that it runs on, or of a cloud that existed already: of such a one no server is looked at. */
  host: string
  user: string
  /** The student's private key, on this machine. */
  identityFile: string
  /** MTU that its network announces. */
  mtu: number
}

/** The jump host as the proof uses it. */
export type JumpProof = {
  /** Name of the server in the course file. */
  server: string
  /** The administrator on it. */
  shell: Shell
  /** Where students are. */
  campus: Shell
  /** The place has no IPv6, and the proof says so first; null: this machine, made to use IPv4. */
  without: 'ipv6' | null
  way: JumpWay
  /** The clouds' API and dashboard are to be reached through it. */
  api: boolean
  /** Path of the program on the server (jump/program). */
  program: string
  /** TCP ports of instances that it leads to. */
  ports: readonly number[]
  /** known_hosts file of the instances. */
  knownHosts: string
}

export type ProofInput = {
  sites: readonly Site[]
  /** A server by SSH. */
  hostShell: (name: string) => Shell
  /** A place beyond the provider's edge, with ping, ssh and this Node in reach: the internet namespace of a rehearsal. */
  outside: Shell
  /** More places to look from. Each testifies only after its own control. */
  vantages?: readonly Vantage[]
  instances: readonly ProofInstance[]
  /** What instances and servers must reach: something that answers ping, all that answers it (two say more than one), and something that accepts TCP. */
  outsideTargets: {
    ping: Address
    pings?: readonly Address[]
    tcp: { address: Address; port: number }
  }
  /** known_hosts file of this world's instances; a key is accepted when first seen and must then stay. */
  knownHosts: string
  onResult?: (result: CheckResult) => void
  /** systemd units that must be active on a site, besides bateau's own. */
  services?: (site: Site) => readonly string[]
  /** What the engine promises of a site, besides what delivery does. */
  expectations?: (site: Site) => readonly Expectation[]
  /** ProxyCommand (ssh_config(5)) from here through a server: the way into instances that needs nothing of the outside; undefined where there is no such server. */
  throughServer?: (host: string) => string | undefined
  /** Directory for the sockets of shared ssh connections to instances (0700, a short path). */
  control?: string
  /** What the cloud itself says of the router of a tenant network. Throws Trouble. */
  routerOf?: (site: Site, tenant: TenantNetwork) => Promise<Seen>
  /** Name that the course gives for a server, when it is a name and not an address. */
  hostName?: (site: Site) => string | null
  /** A name that leads to the service address of a server, where there is one. */
  serviceName?: (site: Site) => string | null
  /** Where the course has a jump host. */
  jump?: JumpProof | null
  /** Seconds that an instance may still take to answer the first ping: it may be booting. Default: 0. */
  patienceSeconds?: number
  now?: () => Date
  signal?: AbortSignal
}

// Decides what the proof is given: servers, places to look from, instances, and targets outside.
// Leaves gathering it to deploy/.
import type { Address } from '../core/prefix.ts'
import type { Shell } from '../core/shell.ts'
import type { Site } from '../core/site.ts'
import type { Expectation } from '../delivery/expectation.ts'
import type { CheckResult } from './result.ts'

/** An instance that must be reached. */
export type ProofInstance = {
  name: string
  network: 'direct' | 'class'
  address: Address
  mac?: string
  /** Name of the site that it runs on. */
  host: string
  user: string
  /** The student's private key, on this machine. */
  identityFile: string
  /** MTU that its network announces. */
  mtu: number
}

export type ProofInput = {
  sites: readonly Site[]
  /** A server by SSH. */
  hostShell: (name: string) => Shell
  /** A place beyond the provider's edge, with ping, ssh and this Node in reach: the internet namespace of a rehearsal. */
  outside: Shell
  instances: readonly ProofInstance[]
  /** What instances and servers must reach: something that answers ping, and something that accepts TCP. */
  outsideTargets: { ping: Address; tcp: { address: Address; port: number } }
  /** known_hosts file of this world's instances; a key is accepted when first seen and must then stay. */
  knownHosts: string
  onResult?: (result: CheckResult) => void
  /** systemd units that must be active on a site, besides bateau's own. */
  services?: (site: Site) => readonly string[]
  /** What the engine promises of a site, besides what delivery does. */
  expectations?: (site: Site) => readonly Expectation[]
  /** Seconds that an instance may still take to answer the first ping: it may be booting. Default: 0. */
  patienceSeconds?: number
  now?: () => Date
  signal?: AbortSignal
}

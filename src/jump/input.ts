// Decides what the jump host is told of a course, and the names that its parts agree on.
// Leaves gathering it to deploy/.
import type { Address, Prefix } from '../core/prefix.ts'

/** One who may go through. */
export type Traveller = {
  /** Linux account on the jump host: `[a-z][a-z0-9-]*`, at most 32 characters. */
  login: string
  /** OpenSSH public key line; null: not known here now. The account stays as it is. */
  key: string | null
}

/** What is read on the server before anything is planned for it. */
export type JumpFacts = {
  /** OpenSSH's version: [9, 2]. */
  openssh: readonly [major: number, minor: number]
  /** Whom the server asks for names (/etc/resolv.conf), without zones. */
  resolvers: readonly string[]
}

/**
 * Where the class's instances are, and what lies among them but is none. `fronts` are addresses of clouds whose API and
 * dashboard are reached on frontPort, and nothing else there.
 */
export type Reached = {
  prefixes: readonly Prefix[]
  never: readonly Address[]
  fronts: readonly Address[]
}

export type JumpInput = {
  /** The course's slug: the mark on everything that is made. */
  course: string
  facts: JumpFacts
  /** Of the students' sshd. */
  port: number
  /** TCP ports of instances. */
  ports: readonly number[]
  reached: Reached
  travellers: readonly Traveller[]
  /** Seconds after which a change that was not confirmed is taken back. */
  patience: number
}

/** The account that bateau itself goes through with: what it proves of it holds for every student's. */
export const probeAccount = 'bateau-probe'

export const jumpGroup = 'bateau-jump'
export const jumpUnit = 'bateau-jump.service'
export const jumpFilterUnit = 'bateau-jump-firewall.service'
export const jumpTable = 'bateau_jump'

export const jumpPaths = {
  /** All of the jump host's own. `wanted/` holds the candidate, `confirmed/` what a fresh log-in came through. */
  etc: '/etc/bateau/jump',
  program: '/usr/local/lib/bateau/jump',
  hostKey: '/etc/bateau/jump/ssh_host_ed25519_key',
} as const

/** GECOS of the accounts: only those that carry it are ever changed or removed. A colon would end the field (passwd(5)). */
export const gecos = (course: string) => `bateau/${course}`

// Decides what a course is once its file has been read: values, no text left to interpret.
// Leaves reading to load, and what follows from it to plan/.
import type { Where } from '../core/fault.ts'
import type { AdoptedCloud, ClassPolicy, ClassSession, Day, Dns, Handouts, Jump, Mail } from './class.ts'
import type { Money } from '../core/money.ts'
import type { DevstackRelease } from '../core/release.ts'
import type { Address, Prefix } from '../core/prefix.ts'
import type { Secret } from '../core/secret.ts'
import type { Change, Enrolled, Entry } from './register.ts'

export type { Day } from './class.ts'

/** Way from the top of the course file to a value: `['servers', 0, 'ipv6', 'duid']`. */
export type Path = readonly (string | number)[]

/** Where values of the course stand in its file; a path that is not there gives its nearest parent. */
export interface Source {
  readonly file: string
  at(path: Path): Where | undefined
}

export type Student = {
  /** As in the roster: a student number, or the login where there is none. */
  id: string
  name: string
  email: string | null
  /** Unique in the course, `[a-z][a-z0-9-]*`, at most 32 characters: Keystone user, project suffix, Linux account. */
  login: string
  sshKey: string | null
  /** Slug of the team that the roster names; null where it names none. */
  team: string | null
}

/** How the roster became students: what was decided, and what the register knew. */
export type Enrolment = {
  /** Of reading the roster, a sentence each. */
  notes: readonly string[]
  /** Path of the register; null: nobody said where it is kept. */
  file: string | null
  /** Of its bytes when it was read, SHA-256; null: there was none. */
  digest: string | null
  before: readonly Entry[]
  /** In the order of `students`. */
  enrolled: readonly Enrolled[]
  changes: readonly Change[]
}

export type Group = {
  /** Unique in the course, `[a-z][a-z0-9-]*`: part of network and router names. */
  name: string
  students: readonly Student[]
  /** Server that the course file wants it on. */
  server: string | null
}

export type Instances = {
  perStudent: number
  vcpus: number
  ramMiB: number
  diskGiB: number
  bootFrom: 'image' | 'volume'
  /** How many times more may be promised than is there: Nova's allocation ratios. */
  overcommit: { ram: number; vcpus: number }
}

export type DiskKind = 'ssd' | 'nvme' | 'hdd'
export type Disk = { kind: DiskKind; sizeGiB: number; count: number }

export type Price =
  | { per: 'month'; rate: Money; times: number | null; setup: Money }
  /** Rates an hour have three places and more, so the rate is in the currency, not in cents. */
  | { per: 'hour'; rate: number; times: number | null; setup: Money }
  | { per: 'course'; rate: Money; setup: Money }

export type Ipv6 = {
  delivery: 'routed' | 'dhcpv6-pd' | 'on-link' | 'slaac-only'
  block: Prefix | null
  duid: Secret | null
  /** The provider's router: announced, or an address. */
  gateway: 'ra' | Address
  /** Address of the uplink that a block is routed to; null for its link-local one. */
  nextHop: { address: Address; length: number } | null
  /** Null: as the server's facts advise. */
  client: 'networkd' | 'dhcpcd' | 'dhclient' | null
  proxy: 'ndppd' | 'kernel' | null
  uplink: string | null
}

/** An existing address layout that bateau shall keep instead of its own. */
export type Layout = {
  public: Prefix | null
  publicGateway: Address | null
  transit: Prefix | null
  pool: Prefix | null
  bridgePorts: readonly string[]
}

export type ServerRole = 'cloud' | 'jump' | 'lab' | 'retired'
export type ProviderName = 'adopted' | 'rehearsal' | 'elastic-metal' | 'dedibox' | 'ovh' | 'hetzner'

export type Server = {
  name: string
  role: ServerRole
  provider: ProviderName
  /** System of a rehearsed server. Null: as the engine needs it, or (other providers) as it was installed. */
  os: 'debian-12' | 'debian-13' | null
  offer: string | null
  /** Where SSH finds it: a host name or an address. */
  address: string | null
  mac: string | null
  cores: number | null
  ramMiB: number | null
  disks: readonly Disk[] | null
  price: Price | null
  ipv6: Ipv6 | null
  layout: Layout | null
}

export type Engine = {
  /** How servers with role cloud get theirs; `clouds` have one already. */
  kind: 'packages' | 'devstack'
  /** With `packages` always 2025.1. */
  release: DevstackRelease
  cinder: boolean
  /** Where `openstack/NAME` is cloned from: a URL, or a path on the server; no slash at its end. Null: not named. */
  gitBase: string | null
  /** URL of a simple index (PEP 503), no slash at its end. Null: not named. */
  pipIndex: string | null
  imageUrls: readonly string[]
}

export type Course = {
  name: string
  title: string
  start: Day
  /** The day on which everything is taken down; the last class is before it. */
  end: Day
  currency: string
  /** Name in the tz database. */
  timezone: string
  students: readonly Student[]
  /** Path of the register as the course file names it; null: in the world's directory. */
  register: string | null
  enrolment: Enrolment
  groups: readonly Group[]
  /** Whose instances exist at the same time: one group's, or everybody's. */
  atOnce: 'group' | 'all'
  instances: Instances
  servers: readonly Server[]
  /** With engine `adopted`, instead of servers with role cloud. */
  clouds: readonly AdoptedCloud[]
  engine: Engine
  class: ClassPolicy
  sessions: readonly ClassSession[]
  jump: Jump | null
  dns: Dns | null
  handouts: Handouts
  mail: Mail | null
  networks: { direct: boolean; class: boolean; resolvers: readonly Address[] }
  access: {
    user: string
    port: number
    /** Path of the private key that bateau logs in with; null: whatever the user's SSH finds. */
    key: string | null
    jump: string | null
    open: readonly { port: number; why: string }[]
  }
  /** From where the course is looked at, besides this machine, the jump host and the servers themselves. */
  check: {
    vantages: readonly { name: string; ssh: string; port: number; country: string | null }[]
    globalping: {
      enabled: boolean
      locations: readonly string[]
      /** Path of the file with the token, beside the course file where it is relative. */
      tokenFile: string | null
    }
  }
  budget: Money | null
  ledger: readonly { what: string; amount: Money; date: Day | null }[]
  /** Codes of findings that the teacher knows and takes. */
  accept: readonly string[]
  /** `git`: directory of this machine with `openstack/NAME.git`, beside the course file where it is relative. */
  rehearsal: { mirror: string | null; git: string | null }
  source: Source
}

/** `servers[0].ipv6.duid`: a path as people write it. */
export function pathText(path: Path): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`))
    .join('')
}

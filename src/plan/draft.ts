// Decides what a plan is before it has been judged, and what a finding is.
// Leaves judging to lint and its rules.
import type { Prefix } from '../core/prefix.ts'
import type { Addressing, HostFacts } from '../core/site.ts'
import type { Where } from '../core/fault.ts'
import type { Offer, ProviderWay } from '../core/offer.ts'
import type { AdoptedCloud } from '../course/class.ts'
import type { Course, Day, Path, Server } from '../course/course.ts'
import { pathText } from '../course/course.ts'
import type { Capacity, Demand } from './capacity.ts'
import type { Cost } from './cost.ts'
import type { Move } from './moves.ts'
import type { Placed } from './placement.ts'

/** What is known beside the course file: facts of servers that were looked at, offers with their prices. */
export type Inventory = {
  hosts: Readonly<Record<string, HostFacts>>
  offers: readonly Offer[]
  /** Left out: nothing is known of any provider's ways. */
  ways?: readonly ProviderWay[]
}

export type Policy = {
  today: Day
  /** On this machine, in namespaces: nothing is rented, no address reaches the real internet. */
  rehearsal: boolean
}

/** One server with role `cloud`: what it carries and how its block is laid out. */
export type PlannedServer = {
  name: string
  /** Its place in `course.servers`, for pointing at the file. */
  index: number
  server: Server
  facts: HostFacts | null
  /** Null when neither file nor catalogue say how large it is. */
  capacity: Capacity | null
  block: Prefix | null
  /** Null when the block cannot be laid out; a finding says why. */
  addressing: Addressing | null
  placed: readonly Placed[]
  /** Its groups by the numbers of their networks; null: some former group's number. */
  slots: readonly (string | null)[]
  /** Length of the ranges of groups' own networks; left out: there are none. */
  ownRange?: number
}

/** One cloud that exists already: what it carries. */
export type PlannedCloud = {
  name: string
  /** Its place in `course.clouds`. */
  index: number
  cloud: AdoptedCloud
  placed: readonly Placed[]
}

export type Draft = {
  course: Course
  inventory: Inventory
  policy: Policy
  demand: { largest: Demand & { group: string }; all: Demand }
  servers: readonly PlannedServer[]
  clouds: readonly PlannedCloud[]
  /** Who was on another cloud before. */
  moves: readonly Move[]
  cost: Cost
}

export type Severity = 'error' | 'warning' | 'info'

export type Finding = {
  /** Stable and kebab-case; `accept` in a course file names it. */
  code: string
  severity: Severity
  title: string
  why: string
  fix: string
  /** Key of the course file: `servers[0].disks`. */
  key: string
  where: Where | null
}

/** One lint. Looks at a draft, changes nothing; errors refuse `up`. */
export type Rule = (draft: Draft) => Finding[]

type Words = Pick<Finding, 'title' | 'why' | 'fix'>

export function finding(draft: Draft, severity: Severity, code: string, path: Path, words: Words): Finding {
  return { code, severity, ...words, key: pathText(path), where: draft.course.source.at(path) ?? null }
}

/** `error` on rented servers, `info` in a rehearsal: for what only matters outside. */
export function unlessRehearsed(draft: Draft, severity: Severity): Severity {
  return draft.policy.rehearsal ? 'info' : severity
}

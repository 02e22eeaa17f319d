// Decides what a provider of DNS must be able to do for bateau: read a part of a zone, and change it.
// Leaves how to rfc2136, ovh and scaleway, a file each.
import type { Fault } from '../core/fault.ts'
import type { RecordType, Rrset } from './record.ts'

export type Snapshot = {
  /** Texts of the course's marker, and the names in them. */
  marker: { ttl: number; texts: readonly string[] }
  held: readonly string[]
  /** What is at the names that were asked for and at those held. */
  found: readonly Rrset[]
  /** Seconds for which a resolver remembers that a name is not there (RFC 2308 section 5); null: not known. */
  negative: number | null
}

/** An RRset that comes (`was` null), goes (`now` null) or changes. */
export type Change = { name: string; type: RecordType; was: Rrset | null; now: Rrset | null }

/** Changes that belong together with the marker's: whoever can, does all of it or nothing. */
export type Batch = {
  marker: { name: string; ttl: number; was: readonly string[]; now: readonly string[] }
  /** Names that nothing of ours may be at yet. */
  claimed: readonly string[]
  changes: readonly Change[]
}

/** Types that names of a zone of this kind have. */
export type ZoneKind = 'forward' | 'reverse'
export const ownTypes = { forward: ['A', 'AAAA'], reverse: ['PTR'] } as const satisfies Record<
  ZoneKind,
  readonly RecordType[]
>

export interface ZoneHand {
  readonly zone: string
  readonly kind: ZoneKind
  /** For people: `ns1.example.org, port 53`. */
  readonly where: string
  /** Names that one batch may be about, and bytes of one text of the marker. */
  readonly limits: { names: number; text: number }
  /** Throws Trouble: `dns-…`. */
  read(course: string, wanted: readonly string[]): Promise<Snapshot>
  /** Throws Trouble; with code `dns-raced` nothing was changed, because the zone was not as it had been read. */
  apply(batch: Batch): Promise<void>
}

/** How time comes in from outside: cloud/clock has the same form. */
export interface DnsClock {
  /** Milliseconds since 1970. */
  now(): number
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>
}

export const racedFault = (zone: string): Fault => ({
  code: 'dns-raced',
  title: `somebody else changed ${zone} at the same moment`,
  why: 'the zone was not as it had been read, so nothing was changed',
  fix: 'run the same command again',
})

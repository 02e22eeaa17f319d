// Decides how a place in DevStack's source is written, and what a release is known to read.
// Leaves the table to recorded, which `npm run devstack` makes from checkouts.
import { type Release, releases } from '../release.ts'
import { type Cite, cites } from './cite.ts'
import type { Extract } from './extract.ts'
import { cited, recorded } from './recorded.ts'
import { decode } from './table.ts'

/** `lib/neutron:834@2025.1`; where that release has not got it, the newest that has. */
export function sourceOf(cite: Cite, release: Release): string {
  const lines: readonly (number | null)[] = cited[cite]
  const column = releases.indexOf(release)
  const at = lines[column] != null ? column : lines.findLastIndex((line) => line !== null)
  return `${cites[cite][0]}:${lines[at] ?? 0}@${releases[at] ?? release}`
}

/** That place exists in this release. */
export const isIn = (cite: Cite, release: Release): boolean => cited[cite][releases.indexOf(release)] !== null

const read = new Map<Release, Extract>()

/** Names and services of a release, from the recorded table. */
export function knownIn(release: Release): Extract {
  const known = read.get(release) ?? decode(recorded, release)
  read.set(release, known)
  return known
}

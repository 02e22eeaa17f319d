// Decides which DevStack releases are known by name, and which of them is meant when none is given.
// Leaves what each of them reads to names/.
import { type DevstackRelease, devstackReleases } from '../../core/release.ts'

export const releases = devstackReleases
export type Release = DevstackRelease

/** The newest one with a stable branch. */
export const newestStable: Release = '2026.1'

/** Release `a` is `b` or a later one. */
export const isSince = (a: Release, b: Release): boolean => releases.indexOf(a) >= releases.indexOf(b)

/** The branch of DevStack, and of every project that it installs. */
export const branchOf = (release: Release): string => (release === 'master' ? 'master' : `stable/${release}`)

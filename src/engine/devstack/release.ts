// Decides which DevStack releases are known by name, and which of them is meant when none is given.
// Leaves what each of them reads to names/.

export const releases = ['2025.1', '2025.2', '2026.1', 'master'] as const
export type Release = (typeof releases)[number]

/** The newest one with a stable branch. */
export const newestStable: Release = '2026.1'

/** Release `a` is `b` or a later one. */
export const isSince = (a: Release, b: Release): boolean => releases.indexOf(a) >= releases.indexOf(b)

/** The branch of DevStack, and of every project that it installs. */
export const branchOf = (release: Release): string => (release === 'master' ? 'master' : `stable/${release}`)

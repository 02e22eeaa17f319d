// Decides which OpenStack releases each engine deploys, and on which distributions each of them runs.
// Leaves what differs between releases to the engines.

export type PackagesRelease = '2025.1'
export const devstackReleases = ['2025.1', '2025.2', '2026.1', 'master'] as const
export type DevstackRelease = (typeof devstackReleases)[number]

/** Where OpenStack is developed: DevStack's own default of GIT_BASE (stackrc). */
export const opendev = 'https://opendev.org'

/** /etc/os-release ID and VERSION_CODENAME, as in HostFacts. */
export type Os = { id: string; codename: string }

/** Packages have one release, whatever the other word says. */
type Choice = { kind: 'packages' | 'devstack'; release: DevstackRelease }

const bookworm = { id: 'debian', codename: 'bookworm', title: 'Debian 12' }
const trixie = { id: 'debian', codename: 'trixie', title: 'Debian 13' }
const jammy = { id: 'ubuntu', codename: 'jammy', title: 'Ubuntu 22.04' }
const noble = { id: 'ubuntu', codename: 'noble', title: 'Ubuntu 24.04' }

/**
 * SUPPORTED_DISTROS of stack.sh in openstack/devstack: bb692997 (stable/2025.1), 92e864aa (stable/2025.2), da2f4d73
 * (stable/2026.1), 493835a6 (master), less the Red Hat family and what bateau does not know. The best tried first.
 */
const devstackRuns: Record<DevstackRelease, readonly (Os & { title: string })[]> = {
  '2025.1': [noble, bookworm, jammy],
  '2025.2': [noble, bookworm, jammy],
  '2026.1': [trixie, noble, bookworm],
  master: [trixie, noble, bookworm],
}

const runs = (choice: Choice) => (choice.kind === 'packages' ? [trixie] : devstackRuns[choice.release])

/** Names of the distributions that a choice runs on, best first: `Debian 13`, `Ubuntu 24.04`. */
export const distributionsOf = (choice: Choice): string[] => runs(choice).map(({ title }) => title)

/** Releases of DevStack that run on a distribution, newest last; `master` is nobody's advice. */
const releasesOn = (os: Os): DevstackRelease[] =>
  devstackReleases.filter(
    (release) => release !== 'master' && devstackRuns[release].some((one) => same(one, os)),
  )

/** Why a choice does not run on a distribution, and what would; null when it does. */
export function unsupported(choice: Choice, os: Os): { why: string; fix: string } | null {
  if (runs(choice).some((one) => same(one, os))) return null
  const others = releasesOn(os)
  const newest = others.at(-1)
  const names = distributionsOf(choice).join(', ')
  const what =
    choice.kind === 'packages'
      ? `OpenStack ${choice.release} from packages runs on ${names} only`
      : `DevStack ${choice.release} runs on ${names}, and stops at once elsewhere`
  return {
    why: `${what}; the server has ${os.id} ${os.codename}`,
    fix:
      newest === undefined
        ? `install ${distributionsOf(choice)[0]} on it in the provider's console`
        : `write engine: {kind: devstack, release: '${newest}'}, or install ${distributionsOf(choice)[0]} on it in the provider's console`,
  }
}

const same = (one: Os, other: Os) => one.id === other.id && one.codename === other.codename

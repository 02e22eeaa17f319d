// Decides which keys of the course file go with which engine, and which system with which server.
// Leaves the other rules between keys to cross.
import type { Path } from './course.ts'
import { valueAt, wordOf } from './issues.ts'
import type { Get, Report } from './rule.ts'

const keysOfDevstack = [
  ['git_base', "Debian's packages are not built from git"],
  ['pip_index', "Debian's packages bring their Python modules with them"],
  ['image_urls', 'it is DevStack that uploads them'],
] as const

/** Codes: `engine-key-unused`, `release-not-packaged`, `os-installed`, `os-without-packages`, `adopted-with-servers`. */
export function engineRule(get: Get, servers: readonly unknown[], report: Report): void {
  if (get('engine', 'kind') === 'adopted') return adoptedRule(get, servers, report)
  const packages = (get('engine', 'kind') ?? 'packages') === 'packages'
  const release = get('engine', 'release')
  for (const [key, why] of keysOfDevstack)
    if (packages && get('engine', key) !== undefined)
      report(
        ['engine', key],
        'engine-key-unused',
        `kind packages has no use for \`${key}\``,
        why,
        'write kind: devstack, or remove it',
      )
  if (packages && ['2025.2', '2026.1', 'master'].includes(wordOf(release)))
    report(
      ['engine', 'release'],
      'release-not-packaged',
      `kind packages has no release ${wordOf(release)}`,
      'packages are those of Debian 13, which has OpenStack 2025.1',
      "write release: '2025.1', or kind: devstack",
    )
  servers.forEach((server, i) => osRule(server, ['servers', i, 'os'], packages, report))
}

/** Clouds that exist already have all of it decided. */
function adoptedRule(get: Get, servers: readonly unknown[], report: Report): void {
  for (const key of ['release', 'cinder', ...keysOfDevstack.map(([one]) => one)])
    if (get('engine', key) !== undefined)
      report(
        ['engine', key],
        'engine-key-unused',
        `kind adopted has no use for \`${key}\``,
        'the cloud exists already, with what it has',
        'remove it',
      )
  servers.forEach((server, i) => {
    if ((valueAt(server, ['role']) ?? 'cloud') !== 'cloud') return
    report(
      ['servers', i],
      'adopted-with-servers',
      'a server with role cloud, and engine kind adopted',
      'kind adopted is for clouds that exist already (`clouds`); nothing would be put on this server',
      'write role: jump, lab or retired; or kind: packages, which puts a cloud on it and uses `clouds` beside it',
    )
  })
}

function osRule(server: unknown, path: Path, packages: boolean, report: Report): void {
  const os = valueAt(server, ['os'])
  const provider = valueAt(server, ['provider'])
  if (os === undefined) return
  if (typeof provider === 'string' && provider !== 'rehearsal')
    report(
      path,
      'os-installed',
      `a server of ${provider} has the system that you installed`,
      'only the servers of a rehearsal are installed by bateau',
      'remove it; `bateau probe` says what is on a server',
    )
  else if (packages && os === 'debian-12')
    report(
      path,
      'os-without-packages',
      'Debian 12 has no packages of OpenStack 2025.1',
      'they come with Debian 13',
      'write os: debian-13, or engine: {kind: devstack}',
    )
}

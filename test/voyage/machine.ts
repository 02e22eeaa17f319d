// Decides what of this machine a rehearsal could leave behind, and lists it.
// Leaves comparing before and after to the tests.
import { readdirSync, readFileSync } from 'node:fs'
import { spawnRun } from '../../src/host/spawn.ts'
import { courseName } from './bateau.ts'

const own = `bateau-${courseName}-`
/** Another rehearsal may come and go on the same machine meanwhile; what carries its name is its own affair. */
const isOthers = (line: string) => line.includes('bateau-') && !line.includes(own)

/** Of network namespaces only this rehearsal's own count: each that it makes has its name, and other programs make theirs. */
const isOthersNamespace = (line: string) => line.startsWith('nsfs /run/netns/') && !line.includes(own)
/** ip-netns(8) mounts this directory on itself with the first namespace of the machine; it stays for as long as anybody has one. */
const wasMounted = / \/run\/netns /.test(readFileSync('/proc/self/mounts', 'utf8'))
const isShared = (line: string) =>
  / \/run\/netns /.test(line) &&
  (wasMounted || readdirSync('/run/netns').some((name) => !name.startsWith(own)))

/** Namespaces, mounts, interfaces, routes, addresses, control groups and units, and the processes that carry a rehearsal's mark. */
export async function traces(): Promise<Record<string, string[]>> {
  const lines = async (...argv: [string, ...string[]]) =>
    (await spawnRun(argv)).stdout
      .split('\n')
      .filter((line) => line !== '' && !isOthers(line))
      .toSorted()
  return {
    namespaces: (await lines('ip', 'netns')).filter((line) => line.startsWith(own)),
    interfaces: (await lines('ip', '-o', 'link')).map((line) => line.split(': ')[1] ?? ''),
    addresses: (await lines('ip', '-o', 'addr')).map((line) => line.replace(/ valid_lft.*/, '')),
    routes: await lines('ip', 'route'),
    routes6: (await lines('ip', '-6', 'route')).map((line) => line.replace(/ expires \S+/, '')),
    mounts: readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !isOthers(line) && !isOthersNamespace(line) && !isShared(line))
      .toSorted(),
    groups: await lines('sh', '-c', "find /sys/fs/cgroup -maxdepth 4 -type d -name 'bateau-*'"),
    units: await lines(
      'sh',
      '-c',
      "systemctl list-units --all --plain --no-legend 'bateau-*' 2>/dev/null || true",
    ),
    processes: marked(),
  }
}

function marked(): string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'latin1')
        return environment.includes(`=bateau:rehearsal:${courseName}:`)
          ? [readFileSync(`/proc/${pid}/comm`, 'utf8').trim()]
          : []
      } catch {
        return []
      }
    })
}

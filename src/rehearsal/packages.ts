// Decides which Debian packages this machine needs for a rehearsal, and installs those that lack.
// Leaves announcing and asking to cli/.
import { Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'
import type { Task } from '../core/task.ts'

/** Package, and what of it is used. */
export const machinePackages: Readonly<Record<string, string>> = {
  'debian-archive-keyring': 'keys that Debian is signed with',
  ethtool: 'checksum settings of virtual cables',
  iproute2: 'ip, ss: namespaces and cables',
  'iputils-ping': 'ping from the internet of the rehearsal',
  mmdebstrap: 'unpacks Debian for the servers',
  'openssh-client': 'ssh, ssh-keygen',
  procps: 'sysctl in namespaces',
  'systemd-container': 'systemd-nspawn runs the servers',
}

/** Which of them, and of `more`, are not installed. */
export async function missingPackages(machine: Shell, more: readonly string[] = []): Promise<string[]> {
  const names = [...new Set([...Object.keys(machinePackages), ...more])]
  const ran = await machine.run(['dpkg-query', '-W', '-f', '${Package} ${db:Status-Status}\\n', ...names])
  const installed = new Set(
    ran.stdout.split('\n').flatMap((line) => (line.endsWith(' installed') ? [line.split(' ')[0]] : [])),
  )
  return names.filter((name) => !installed.has(name))
}

export function packagesTask(machine: Shell, more: readonly string[] = []): Task {
  return {
    id: 'rehearsal/packages',
    title: 'Debian packages of this machine',
    because: 'containers, namespaces and images are made with the tools of the distribution',
    lane: 'local',
    after: [],
    async look() {
      const lacking = await missingPackages(machine, more)
      return lacking.length === 0
        ? { done: true, seen: `${Object.keys(machinePackages).length} installed` }
        : { done: false, seen: `lacking: ${lacking.join(', ')}` }
    },
    async act(progress) {
      const options = { signal: progress.signal, onLine: (line: string) => progress.line(line) }
      const apt = [
        'env',
        'DEBIAN_FRONTEND=noninteractive',
        'apt-get',
        '-o',
        'DPkg::Lock::Timeout=300',
      ] as const
      await machine.run([...apt, 'update'], options)
      const lacking = await missingPackages(machine, more)
      const ran = await machine.run([...apt, 'install', '-y', '--no-install-recommends', ...lacking], options)
      if (ran.code !== 0)
        throw new Trouble({
          code: 'apt-failed',
          title: 'packages could not be installed on this machine',
          why: ran.stderr.trim().split('\n').slice(-4).join('\n'),
          fix: `see what apt says: apt-get install ${lacking.join(' ')}`,
        })
    },
  }
}

// Decides how the machine of a measurement is described: date, cores, and the versions of what ran. No names, no paths.
// Leaves the figures to who measured.
import { cpus } from 'node:os'
import type { Shell } from '../src/core/shell.ts'

export async function machineWords(server: Shell): Promise<string> {
  const asked = await server.run([
    'sh',
    '-c',
    '. /etc/os-release; echo "$PRETTY_NAME"; uname -r | cut -d- -f1; systemctl --version | head -n 1; node --version 2>/dev/null',
  ])
  const [system = '', kernel = '', systemd = '', node = ''] = asked.stdout.trim().split('\n') ?? []
  const words = [system, `kernel ${kernel}`, systemd.replace(/ \(.*/, ''), node && `Node ${node.slice(1)}`]
  return `${new Date().toISOString().slice(0, 10)}; ${cpus().length} cores; servers: ${words.filter(Boolean).join(', ')}.`
}

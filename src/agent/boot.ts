// Decides how the agent knows that its server was started anew, and how long ago.
// Leaves what follows from it to agent.
import { readFileSync } from 'node:fs'

export type Boot = {
  /** Another one after each boot, of a container too, whose kernel goes on. */
  id: string
  /** Seconds since the system's first process began. */
  seconds: number
}

/** proc_pid_stat(5): field 22 of the first process is its start in ticks (1/100 s on Linux's own interface) since the kernel's boot. */
export function readBoot(): Boot {
  const read = (path: string) => readFileSync(path, 'utf8')
  // The second field is a name in brackets that may hold blanks.
  const [, rest = ''] = read('/proc/1/stat').split(') ')
  const began = Number(rest.split(' ')[19]) / 100
  const [up = 0] = read('/proc/uptime').split(' ').map(Number)
  return { id: `${read('/proc/sys/kernel/random/boot_id').trim()}/${began}`, seconds: up - began }
}

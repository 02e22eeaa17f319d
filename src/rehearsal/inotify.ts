// Decides whether the kernel has enough inotify instances for the servers of a rehearsal: without them systemd does not start.
// Leaves raising the limit to whoever owns the machine.
import type { Fault } from '../core/fault.ts'

/** Measured: systemd 252 and 257 with udev, journald, networkd, resolved, logind and dbus hold eight; a cloud some more. */
const each = 10

/** What this machine itself, of the same user, may hold. */
const others = 25

/** `limit`: fs.inotify.max_user_instances, which counts for all processes of a user, root's containers included (inotify(7)). */
export function inotifyFaults(servers: number, limit: number): Fault[] {
  const needed = others + each * servers
  if (Number.isNaN(limit) || limit >= needed) return []
  return [
    {
      code: 'few-inotify-instances',
      title: `${servers} servers need ${needed} inotify instances, and the kernel gives ${limit}`,
      why: 'all containers of root share them, and systemd in a server that gets none ends at once',
      fix: `sysctl fs.inotify.max_user_instances=${Math.max(512, 2 ** Math.ceil(Math.log2(needed)))}`,
    },
  ]
}

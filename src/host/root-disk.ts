// Decides what disk a server has for instances: the file system of /, as large as it is and as fast as what carries it.
// Leaves whether it is enough to plan/capacity.
import type { Shell } from '../core/shell.ts'

export type RootDisk = { kind: 'ssd' | 'nvme' | 'hdd'; gigabytes: number }

/** Null when the server does not say. A mirror counts once, as its file system does. */
export async function readRootDisk(shell: Shell): Promise<RootDisk | null> {
  const ran = await shell.run(['sh'], { stdin: script, timeout: 20_000 })
  return parseRootDisk(ran.stdout)
}

/** `bytes rotational device…`, the last two absent where a container hides its disks. */
export function parseRootDisk(text: string): RootDisk | null {
  const [bytes = '', rotational, device = ''] = text.trim().split(/\s+/)
  const gigabytes = Math.floor(Number(bytes) / 1e9)
  if (!/^\d+$/.test(bytes) || gigabytes < 1) return null
  // A virtual disk says that it turns, whatever it is on.
  const turns = rotational === '1' && !/^x?vd/.test(device)
  return { kind: turns ? 'hdd' : device.startsWith('nvme') ? 'nvme' : 'ssd', gigabytes }
}

const script = `set -- $(df -B1 --output=size,source / | tail -n 1)
echo "$1" $(lsblk -snro ROTA,NAME,TYPE "$2" 2>/dev/null | grep ' disk$' | head -n 1)
`

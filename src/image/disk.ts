// Decides how a disk image with one bootable FAT16 partition is laid out, and makes it with mtools and syslinux.
// Leaves what is on it to tiny.
import { open, readFile } from 'node:fs/promises'
import { Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'

const sector = 512
/** The partition begins at 1 MiB, as every partitioning tool has it. */
const firstSector = 2048
/** Geometry written for a BIOS that still asks for one: 64 heads, 32 sectors a track. */
const geometry = { heads: 64, sectors: 32 } as const

/**
 * Master boot record: boot code, and one active partition of type 06 (FAT16) from `firstSector` to the disk's end.
 * Cylinder, head and sector are at their limit, so that the BIOS takes the block numbers.
 */
export function masterBootRecord(code: Uint8Array, sectors: number): Buffer {
  if (code.length > 440) throw new RangeError('boot code has at most 440 bytes')
  const record = Buffer.alloc(sector)
  record.set(code)
  record.set([0x80, 0xfe, 0xff, 0xff, 0x06, 0xfe, 0xff, 0xff], 446)
  record.writeUInt32LE(firstSector, 454)
  record.writeUInt32LE(sectors - firstSector, 458)
  record.writeUInt16LE(0xaa55, 510)
  return record
}

/** Where Debian's syslinux-common keeps the boot code for a master boot record. */
const bootCode = '/usr/lib/syslinux/mbr/mbr.bin'

/** Writes a bootable raw image at `path` with these files (paths of this machine) in its root. Fault code: `image-disk`. */
export async function makeDisk(
  shell: Shell,
  path: string,
  sizeMiB: number,
  files: readonly string[],
): Promise<void> {
  const sectors = (sizeMiB * 1024 * 1024) / sector
  const disk = await open(path, 'wx', 0o644)
  try {
    await disk.truncate(sectors * sector)
    await disk.write(masterBootRecord(await readFile(bootCode), sectors), 0, sector, 0)
  } finally {
    await disk.close()
  }
  const partition = `${path}@@${firstSector * sector}`
  const { heads, sectors: track } = geometry
  const shape = ['-T', sectors - firstSector, '-h', heads, '-s', track, '-H', firstSector].map(String)
  await done(shell, ['mformat', '-i', partition, '-v', 'TINY', ...shape, '::'])
  await done(shell, ['mcopy', '-i', partition, ...files, '::'])
  await done(shell, ['syslinux', '--offset', String(firstSector * sector), '--install', path])
}

async function done(shell: Shell, argv: readonly [string, ...string[]]): Promise<void> {
  const ran = await shell.run(argv, { timeout: 120_000 })
  if (ran.code === 0) return
  throw new Trouble({
    code: 'image-disk',
    title: `${argv[0]} could not make the guest image`,
    why: ran.stderr.trim() || `it exited with ${ran.code}`,
    fix: 'apt-get install mtools syslinux syslinux-common, and see that the cache directory has 100 MB left',
  })
}

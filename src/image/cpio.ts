// Decides how files become a cpio archive in the "newc" form, which the Linux kernel unpacks as its first root.
// Leaves which files those are to tiny.
// Form: Linux, Documentation/driver-api/early-userspace/buffer-format.rst.

export type Entry = {
  /** Without a leading slash. A directory comes before what it holds. */
  path: string
  /** Permission bits only: 0o755. */
  mode: number
} & (
  | { kind: 'file'; data: Uint8Array }
  | { kind: 'directory' }
  | { kind: 'link'; target: string }
  | { kind: 'character'; major: number; minor: number }
)

/** File type bits of st_mode, inode(7). */
const typeBits = { file: 0o100000, directory: 0o040000, link: 0o120000, character: 0o020000 } as const

/** The archive, its trailer included. Everything belongs to root and is dated 1970: the same entries give the same bytes. */
export function newc(entries: readonly Entry[]): Buffer {
  const parts = entries.flatMap((entry, index) => record(entry, index + 1))
  return Buffer.concat([...parts, ...record({ path: 'TRAILER!!!', mode: 0, kind: 'file', data: nothing }, 0)])
}

const nothing = new Uint8Array()

function record(entry: Entry, inode: number): Uint8Array[] {
  const data =
    entry.kind === 'file' ? entry.data : entry.kind === 'link' ? Buffer.from(entry.target) : nothing
  const name = Buffer.from(`${entry.path}\0`)
  const [major, minor] = entry.kind === 'character' ? [entry.major, entry.minor] : [0, 0]
  const mode = inode === 0 ? 0 : typeBits[entry.kind] | entry.mode
  const links = entry.kind === 'directory' ? 2 : 1
  const numbers = [inode, mode, 0, 0, links, 0, data.length, 0, 0, major, minor, name.length, 0]
  const head = Buffer.from(`070701${numbers.map((n) => n.toString(16).padStart(8, '0')).join('')}`)
  return [padded(Buffer.concat([head, name])), padded(data)]
}

/** Header with name, and data, each end on a multiple of four bytes. */
function padded(bytes: Uint8Array): Uint8Array {
  const over = bytes.length % 4
  return over === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(4 - over)])
}

// Decides the archive of all hand-outs: one directory a person, in a zip that is the same for the same files.
// Leaves where it is put, and encrypting it, to deploy/class.
import { type Zippable, zipSync } from 'fflate'
import type { Day } from '../course/class.ts'
import type { HandoutContent } from './handout.ts'

/** Unix, a regular file, for its owner alone: unzip(1) and macOS give extracted keys these rights (APPNOTE 4.4.2, 4.4.15). */
const owned = { os: 3, attrs: (0o100600 << 16) >>> 0 }

/**
 * `COURSE/LOGIN/FILE`, in the order of the logins. `day` is the date that all files carry: the zip has no clock of its own,
 * and changes only with what is in it.
 */
export function archive(
  course: string,
  day: Day,
  handouts: ReadonlyMap<string, readonly HandoutContent[]>,
): Uint8Array {
  const files: Zippable = {}
  const mtime = dateOf(day)
  for (const [login, contents] of [...handouts].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    for (const { name, content } of contents.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
      files[`${course}/${login}/${name}`] = [content, { ...owned, mtime, level: 6 }]
  return zipSync(files)
}

/** A zip's times are local ones without a zone: made of local parts, they are the same everywhere. */
function dateOf(day: Day): Date {
  const [year = 1980, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date)
}

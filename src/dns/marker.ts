// Decides how a zone remembers which of its names are bateau's: TXT records of one name a course, `_bateau-COURSE`.
// Leaves writing them together with the records they speak of to the providers' files.
import { Trouble } from '../core/fault.ts'

/** Begins with an underscore, so it is no host's name (RFC 8552). Courses have slugs of at most 24 characters. */
export const markerName = (course: string) => `_bateau-${course}`

const head = (course: string) => `bateau:${course}`

/** No blank, quote or semicolon is in it, which providers treat each in its own way. */
const line = (course: string, names: readonly string[]) => [head(course), ...names].join(',')

/** Names go into what dig and nsupdate are told, and what is held is removed: nothing else, and not the zone's own name. */
const held = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/

/** The names that the texts hold. Throws Trouble `dns-marker` for a text that is not bateau's. */
export function readMarker(course: string, texts: readonly string[]): string[] {
  const names = new Set<string>()
  for (const text of texts) {
    const [first, ...rest] = text.split(',')
    if (first !== head(course)) throw new Trouble(notOurs(course, text))
    if (!rest.every((name) => held.test(name))) throw new Trouble(notOurs(course, text))
    for (const name of rest) names.add(name)
  }
  return [...names].toSorted()
}

/**
 * Texts that hold exactly these names, each at most `bytes` long. Texts that were there stay as they are where they can,
 * so that a name more or less changes one record and not all.
 */
export function writeMarker(
  course: string,
  was: readonly string[],
  names: readonly string[],
  bytes: number,
): string[] {
  const wanted = new Set(names)
  const lines = was.map((text) => {
    const kept = text
      .split(',')
      .slice(1)
      .filter((name) => wanted.delete(name))
    return { kept, bytes: line(course, kept).length }
  })
  for (const name of [...wanted].toSorted()) {
    let room = lines.find((one) => one.kept.length > 0 && one.bytes + 1 + name.length <= bytes)
    if (room === undefined) lines.push((room = { kept: [], bytes: head(course).length }))
    room.kept.push(name)
    room.bytes += 1 + name.length
  }
  return lines.filter(({ kept }) => kept.length > 0).map(({ kept }) => line(course, kept))
}

const notOurs = (course: string, text: string) => ({
  code: 'dns-marker',
  title: `the zone has a TXT record ${markerName(course)} that bateau did not write`,
  why: `it says ${JSON.stringify(text.slice(0, 60))}; by that name bateau remembers which names are its own`,
  fix: `remove that record with the provider's own means, then run the same command again`,
})

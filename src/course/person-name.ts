// Decides when two written names, numbers or addresses may be one person's.
// Leaves whether they are to register, which knows all of them.
import { asciiName } from './login.ts'

/** Words of a name, accents and case aside; zeros in front of a number too, so that `student-01` is `student-001`. */
const words = (name: string) =>
  asciiName(name)
    .split('-')
    .map((word) => word.replace(/^0+(?=\d)/, ''))
    .filter((word) => word !== '')

/** The same for the same words in any order: `LEFÈVRE Zoé` is `Zoé Lefèvre`. Without a Latin letter, the name as written. */
export function nameKey(name: string): string {
  return words(name).toSorted().join(' ') || name.normalize('NFKC').toLowerCase()
}

/** One word in common, as after a marriage or where a second name was left out. */
export function sharesWord(a: string, b: string): boolean {
  const known = new Set(words(b))
  return words(a).some((word) => known.has(word)) || nameKey(a) === nameKey(b)
}

/** Numbers are compared without the zeros in front, which spreadsheets drop; e-mail addresses without their case. */
export const sameKey = (text: string) => text.toLowerCase().replace(/^0+(?=\d+$)/, '')

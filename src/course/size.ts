// Decides how amounts of memory and disk are written in a course file.
// Leaves how much is enough to plan/capacity.
import { bad, good, type Fault, type Outcome } from '../core/fault.ts'

/** Sizes as people write them: a number, a unit, a blank between or not. */
export const sizePattern = String.raw`^[0-9]+(\.[0-9]+)? ?([KMGT]i?B|[MGT])$`

const binary: Record<string, number> = { K: 1 / 1024, M: 1, G: 1024, T: 1024 * 1024 }

/**
 * MiB of memory. Memory is sold in powers of two, so `16 GB`, `16 GiB` and `16G` are the same 16384 MiB.
 * Fault codes: `bad-size`, `not-whole-mib`.
 */
export function readMemory(text: string): Outcome<number> {
  const size = split(text)
  if (!size) return bad(badSize(text, '4 GiB'))
  return whole(size.amount * (binary[size.letter] ?? Number.NaN), 'MiB', text)
}

/** GiB of an instance's disk. OpenStack counts flavors' disks in GiB and calls them GB, so both are read as GiB. */
export function readInstanceDisk(text: string): Outcome<number> {
  const size = split(text)
  if (!size) return bad(badSize(text, '5 GiB'))
  return whole((size.amount * (binary[size.letter] ?? Number.NaN)) / 1024, 'GiB', text)
}

/** GiB of a server's disk. Disks are sold in powers of ten, so `250 GB` is 232.8 GiB; `250 GiB` is what it says. */
export function readDisk(text: string): Outcome<number> {
  const size = split(text)
  if (!size) return bad(badSize(text, '250 GB'))
  const bytes = size.decimal
    ? size.amount * 1000 ** ('KMGT'.indexOf(size.letter) + 1)
    : size.amount * (binary[size.letter] ?? Number.NaN) * 2 ** 20
  if (bytes < 2 ** 20) return bad(badSize(text, '250 GB'))
  return good(bytes / 2 ** 30)
}

function split(text: string): { amount: number; letter: string; decimal: boolean } | undefined {
  const match = /^(\d+(?:\.\d+)?) ?(?:([KMGT])(i?)B|([MGT]))$/.exec(text)
  const amount = Number(match?.[1])
  if (!match || !(amount > 0) || amount > 1e9) return undefined
  return { amount, letter: match[2] ?? match[4] ?? '', decimal: match[2] !== undefined && match[3] === '' }
}

function whole(value: number, unit: string, text: string): Outcome<number> {
  if (Number.isInteger(value)) return good(value)
  return bad({
    code: 'not-whole',
    title: `${text} is not a whole number of ${unit}`,
    why: `OpenStack counts this in whole ${unit}`,
    fix: `write ${Math.max(1, Math.round(value))} ${unit}`,
  })
}

function badSize(text: string, example: string): Fault {
  return {
    code: 'bad-size',
    title: `not a size: ${text}`,
    why: /^[0-9.]+$/.test(text)
      ? 'a number alone does not say MiB or GiB'
      : 'a size is a number above zero and a unit: MiB, GiB, TiB, MB, GB or TB',
    fix: `write it like ${example}`,
  }
}

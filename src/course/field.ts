// Decides the kinds of values that keys of the course file take, each read at the door into its value.
// Leaves which keys there are to schema, and how a refusal is shown to issues.
import { z } from 'zod'
import { Address, Prefix } from '../core/prefix.ts'
import { Secret } from '../core/secret.ts'
import { bad, good, type Fault, type Outcome } from '../core/fault.ts'
import { duidText, readDuid } from './duid.ts'
import { readDisk, readInstanceDisk, readMemory, sizePattern } from './size.ts'

/** What the reference page and editors say of a key: its meaning, its unit, an example. */
export type About = { description: string; examples: readonly unknown[] }

export const about = (description: string, ...examples: unknown[]): About => ({ description, examples })

export const count = (least: number, most: number) => z.number().int().min(least).max(most)

/** Text that is read into a value; what `read` refuses becomes a fault at the value's place, why and fix kept. */
export function parsed<T>(meaning: About, read: (text: string) => Outcome<T>, pattern?: string) {
  return z
    .string()
    .meta(pattern === undefined ? meaning : { ...meaning, pattern })
    .transform((text, ctx) => {
      const outcome = read(text)
      if (outcome.ok) return outcome.value
      for (const fault of outcome.faults)
        ctx.issues.push({ code: 'custom', message: fault.title, input: text, params: { fault } })
      return z.NEVER
    })
}

/** Control characters and those that turn the direction of writing: they would drive a terminal, or hide what a line says. */
const unseen = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/** Text on one line. */
export const text = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .refine((value) => value.search(unseen) < 0, {
      params: {
        fault: {
          code: 'control-characters',
          title: 'holds characters that cannot be seen',
          why: 'control characters drive terminals, and others turn the direction of writing',
          fix: 'type it again; it was probably pasted from somewhere',
        },
      },
    })

/** A text with such characters made blanks: for what comes out of spreadsheets. */
export const seenText = (value: string) => value.replaceAll(unseen, ' ')

/** A word that ends up in argv, in paths and in other programs' files, so what it may hold is narrow. */
const word = (kind: string, pattern: string, longest: number) => (meaning: About) =>
  parsed(
    meaning,
    (value) =>
      value.length <= longest && new RegExp(pattern).test(value)
        ? good(value)
        : bad({
            code: 'bad-word',
            title: `not ${kind}: ${value}`,
            why: `letters, digits and few signs, at most ${longest} characters, a letter or digit first`,
            fix: `write it like ${String(meaning.examples[0])}`,
          }),
    pattern,
  )

/** Host name or address, as ssh(1) takes it. */
export const host = word('a host name or an address', '^[A-Za-z0-9:][A-Za-z0-9.:-]*$', 255)
/** The same, with or without the user in front: `user@host`. */
export const hostForUser = word(
  'a host, or user@host',
  '^([a-z_][a-z0-9_-]*@)?[A-Za-z0-9:][A-Za-z0-9.:-]*$',
  255,
)
/** As useradd(8) of Debian takes it. */
export const userName = word('a user name', '^[a-z_][a-z0-9_-]*$', 32)
/** Linux interface names have at most 15 characters (IFNAMSIZ). */
export const interfaceName = word('a name of a network interface', '^[A-Za-z0-9][A-Za-z0-9_.-]*$', 15)

export const memory = (meaning: About) => parsed(meaning, readMemory, sizePattern)
export const instanceDisk = (meaning: About) => parsed(meaning, readInstanceDisk, sizePattern)
export const disk = (meaning: About) => parsed(meaning, readDisk, sizePattern)
export const prefix = (meaning: About) => parsed(meaning, (text) => Prefix.parse(text))
export const address = (meaning: About) => parsed(meaning, (text) => Address.parse(text))

/** `ra`, or the address of the provider's router. */
export const gateway = (meaning: About) =>
  parsed<'ra' | Address>(meaning, (text) => (text === 'ra' ? good('ra') : Address.parse(text)))

/** An address and the length of its segment: `2001:db8:1::2/64`. */
export const interfaceAddress = (meaning: About) =>
  parsed<InterfaceAddress>(meaning, (text) => {
    const match = /^([^/]+)\/(\d{1,3})$/.exec(text)
    const length = Number(match?.[2])
    const read = Address.parse(match?.[1] ?? '')
    if (read.ok && length > 0 && length <= 128) return good({ address: read.value, length })
    return bad({
      code: 'bad-interface-address',
      title: `not an address with a length: ${text}`,
      why: 'the server needs the address and how much of it names the segment',
      fix: `write it like ${String(meaning.examples[0])}`,
    })
  })

export type InterfaceAddress = { address: Address; length: number }

export const duid = (meaning: About) =>
  parsed(meaning, (text) => {
    const read = readDuid(text)
    return read.ok ? good(new Secret(duidText(read.value))) : read
  })

/** Names that become host names, tags and parts of names in OpenStack: RFC 1123 labels that begin with a letter. */
export const slug = (meaning: About, longest: number) =>
  parsed(
    meaning,
    (text) => (slugOf(longest).test(text) ? good(text) : bad(badSlug(text, longest))),
    slugOf(longest).source,
  )

const slugOf = (longest: number) => new RegExp(`^[a-z]([a-z0-9-]{0,${longest - 2}}[a-z0-9])?$`)

/** A day of the calendar as `YYYY-MM-DD` (RFC 3339 full-date). */
export const day = (meaning: About) => parsed(meaning, readDay, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$')

export function readDay(text: string): Outcome<string> {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) return good(text)
  return bad({
    code: 'bad-date',
    title: `not a day of the calendar: ${text}`,
    why: 'days are written year-month-day with two digits for month and day, so that nobody swaps them',
    fix: `write it like ${betterDay(text) ?? '2026-09-15'}`,
  })
}

function betterDay(text: string): string | undefined {
  const [, d = '', m = '', y = ''] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text) ?? []
  const [, y2 = '', m2 = '', d2 = ''] = /^(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})/.exec(text) ?? []
  const better = `${y || y2}-${(m || m2).padStart(2, '0')}-${(d || d2).padStart(2, '0')}`
  return Number.isNaN(Date.parse(better)) || better === text ? undefined : better
}

/** A time of day by a clock of 24 hours, `HH:MM`; such texts compare as times do. */
export const clockTime = (meaning: About) =>
  parsed(
    meaning,
    (text) =>
      /^([01]\d|2[0-3]):[0-5]\d$/.test(text)
        ? good(text)
        : bad({
            code: 'bad-time',
            title: `not a time of day: ${text}`,
            why: 'hours 00 to 23 and minutes, two digits each, with a colon between; YAML wants it in quotes',
            fix: "write it like '08:00'",
          }),
    '^[0-9]{2}:[0-9]{2}$',
  )

/** An amount of the course's currency, two decimal places at most. Below zero is refused. */
export const money = (meaning: About) =>
  z
    .number()
    .min(0)
    .max(10_000_000)
    .refine((amount) => Math.abs(amount * 100 - Math.round(amount * 100)) < 1e-6, {
      error: 'more than two decimal places',
      params: {
        fault: {
          code: 'not-cents',
          title: 'more than two decimal places',
          why: 'amounts of money are whole cents',
          fix: 'round it to the cent; only `hourly` rates may be finer',
        },
      },
    })
    .meta(meaning)

function badSlug(text: string, longest: number): Fault {
  const better = text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, longest)
    .replace(/-+$/, '')
  return {
    code: 'bad-name',
    title: text === '' ? 'an empty name' : `not a name that hosts can have: ${text}`,
    why: `it becomes part of host and network names: letters a to z, digits and hyphens, a letter first, at most ${longest}`,
    fix: better === '' ? 'write a short name, for example os1' : `write ${better}`,
  }
}

// Decides how a Site (and what else a server is told about itself) goes into a file and comes back as the same value, without its secrets.
// Leaves where the file is and who may read it to delivery/agent, and what is done with it to agent/.
import { bad, type Fault, good, type Outcome } from './fault.ts'
import { Address, Prefix } from './prefix.ts'
import { reference, references } from './secret.ts'
import type { Site } from './site.ts'

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * A value as JSON that `revived` gives back exactly: addresses and prefixes as objects with one key, a reference to a
 * secret as the secret's *name*, so that nothing that installs the text puts the secret in its place. Throws
 * RangeError for a text that holds a reference among other words, and for values that JSON has no form for.
 */
export function asJson(value: unknown): Json {
  if (value instanceof Address) return { $address: String(value) }
  if (value instanceof Prefix) return { $prefix: String(value) }
  if (typeof value === 'string') return textAsJson(value)
  if (value === null || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    return value
  if (Array.isArray(value)) return value.map(asJson)
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, one]) => one !== undefined)
        .map(([key, one]) => [key, asJson(one)]),
    )
  throw new RangeError(`no form in JSON for ${typeof value}`)
}

function textAsJson(text: string): Json {
  const [name, ...more] = references(text)
  if (name === undefined) return text
  if (more.length > 0 || text !== reference(name)) throw new RangeError('a secret among other words')
  return { $secret: name }
}

/** The inverse of `asJson`. Fault code: `unreadable-value`. */
export function revived(json: unknown): Outcome<unknown> {
  try {
    return good(revive(json))
  } catch (error) {
    return bad(unreadable(error instanceof Error ? error.message : String(error)))
  }
}

function revive(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(revive)
  if (typeof json !== 'object' || json === null) return json
  const entries = Object.entries(json)
  const [[key, text] = ['', null]] = entries
  if (key.startsWith('$')) {
    if (entries.length !== 1 || typeof text !== 'string') throw new RangeError(`${key} stands for one text`)
    if (key === '$address') return Address.of(text)
    if (key === '$prefix') return Prefix.of(text)
    if (key === '$secret') return reference(text)
    throw new RangeError(`${key} is unknown`)
  }
  return Object.fromEntries(entries.map(([name, one]) => [name, revive(one)]))
}

/**
 * A site out of what `asJson` made of one. Looks at the parts that everything else leans on; that the rest is of this
 * version's form is known by the version that is written beside it. Fault code: `unreadable-value`.
 */
export function siteOf(json: unknown): Outcome<Site> {
  const value = revived(json)
  if (!value.ok) return value
  const { name, facts, delivery, addressing } = (value.value ?? {}) as Partial<Site>
  const lacks =
    typeof name !== 'string' || name === ''
      ? 'its name'
      : typeof facts?.uplink?.name !== 'string'
        ? 'the name of its uplink'
        : !(delivery?.block instanceof Prefix) || typeof delivery.kind !== 'string'
          ? 'how the block is delivered'
          : !(addressing?.block instanceof Prefix) || !(addressing.service instanceof Address)
            ? 'its addresses'
            : !(addressing.public?.prefix instanceof Prefix) || !Array.isArray(addressing.tenants)
              ? 'its segments'
              : undefined
  return lacks === undefined ? good(value.value as Site) : bad(unreadable(`the description lacks ${lacks}`))
}

const unreadable = (why: string): Fault => ({
  code: 'unreadable-value',
  title: 'the description of a server cannot be read',
  why,
  fix: 'let bateau write it anew: run `bateau up` again with the course file',
})

// Decides what a record is in bateau, how its texts are made comparable, and which names can stand in a zone.
// Leaves which records there should be to names, and how a provider writes them to its file.
import { bad, good, type Outcome } from '../core/fault.ts'
import { Address } from '../core/prefix.ts'

/** Types that bateau writes, and the two that take a name for themselves: an alias (CNAME) and a delegation (NS). */
export type RecordType = 'A' | 'AAAA' | 'PTR' | 'TXT' | 'CNAME' | 'NS'

/** All records of one name and type (RFC 2181 section 5): they have one TTL and come and go together. */
export type Rrset = {
  /** Relative to the zone, in small letters: `vm1.alice`. */
  name: string
  type: RecordType
  /** Seconds. */
  ttl: number
  /** Sorted, each once, in the form of `normalData`. */
  data: readonly string[]
}

/** What a provider has, one record a line, as one RRset a name and type. The TTL is the first one's. */
export function rrsetsOf(
  records: readonly { name: string; type: RecordType; ttl: number; data: string }[],
): Rrset[] {
  const all = new Map<string, { name: string; type: RecordType; ttl: number; data: Set<string> }>()
  for (const { name, type, ttl, data } of records) {
    const key = `${name} ${type}`
    const set = all.get(key) ?? { name, type, ttl, data: new Set() }
    set.data.add(normalData(type, data))
    all.set(key, set)
  }
  return [...all.values()].map((set) => ({ ...set, data: [...set.data].toSorted() }))
}

/** Data in one form, however it was written: addresses by RFC 5952, names in small letters with a dot at the end. */
export function normalData(type: RecordType, text: string): string {
  switch (type) {
    case 'AAAA': {
      const address = Address.parse(text)
      return address.ok ? address.value.toString() : text
    }
    case 'PTR':
    case 'CNAME':
    case 'NS':
      return `${text.toLowerCase().replace(/\.$/, '')}.`
    case 'A':
    case 'TXT':
      return text
  }
}

export const sameData = (one: Rrset, other: Rrset): boolean =>
  one.data.length === other.data.length && one.data.every((data, i) => data === other.data[i])

const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/

/** A zone's name in small letters without a dot at its end. Fault code: `dns-zone-name`. */
export function readZone(text: string): Outcome<string> {
  const name = text.toLowerCase().replace(/\.$/, '')
  if (name.length <= 253 && name.split('.').every((part) => label.test(part))) return good(name)
  return bad({
    code: 'dns-zone-name',
    title: `not the name of a zone: ${JSON.stringify(text)}`,
    why: 'a zone is labels of letters, digits and hyphens with dots between them (RFC 1035 section 2.3.1)',
    fix: 'write it under dns as the provider shows it, for example zone: course.example',
  })
}

/** The name below the zone, or null when it is not there. */
export function below(name: string, zone: string): string | null {
  const whole = name.toLowerCase().replace(/\.$/, '')
  return whole.endsWith(`.${zone}`) ? whole.slice(0, -zone.length - 1) : null
}

/**
 * A name that somebody gave an instance, as a label: what is no letter, digit or hyphen becomes a hyphen. Null when
 * nothing is left of it.
 */
export function hostLabel(text: string): string | null {
  const made = text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '')
  return made === '' ? null : made
}

/** RFC 3596 section 2.5: the nibbles from the last to the first, below ip6.arpa. */
export function reverseName(address: Address): string {
  const nibbles = address.bits.toString(16).padStart(32, '0')
  return `${Array.from(nibbles).toReversed().join('.')}.ip6.arpa`
}

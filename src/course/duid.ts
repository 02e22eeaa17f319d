// Decides what a DUID is and when its text cannot be one.
// Leaves where it is kept to core/secret, and how it is sent to delivery/.
import { bad, good, type Fault, type Outcome } from '../core/fault.ts'

/** A DHCP Unique Identifier (RFC 8415 section 11): type in two bytes, then up to 128 more. */
export type Duid = { type: number; bytes: readonly number[] }

const names: Record<number, string> = { 1: 'DUID-LLT', 2: 'DUID-EN', 3: 'DUID-LL', 4: 'DUID-UUID' }
/** Whole length where the type fixes it for Ethernet (48-bit addresses): LLT 2+2+4+6, LL 2+2+6, UUID 2+16. */
const lengths: Record<number, number> = { 1: 14, 3: 10, 4: 18 }

/**
 * Reads hexadecimal bytes with `:`, `-` or nothing between. Faults never repeat the text: a DUID works like a private
 * key, whoever sends it gets the block. Fault codes: `bad-duid`, `duid-length`.
 */
export function readDuid(text: string): Outcome<Duid> {
  const compact = text.trim().replace(/^0x/i, '')
  const parts = /[:-]/.test(compact) ? compact.split(/[:-]/) : (compact.match(/../g) ?? [])
  const joined = parts.join('')
  if (!/^[0-9a-f]+$/i.test(joined) || parts.some((part) => part.length !== 2) || joined.length % 2 === 1)
    return bad(badDuid())
  if (!/[:-]/.test(compact) && compact.length % 2 === 1) return bad(badDuid())
  const bytes = parts.map((part) => Number.parseInt(part, 16))
  const type = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)
  const expected = lengths[type]
  const name = names[type]
  if (name === undefined) return bad(unknownType(bytes.length))
  if (expected !== undefined && bytes.length !== expected)
    return bad(wrongLength(bytes.length, name, expected))
  if (bytes.length < 7 || bytes.length > 130) return bad(wrongLength(bytes.length, name, 7))
  return good({ type, bytes })
}

/** The one text form that leaves this room: lower case, colons. */
export function duidText(duid: Duid): string {
  return duid.bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}

function wrongLength(size: number, name: string, expected: number): Fault {
  return {
    code: 'duid-length',
    title: `${size} bytes, but a ${name} has ${expected === 7 ? 'at least 7' : expected}`,
    why: 'the DHCPv6 server compares every byte; one more or less and it delegates nothing',
    fix: "the provider's console shows the DUID beside the block, not beside the server: copy it whole",
  }
}

function unknownType(size: number): Fault {
  return {
    code: 'bad-duid',
    title: `${size} bytes that do not begin like a DUID`,
    why: 'a DUID begins with its type: 00:01, 00:02, 00:03 or 00:04 (RFC 8415 section 11)',
    fix: "copy it whole from the provider's console, its first two bytes included",
  }
}

function badDuid(): Fault {
  return {
    code: 'bad-duid',
    title: 'not a DUID',
    why: 'a DUID is bytes of two hexadecimal digits with colons between them',
    fix: "copy it from the provider's console: mostly ten bytes, the first of them 00:03",
  }
}

// Decides the options of DHCPv6 (RFC 8415 section 21) that a delegation is made of, nested no deeper than it needs.
// Leaves the messages to dhcpv6, and whether an offer can be taken to offer.
import { Address } from '../core/prefix.ts'
import { addressAt, addressBytes, concat, u8, u16, u32, word8, word16, word32 } from './bytes.ts'
import { isMalformed, type Malformed, malformed } from './malformed.ts'

export type IaPrefix = {
  option: 'ia-prefix'
  /** Seconds; 0xffffffff stands for ever. */
  preferred: number
  valid: number
  length: number
  /** As it came: bits after the length may be set. */
  address: Address
  options: readonly DhcpOption[]
}
export type IaPd = {
  option: 'ia-pd'
  iaid: number
  /** Seconds until the client renews, and rebinds; 0: as it likes. */
  t1: number
  t2: number
  options: readonly DhcpOption[]
}
export type DhcpOption =
  | { option: 'client-id'; duid: Uint8Array }
  | { option: 'server-id'; duid: Uint8Array }
  | { option: 'wanted'; codes: readonly number[] }
  | { option: 'preference'; value: number }
  /** Hundredths of a second since the client began. */
  | { option: 'elapsed'; centiseconds: number }
  | { option: 'status'; code: number; message: string }
  | { option: 'rapid-commit' }
  | { option: 'resolvers'; addresses: readonly Address[] }
  | IaPd
  | IaPrefix
  | { option: 'other'; code: number; body: Uint8Array }

const codes = {
  'client-id': 1,
  'server-id': 2,
  wanted: 6,
  preference: 7,
  elapsed: 8,
  status: 13,
  'rapid-commit': 14,
  resolvers: 23,
  'ia-pd': 25,
  'ia-prefix': 26,
} as const

/** IA_PD in the message, IAPREFIX in it, a status in that: three. What is nested deeper is kept as bytes and not read. */
const deepest = 3
/** RFC 8415 section 21.13: text for people; it is shown to one, so not at any length. */
const longestMessage = 400

export function parseDhcpOptions(bytes: Uint8Array, depth = 1): DhcpOption[] | Malformed {
  const options: DhcpOption[] = []
  for (let at = 0; at < bytes.length;) {
    if (at + 4 > bytes.length) return malformed('ends within the header of an option', at)
    const end = at + 4 + u16(bytes, at + 2)
    if (end > bytes.length) return malformed('an option is longer than what holds it', at)
    const option = parseOption(u16(bytes, at), bytes.slice(at + 4, end), depth)
    if (isMalformed(option)) return malformed(option.why, at + 4 + option.at)
    options.push(option)
    at = end
  }
  return options
}

function parseOption(code: number, body: Uint8Array, depth: number): DhcpOption | Malformed {
  const short = (least: number) =>
    body.length < least && malformed(`option ${code} is too short`, body.length)
  switch (code) {
    case codes['client-id']:
    case codes['server-id']:
      // Type and at least one byte, at most 128 (RFC 8415 section 11.1).
      if (body.length > 130) return malformed('a DUID longer than any', 130)
      return short(3) || { option: code === codes['client-id'] ? 'client-id' : 'server-id', duid: body }
    case codes.wanted: {
      if (body.length % 2 === 1) return malformed('half a code in a list of codes', body.length - 1)
      return { option: 'wanted', codes: Array.from({ length: body.length / 2 }, (_, i) => u16(body, 2 * i)) }
    }
    case codes.preference:
      return exactly(body, 1) ?? { option: 'preference', value: u8(body, 0) }
    case codes.elapsed:
      return exactly(body, 2) ?? { option: 'elapsed', centiseconds: u16(body, 0) }
    case codes.status:
      return short(2) || { option: 'status', code: u16(body, 0), message: shown(body.subarray(2)) }
    case codes['rapid-commit']:
      return exactly(body, 0) ?? { option: 'rapid-commit' }
    case codes.resolvers: {
      if (body.length % 16 !== 0) return malformed('not whole addresses', body.length)
      const count = body.length / 16
      return {
        option: 'resolvers',
        addresses: Array.from({ length: count }, (_, i) => addressAt(body, 16 * i)),
      }
    }
    case codes['ia-pd']:
      if (depth >= deepest) break
      return short(12) || parseIaPd(body, depth)
    case codes['ia-prefix']:
      if (depth >= deepest) break
      return short(25) || parseIaPrefix(body, depth)
    default:
  }
  return { option: 'other', code, body }
}

function parseIaPd(body: Uint8Array, depth: number): IaPd | Malformed {
  const options = parseDhcpOptions(body.subarray(12), depth + 1)
  if (isMalformed(options)) return malformed(options.why, 12 + options.at)
  return { option: 'ia-pd', iaid: u32(body, 0), t1: u32(body, 4), t2: u32(body, 8), options }
}

function parseIaPrefix(body: Uint8Array, depth: number): IaPrefix | Malformed {
  const options = parseDhcpOptions(body.subarray(25), depth + 1)
  if (isMalformed(options)) return malformed(options.why, 25 + options.at)
  const length = u8(body, 8)
  if (length > 128) return malformed(`a prefix length of ${length}`, 8)
  const lifetimes = { preferred: u32(body, 0), valid: u32(body, 4) }
  return { option: 'ia-prefix', ...lifetimes, length, address: addressAt(body, 9), options }
}

function exactly(body: Uint8Array, size: number): Malformed | undefined {
  return body.length === size
    ? undefined
    : malformed(`${body.length} bytes where ${size} belong`, body.length)
}

/** A stranger's text is shown to a person: what moves a terminal's cursor is left out. */
function shown(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, longestMessage))
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
}

export function buildDhcpOption(option: DhcpOption): Uint8Array {
  const whole = (code: number, ...body: Uint8Array[]) => {
    const joined = concat(...body)
    return concat(word16(code), word16(joined.length), joined)
  }
  const code = option.option === 'other' ? option.code : codes[option.option]
  switch (option.option) {
    case 'client-id':
    case 'server-id':
      return whole(code, option.duid)
    case 'wanted':
      return whole(code, ...option.codes.map(word16))
    case 'preference':
      return whole(code, word8(option.value))
    case 'elapsed':
      return whole(code, word16(option.centiseconds))
    case 'status':
      return whole(code, word16(option.code), new TextEncoder().encode(option.message))
    case 'rapid-commit':
      return whole(code)
    case 'resolvers':
      return whole(code, ...option.addresses.map(addressBytes))
    case 'ia-pd': {
      const head = [word32(option.iaid), word32(option.t1), word32(option.t2)]
      return whole(code, ...head, ...option.options.map(buildDhcpOption))
    }
    case 'ia-prefix': {
      const lifetimes = [word32(option.preferred), word32(option.valid)]
      const prefix = [word8(option.length), addressBytes(option.address)]
      return whole(code, ...lifetimes, ...prefix, ...option.options.map(buildDhcpOption))
    }
    case 'other':
      return whole(code, option.body)
  }
}

// Decides the options of neighbour discovery (RFC 4861 section 4.6, RFC 4191 section 2.3, RFC 8106 section 5).
// Leaves the messages that carry them to icmpv6.
import { Address, Prefix } from '../core/prefix.ts'
import { addressAt, addressBytes, concat, macAt, macBytes, u8, u32, word8, word16, word32 } from './bytes.ts'
import { type Malformed, malformed } from './malformed.ts'

/** Seconds; 0xffffffff stands for ever, as the RFCs have it. */
type Seconds = number

export type PrefixInformation = {
  option: 'prefix'
  prefix: Prefix
  onLink: boolean
  autonomous: boolean
  valid: Seconds
  preferred: Seconds
}
/** What the option that carries it claims to be, and cannot be. Its message stands without it. */
export type BadOption = { option: 'bad'; type: number; why: string }

export type NdOption =
  | { option: 'link-address'; whose: 'source' | 'target'; mac: string }
  | PrefixInformation
  | { option: 'mtu'; mtu: number }
  | { option: 'route'; prefix: Prefix; preference: 'low' | 'medium' | 'high'; lifetime: Seconds }
  | { option: 'resolvers'; lifetime: Seconds; addresses: readonly Address[] }
  | { option: 'other'; type: number; body: Uint8Array }
  | BadOption

const types = { source: 1, target: 2, prefix: 3, mtu: 5, route: 24, resolvers: 25 } as const
const preferences = { 0: 'medium', 1: 'high', 2: 'medium', 3: 'low' } as const
const preferenceBits = { low: 3, medium: 0, high: 1 } as const

/** All options from `at` on. One of length zero, or longer than the message, spoils the message (RFC 4861 section 6.1). */
export function parseOptions(bytes: Uint8Array, from: number): NdOption[] | Malformed {
  const options: NdOption[] = []
  for (let at = from; at < bytes.length;) {
    const size = 8 * u8(bytes, at + 1)
    if (size === 0) return malformed('an option of length zero', at)
    if (at + size > bytes.length) return malformed('an option is longer than the message', at)
    options.push(parseOption(bytes.slice(at, at + size)))
    at += size
  }
  return options
}

function parseOption(bytes: Uint8Array): NdOption {
  const type = u8(bytes, 0)
  const bad = (why: string): BadOption => ({ option: 'bad', type, why })
  switch (type) {
    case types.source:
    case types.target:
      if (bytes.length !== 8) return bad('not the length of a MAC address')
      return {
        option: 'link-address',
        whose: type === types.source ? 'source' : 'target',
        mac: macAt(bytes, 2),
      }
    case types.prefix: {
      if (bytes.length !== 32) return bad('not the length of prefix information')
      const length = u8(bytes, 2)
      if (length > 128) return bad(`a prefix length of ${length}`)
      const flags = u8(bytes, 3)
      return {
        option: 'prefix',
        // RFC 4861 section 4.6.2: bits after the length are ignored.
        prefix: Prefix.at(addressAt(bytes, 16), length),
        onLink: (flags & 0x80) !== 0,
        autonomous: (flags & 0x40) !== 0,
        valid: u32(bytes, 4),
        preferred: u32(bytes, 8),
      }
    }
    case types.mtu:
      return bytes.length === 8 ? { option: 'mtu', mtu: u32(bytes, 4) } : bad('not the length of an MTU')
    case types.route:
      return parseRoute(bytes, bad)
    case types.resolvers: {
      if (bytes.length < 24 || bytes.length % 16 !== 8) return bad('not whole addresses')
      const count = (bytes.length - 8) / 16
      const addresses = Array.from({ length: count }, (_, i) => addressAt(bytes, 8 + 16 * i))
      return { option: 'resolvers', lifetime: u32(bytes, 4), addresses }
    }
    default:
      return { option: 'other', type, body: bytes.slice(2) }
  }
}

/** RFC 4191 section 2.3: as much of the prefix as its length needs. */
function parseRoute(bytes: Uint8Array, bad: (why: string) => BadOption): NdOption {
  const length = u8(bytes, 2)
  if (length > 128 || bytes.length > 24) return bad(`a route of length ${length}`)
  if (bytes.length < 8 + 8 * Math.ceil(length / 64)) return bad('shorter than its prefix')
  const preference = preferences[((u8(bytes, 3) >> 3) & 3) as 0 | 1 | 2 | 3]
  const prefix = Prefix.at(addressAt(bytes, 8), length)
  return { option: 'route', prefix, preference, lifetime: u32(bytes, 4) }
}

/** The canonical form: reserved bits zero, prefixes cut at their length. */
export function buildOption(option: NdOption): Uint8Array {
  switch (option.option) {
    case 'link-address':
      return concat(word8(types[option.whose]), word8(1), macBytes(option.mac))
    case 'prefix': {
      const flags = (option.onLink ? 0x80 : 0) | (option.autonomous ? 0x40 : 0)
      const head = Uint8Array.of(types.prefix, 4, option.prefix.length, flags)
      const lifetimes = concat(word32(option.valid), word32(option.preferred), word32(0))
      return concat(head, lifetimes, addressBytes(option.prefix.network))
    }
    case 'mtu':
      return concat(word8(types.mtu), word8(1), word16(0), word32(option.mtu))
    case 'route': {
      const { length, network } = option.prefix
      const words = Math.ceil(length / 64)
      const head = Uint8Array.of(types.route, 1 + words, length, preferenceBits[option.preference] << 3)
      return concat(head, word32(option.lifetime), addressBytes(network).subarray(0, 8 * words))
    }
    case 'resolvers': {
      const size = 1 + 2 * option.addresses.length
      const head = concat(word8(types.resolvers), word8(size), word16(0), word32(option.lifetime))
      return concat(head, ...option.addresses.map(addressBytes))
    }
    case 'other':
      return concat(word8(option.type), word8(Math.ceil((option.body.length + 2) / 8)), option.body)
    case 'bad':
      throw new RangeError(`an option that cannot be is not built: ${option.why}`)
  }
}

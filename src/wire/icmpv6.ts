// Decides the ICMPv6 messages that IPv6 lives by: echo, errors (RFC 4443), router and neighbour discovery (RFC 4861).
// Leaves their options to nd-option, and which of them may be believed to discovery.
import type { Address } from '../core/prefix.ts'
import { addressAt, addressBytes, concat, u8, u16, u32, word8, word16, word32 } from './bytes.ts'
import { checksum, sealed } from './checksum.ts'
import { protocols } from './ipv6.ts'
import { isMalformed, type Malformed, malformed } from './malformed.ts'
import { buildOption, type NdOption, parseOptions } from './nd-option.ts'

export type Echo = { kind: 'echo-request' | 'echo-reply'; id: number; sequence: number; data: Uint8Array }
export type IcmpError = {
  kind: 'unreachable' | 'too-big' | 'time-exceeded' | 'parameter-problem'
  code: number
  /** The MTU of Packet Too Big, the pointer of Parameter Problem; otherwise unused. */
  value: number
  /** The beginning of the packet that caused it. */
  about: Uint8Array
}
export type RouterSolicitation = { kind: 'router-solicitation'; options: readonly NdOption[] }
export type RouterAdvertisement = {
  kind: 'router-advertisement'
  hopLimit: number
  /** M: addresses by DHCPv6. O: other things by DHCPv6. */
  managed: boolean
  other: boolean
  /** RFC 4191 preference of this router. */
  preference: 'low' | 'medium' | 'high'
  /** Seconds that the router may serve as default router; 0: it is none. */
  lifetime: number
  /** Milliseconds; 0: not said. */
  reachable: number
  retransmit: number
  options: readonly NdOption[]
}
export type NeighbourSolicitation = {
  kind: 'neighbour-solicitation'
  target: Address
  options: readonly NdOption[]
}
export type NeighbourAdvertisement = {
  kind: 'neighbour-advertisement'
  router: boolean
  solicited: boolean
  override: boolean
  target: Address
  options: readonly NdOption[]
}
export type OtherIcmp = { kind: 'other-icmp'; type: number; code: number; body: Uint8Array }
export type Icmpv6 =
  | Echo
  | IcmpError
  | RouterSolicitation
  | RouterAdvertisement
  | NeighbourSolicitation
  | NeighbourAdvertisement
  | OtherIcmp

const errors = { 1: 'unreachable', 2: 'too-big', 3: 'time-exceeded', 4: 'parameter-problem' } as const
const errorTypes = { unreachable: 1, 'too-big': 2, 'time-exceeded': 3, 'parameter-problem': 4 } as const
const types = {
  'echo-request': 128,
  'echo-reply': 129,
  'router-solicitation': 133,
  'router-advertisement': 134,
  'neighbour-solicitation': 135,
  'neighbour-advertisement': 136,
} as const
const preferences = { 0: 'medium', 1: 'high', 2: 'medium', 3: 'low' } as const
const preferenceBits = { low: 3, medium: 0, high: 1 } as const

/** A wrong checksum is malformed: nobody on the way, and no receiver, takes such a message. */
export function parseIcmpv6(bytes: Uint8Array, from: Address, to: Address): Icmpv6 | Malformed {
  if (bytes.length < 8) return malformed('shorter than an ICMPv6 header', bytes.length)
  if (checksum(from, to, protocols.icmpv6, bytes) !== 0) return malformed('its checksum is wrong', 2)
  const type = u8(bytes, 0)
  const code = u8(bytes, 1)
  switch (type) {
    case 1:
    case 2:
    case 3:
    case 4:
      return { kind: errors[type], code, value: u32(bytes, 4), about: bytes.slice(8) }
    case types['echo-request']:
    case types['echo-reply']:
      return {
        kind: type === types['echo-request'] ? 'echo-request' : 'echo-reply',
        id: u16(bytes, 4),
        sequence: u16(bytes, 6),
        data: bytes.slice(8),
      }
    case types['router-solicitation']:
      return withOptions(bytes, 8, (options) => ({ kind: 'router-solicitation', options }))
    case types['router-advertisement']:
      return parseAdvertisement(bytes)
    case types['neighbour-solicitation']:
      return withOptions(bytes, 24, (options) => ({
        kind: 'neighbour-solicitation',
        target: addressAt(bytes, 8),
        options,
      }))
    case types['neighbour-advertisement']:
      return withOptions(bytes, 24, (options) => ({
        kind: 'neighbour-advertisement',
        router: (u8(bytes, 4) & 0x80) !== 0,
        solicited: (u8(bytes, 4) & 0x40) !== 0,
        override: (u8(bytes, 4) & 0x20) !== 0,
        target: addressAt(bytes, 8),
        options,
      }))
    default:
      return { kind: 'other-icmp', type, code, body: bytes.slice(4) }
  }
}

function parseAdvertisement(bytes: Uint8Array): RouterAdvertisement | Malformed {
  return withOptions(bytes, 16, (options) => ({
    kind: 'router-advertisement',
    hopLimit: u8(bytes, 4),
    managed: (u8(bytes, 5) & 0x80) !== 0,
    other: (u8(bytes, 5) & 0x40) !== 0,
    preference: preferences[((u8(bytes, 5) >> 3) & 3) as 0 | 1 | 2 | 3],
    lifetime: u16(bytes, 6),
    reachable: u32(bytes, 8),
    retransmit: u32(bytes, 12),
    options,
  }))
}

function withOptions<T>(bytes: Uint8Array, at: number, make: (options: NdOption[]) => T): T | Malformed {
  if (bytes.length < at) return malformed('ends before its options', bytes.length)
  const options = parseOptions(bytes, at)
  return isMalformed(options) ? options : make(options)
}

/** The message with its checksum, to be sent from `from` to `to`. */
export function buildIcmpv6(message: Icmpv6, from: Address, to: Address): Uint8Array {
  return sealed(from, to, protocols.icmpv6, concat(...parts(message)), 2)
}

function parts(message: Icmpv6): Uint8Array[] {
  const head = (type: number, code = 0) => Uint8Array.of(type, code, 0, 0)
  switch (message.kind) {
    case 'unreachable':
    case 'too-big':
    case 'time-exceeded':
    case 'parameter-problem':
      return [head(errorTypes[message.kind], message.code), word32(message.value), message.about]
    case 'echo-request':
    case 'echo-reply':
      return [head(types[message.kind]), word16(message.id), word16(message.sequence), message.data]
    case 'router-solicitation':
      return [head(types[message.kind]), word32(0), ...message.options.map(buildOption)]
    case 'router-advertisement': {
      const flags =
        (message.managed ? 0x80 : 0) | (message.other ? 0x40 : 0) | (preferenceBits[message.preference] << 3)
      const fixed = [word8(message.hopLimit), word8(flags), word16(message.lifetime)]
      const times = [word32(message.reachable), word32(message.retransmit)]
      return [head(types[message.kind]), ...fixed, ...times, ...message.options.map(buildOption)]
    }
    case 'neighbour-solicitation':
    case 'neighbour-advertisement': {
      const flags =
        message.kind === 'neighbour-solicitation'
          ? 0
          : (message.router ? 0x80 : 0) | (message.solicited ? 0x40 : 0) | (message.override ? 0x20 : 0)
      const fixed = [head(types[message.kind]), Uint8Array.of(flags, 0, 0, 0), addressBytes(message.target)]
      return [...fixed, ...message.options.map(buildOption)]
    }
    case 'other-icmp':
      return [head(message.type, message.code), message.body]
  }
}

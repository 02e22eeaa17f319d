// Decides the DHCPv6 message between a client and a server (RFC 8415 section 8), and UDP under it.
// Leaves its options to dhcpv6-option. Messages of relays are not looked into.
import type { Address } from '../core/prefix.ts'
import { concat, u8, u16, word8, word16 } from './bytes.ts'
import { checksum, isLeftToCard, sealed } from './checksum.ts'
import { buildDhcpOption, type DhcpOption, parseDhcpOptions } from './dhcpv6-option.ts'
import { protocols } from './ipv6.ts'
import { isMalformed, type Malformed, malformed } from './malformed.ts'

export type Udp = { kind: 'udp'; from: number; to: number; payload: Uint8Array }

export function parseUdp(bytes: Uint8Array, from: Address, to: Address): Udp | Malformed {
  if (bytes.length < 8) return malformed('shorter than a UDP header', bytes.length)
  const length = u16(bytes, 4)
  if (length < 8 || length > bytes.length) return malformed(`a UDP length of ${length}`, 4)
  const whole = bytes.subarray(0, length)
  // Without a checksum there is no UDP over IPv6 (RFC 8200 section 8.1).
  const isRight = u16(bytes, 6) !== 0 && checksum(from, to, protocols.udp, whole) === 0
  if (!isRight && !isLeftToCard(from, to, protocols.udp, whole, 6))
    return malformed('its checksum is wrong', 6)
  return { kind: 'udp', from: u16(bytes, 0), to: u16(bytes, 2), payload: bytes.slice(8, length) }
}

export function buildUdp(udp: Omit<Udp, 'kind'>, from: Address, to: Address): Uint8Array {
  const head = concat(word16(udp.from), word16(udp.to), word16(8 + udp.payload.length), word16(0))
  const whole = sealed(from, to, protocols.udp, concat(head, udp.payload), 6)
  if (u16(whole, 6) === 0) whole.set(word16(0xffff), 6)
  return whole
}

export const dhcpPorts = { client: 546, server: 547 } as const

/** Names of the message types of RFC 8415 section 7.3 that pass between clients and servers. */
export const messageTypes = {
  solicit: 1,
  advertise: 2,
  request: 3,
  confirm: 4,
  renew: 5,
  rebind: 6,
  reply: 7,
  release: 8,
  decline: 9,
  reconfigure: 10,
  'information-request': 11,
} as const
export type MessageType = keyof typeof messageTypes

export type Dhcpv6 = {
  kind: 'dhcpv6'
  type: MessageType
  /** 24 bits, chosen by the client for one exchange. */
  transaction: number
  options: readonly DhcpOption[]
}
/** RELAY-FORW and RELAY-REPL (types 12 and 13), and types that nobody assigned. */
export type OtherDhcp = { kind: 'other-dhcp'; type: number }

export function parseDhcpv6(bytes: Uint8Array): Dhcpv6 | OtherDhcp | Malformed {
  if (bytes.length < 4) return malformed('shorter than a DHCPv6 header', bytes.length)
  const type = (Object.keys(messageTypes) as MessageType[]).find(
    (name) => messageTypes[name] === u8(bytes, 0),
  )
  if (type === undefined) return { kind: 'other-dhcp', type: u8(bytes, 0) }
  const options = parseDhcpOptions(bytes.subarray(4))
  if (isMalformed(options)) return malformed(options.why, 4 + options.at)
  return { kind: 'dhcpv6', type, transaction: u8(bytes, 1) * 0x1_0000 + u16(bytes, 2), options }
}

export function buildDhcpv6({ type, transaction, options }: Omit<Dhcpv6, 'kind'>): Uint8Array {
  const head = concat(word8(messageTypes[type]), word8(transaction >> 16), word16(transaction & 0xffff))
  return concat(head, ...options.map(buildDhcpOption))
}

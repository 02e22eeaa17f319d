// Decides the IPv6 packet: its header (RFC 8200 section 3) and the extension headers between it and what it carries.
// Leaves what it carries to icmpv6, dhcpv6 and tcp.
import type { Address } from '../core/prefix.ts'
import { addressAt, addressBytes, concat, u8, u16, u32, word8, word16, word32 } from './bytes.ts'
import { type Malformed, malformed } from './malformed.ts'

/** An extension header, without its next-header byte. */
export type Extension = { type: number; bytes: Uint8Array }

export type Ipv6 = {
  kind: 'ipv6'
  /** Traffic class (8 bits) and flow label (20 bits). */
  flow: number
  hopLimit: number
  from: Address
  to: Address
  extensions: readonly Extension[]
  /** Protocol number of the payload: 58 ICMPv6, 17 UDP, 6 TCP. */
  protocol: number
  payload: Uint8Array
}

export const protocols = { tcp: 6, udp: 17, icmpv6: 58, none: 59 } as const
const header = 40
/** Hop-by-hop options, routing, fragment, destination options (RFC 8200 section 4). */
const extensionTypes = { hopByHop: 0, routing: 43, fragment: 44, destination: 60 } as const
/** No sender uses more than a few; a chain that goes on is an attack or noise. */
const mostExtensions = 8

/** What follows the packet in the frame (Ethernet pads short frames) is not part of it. */
export function parseIpv6(bytes: Uint8Array): Ipv6 | Malformed {
  if (bytes.length < header) return malformed('shorter than an IPv6 header', bytes.length)
  if (u8(bytes, 0) >> 4 !== 6) return malformed(`IP version ${u8(bytes, 0) >> 4}`, 0)
  const end = header + u16(bytes, 4)
  if (end > bytes.length) return malformed(`says ${end} bytes and has ${bytes.length}`, bytes.length)
  const extensions: Extension[] = []
  let protocol = u8(bytes, 6)
  let at = header
  for (; isExtension(protocol);) {
    if (extensions.length === mostExtensions) return malformed('too many extension headers', at)
    if (at + 8 > end) return malformed('ends within an extension header', at)
    const size = protocol === extensionTypes.fragment ? 8 : 8 * (u8(bytes, at + 1) + 1)
    if (at + size > end) return malformed('an extension header is longer than the packet', at)
    // Only the first fragment holds the header of what is carried; nothing here is ever fragmented on purpose.
    if (protocol === extensionTypes.fragment && (u16(bytes, at + 2) & 0xfff9) !== 0)
      return malformed('a fragment', at)
    extensions.push({ type: protocol, bytes: bytes.slice(at + 1, at + size) })
    protocol = u8(bytes, at)
    at += size
  }
  return {
    kind: 'ipv6',
    flow: u32(bytes, 0) & 0x0fff_ffff,
    hopLimit: u8(bytes, 7),
    from: addressAt(bytes, 8),
    to: addressAt(bytes, 24),
    extensions,
    protocol,
    payload: bytes.slice(at, end),
  }
}

export function buildIpv6(packet: Omit<Ipv6, 'kind'>): Uint8Array {
  const chain = packet.extensions.map(({ bytes }, i) =>
    concat(word8(packet.extensions[i + 1]?.type ?? packet.protocol), bytes),
  )
  const body = concat(...chain, packet.payload)
  return concat(
    word32(0x6000_0000 + (packet.flow & 0x0fff_ffff)),
    word16(body.length),
    word8(packet.extensions[0]?.type ?? packet.protocol),
    word8(packet.hopLimit),
    addressBytes(packet.from),
    addressBytes(packet.to),
    body,
  )
}

const isExtension = (type: number): boolean => Object.values<number>(extensionTypes).includes(type)

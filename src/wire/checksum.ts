// Decides the Internet checksum over an IPv6 pseudo-header (RFC 8200 section 8.1), which ICMPv6, UDP and TCP share.
// Leaves where it stands in each of them to its builder.
import type { Address } from '../core/prefix.ts'
import { addressBytes, concat, u16, word16, word32, word8 } from './bytes.ts'

/** The checksum of `payload`, in which the checksum's own field is zero. Over a payload with a right checksum it is 0. */
export function checksum(from: Address, to: Address, protocol: number, payload: Uint8Array): number {
  return ~sumOf(concat(pseudoHeader(from, to, protocol, payload.length), payload)) & 0xffff
}

/**
 * The sender's kernel left the checksum to a network card, and the packet never met one (veth, virtio): the field holds
 * the sum of the pseudo-header alone (Linux, CHECKSUM_PARTIAL). Receivers on the same machine take it.
 */
export function isLeftToCard(
  from: Address,
  to: Address,
  protocol: number,
  payload: Uint8Array,
  at: number,
): boolean {
  return u16(payload, at) === sumOf(pseudoHeader(from, to, protocol, payload.length))
}

function pseudoHeader(from: Address, to: Address, protocol: number, length: number): Uint8Array {
  return concat(addressBytes(from), addressBytes(to), word32(length), word16(0), word8(0), word8(protocol))
}

/** A byte missing at the end counts as zero. */
function sumOf(bytes: Uint8Array): number {
  let sum = 0
  for (let at = 0; at < bytes.length; at += 2) sum += u16(bytes, at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return sum
}

/** `message` with its checksum written at `at`. */
export function sealed(
  from: Address,
  to: Address,
  protocol: number,
  message: Uint8Array,
  at: number,
): Uint8Array {
  const whole = Uint8Array.from(message)
  whole.set(word16(0), at)
  whole.set(word16(checksum(from, to, protocol, whole)), at)
  return whole
}

// Decides how numbers, addresses and hexadecimal text stand in bytes: network order, as every protocol here has it.
// Leaves lengths to the parsers: a read past the end gives zero, so they look first.
import { Address } from '../core/prefix.ts'

export const u8 = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0
export const u16 = (bytes: Uint8Array, at: number): number => (u8(bytes, at) << 8) | u8(bytes, at + 1)
/** Unsigned: 0 to 2^32 - 1. */
export const u32 = (bytes: Uint8Array, at: number): number => u16(bytes, at) * 0x1_0000 + u16(bytes, at + 2)

export const word8 = (value: number): Uint8Array => Uint8Array.of(value & 0xff)
export const word16 = (value: number): Uint8Array => Uint8Array.of((value >> 8) & 0xff, value & 0xff)
export const word32 = (value: number): Uint8Array =>
  Uint8Array.of((value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff)

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Sixteen bytes from `at`; what is missing counts as zero. */
export function addressAt(bytes: Uint8Array, at: number): Address {
  let bits = 0n
  for (let i = 0; i < 16; i++) bits = (bits << 8n) | BigInt(u8(bytes, at + i))
  return Address.fromBits(bits)
}

export function addressBytes(address: Address): Uint8Array {
  return Uint8Array.from({ length: 16 }, (_, i) => Number((address.bits >> BigInt(8 * (15 - i))) & 0xffn))
}

/** `02:00:5e:10:00:01`. */
export const macAt = (bytes: Uint8Array, at: number): string =>
  Array.from({ length: 6 }, (_, i) =>
    u8(bytes, at + i)
      .toString(16)
      .padStart(2, '0'),
  ).join(':')

/** Throws RangeError on what is not a MAC address. */
export function macBytes(mac: string): Uint8Array {
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)) throw new RangeError(`not a MAC address: ${mac}`)
  return Uint8Array.from(mac.split(':'), (part) => Number.parseInt(part, 16))
}

export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** Null for text that is not whole bytes in hexadecimal. */
export function fromHex(text: string): Uint8Array | null {
  if (text.length % 2 === 1 || !/^[0-9a-f]*$/i.test(text)) return null
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

/** Whether `part` stands somewhere in `whole`. */
export function holds(whole: Uint8Array, part: Uint8Array): boolean {
  for (let at = 0; at + part.length <= whole.length; at++)
    if (part.every((byte, i) => whole[at + i] === byte)) return true
  return false
}

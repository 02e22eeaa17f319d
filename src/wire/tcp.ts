// Decides what of a TCP segment (RFC 9293 section 3.1) tells where a connection got to: ports and flags.
// Leaves sequence numbers and payload alone.
import { u8, u16 } from './bytes.ts'
import { type Malformed, malformed } from './malformed.ts'

export type Tcp = {
  kind: 'tcp'
  from: number
  to: number
  syn: boolean
  ack: boolean
  rst: boolean
  fin: boolean
}

export function parseTcp(bytes: Uint8Array): Tcp | Malformed {
  if (bytes.length < 20) return malformed('shorter than a TCP header', bytes.length)
  if (4 * (u8(bytes, 12) >> 4) < 20) return malformed('a TCP header shorter than any', 12)
  const flag = (bit: number) => (u8(bytes, 13) & bit) !== 0
  const ports = { from: u16(bytes, 0), to: u16(bytes, 2) }
  return { kind: 'tcp', ...ports, fin: flag(1), syn: flag(2), rst: flag(4), ack: flag(16) }
}

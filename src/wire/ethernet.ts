// Decides the Ethernet II frame (IEEE 802.3), with at most one 802.1Q tag that is looked behind.
// Leaves what it carries to ipv6.
import { concat, macAt, macBytes, u16, word16 } from './bytes.ts'
import { type Malformed, malformed } from './malformed.ts'

export type Ethernet = {
  kind: 'ethernet'
  to: string
  from: string
  /** Whole tag control information of an 802.1Q tag: priority (3 bits), DEI, VLAN id (12 bits). */
  tag: number | null
  /** EtherType behind the tag. */
  type: number
  payload: Uint8Array
}

export const etherTypes = { ipv6: 0x86dd, vlan: 0x8100 } as const
const header = 14

export function parseEthernet(bytes: Uint8Array): Ethernet | Malformed {
  if (bytes.length < header) return malformed('shorter than an Ethernet header', bytes.length)
  const outer = u16(bytes, 12)
  const tagged = outer === etherTypes.vlan
  if (tagged && bytes.length < header + 4) return malformed('ends within its VLAN tag', bytes.length)
  return {
    kind: 'ethernet',
    to: macAt(bytes, 0),
    from: macAt(bytes, 6),
    tag: tagged ? u16(bytes, 14) : null,
    type: tagged ? u16(bytes, 16) : outer,
    payload: bytes.subarray(tagged ? header + 4 : header),
  }
}

export function buildEthernet({ to, from, tag, type, payload }: Omit<Ethernet, 'kind'>): Uint8Array {
  const vlan = tag === null ? [] : [word16(etherTypes.vlan), word16(tag)]
  return concat(macBytes(to), macBytes(from), ...vlan, word16(type), payload)
}

/** The group MAC of an IPv6 multicast address: 33:33 and its last 32 bits (RFC 2464 section 7). */
export function multicastMac(bits: bigint): string {
  const last = (bits & 0xffff_ffffn).toString(16).padStart(8, '0')
  return ['33', '33', ...(last.match(/../g) ?? [])].join(':')
}

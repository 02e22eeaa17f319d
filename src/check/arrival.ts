// Decides how a packet for an address that nobody holds arrived at a server's uplink: framed to it, asked for, or not at all.
// Leaves sending such packets to delivery-look, and what their arrival means to delivery-kind. Pure.
import type { Address } from '../core/prefix.ts'
import type { Frame } from '../host/ear.ts'
import { isMalformed } from '../wire/malformed.ts'
import { type Packet, parseFrame } from '../wire/packet.ts'

/**
 * `to-us`: with the server's MAC as destination, so the router has a route that ends here. `asked-for`: the router looks
 * for the address itself by neighbour discovery, so it believes the address to be on the segment.
 */
export type Arrival = 'to-us' | 'asked-for' | 'nothing'

export type Tried = {
  address: Address
  arrival: Arrival
  /** MAC of the router that sent it on. */
  routerMac: string | null
  /** What was heard at the other end: of ping, its summary; of ICMPv6 errors, who said what. */
  words: string
}

/** Frames that came in on the uplink. Being asked for weighs more: who answers gets the packet as well. */
export function arrivalOf(frames: readonly Frame[], address: Address, mac: string): Omit<Tried, 'words'> {
  const packets = inward(frames)
  const asked = packets.find(
    ({ message, ip }) =>
      message.kind === 'neighbour-solicitation' && ip.from.bits !== 0n && message.target.equals(address),
  )
  const framed = packets.find(
    ({ ip, ethernet, message }) =>
      ip.to.equals(address) &&
      ethernet.to === mac &&
      (message.kind === 'echo-request' || message.kind === 'echo-reply'),
  )
  const arrival = asked ? 'asked-for' : framed ? 'to-us' : 'nothing'
  return { address, arrival, routerMac: (framed ?? asked)?.ethernet.from ?? null }
}

/** Addresses that somebody asked for at least twice (a router repeats what nobody answers), with who asked. */
export function askedFor(frames: readonly Frame[]): { target: Address; from: Address; times: number }[] {
  const asked = new Map<string, { target: Address; from: Address; times: number }>()
  for (const { message, ip } of inward(frames)) {
    if (message.kind !== 'neighbour-solicitation' || ip.from.bits === 0n) continue
    const key = String(message.target)
    const before = asked.get(key)
    asked.set(key, { target: message.target, from: ip.from, times: (before?.times ?? 0) + 1 })
  }
  return [...asked.values()]
}

function inward(frames: readonly Frame[]): Packet[] {
  return frames.flatMap(({ bytes, direction }) => {
    const packet = parseFrame(bytes)
    return direction === 'out' || isMalformed(packet) ? [] : [packet]
  })
}

// Decides what a captured frame is, read through all its layers at once.
// Leaves each layer to its own file.
import { type Dhcpv6, dhcpPorts, type OtherDhcp, parseDhcpv6, parseUdp, type Udp } from './dhcpv6.ts'
import { type Ethernet, etherTypes, parseEthernet } from './ethernet.ts'
import { type Icmpv6, parseIcmpv6 } from './icmpv6.ts'
import { type Ipv6, parseIpv6, protocols } from './ipv6.ts'
import { isMalformed, type Malformed, malformed } from './malformed.ts'
import { parseTcp, type Tcp } from './tcp.ts'

export type Message = Icmpv6 | Dhcpv6 | OtherDhcp | Udp | Tcp | { kind: 'other-protocol' }
export type Packet = { kind: 'packet'; ethernet: Ethernet; ip: Ipv6; message: Message | Malformed }

/** A frame that is not IPv6, or broken in its outer layers, is malformed as a whole; broken inside, its message is. */
export function parseFrame(bytes: Uint8Array): Packet | Malformed {
  const ethernet = parseEthernet(bytes)
  if (isMalformed(ethernet)) return ethernet
  if (ethernet.type !== etherTypes.ipv6) return malformed('not IPv6', 12)
  const ip = parseIpv6(ethernet.payload)
  if (isMalformed(ip)) return ip
  return { kind: 'packet', ethernet, ip, message: parseMessage(ip) }
}

export function parseMessage({ protocol, payload, from, to }: Ipv6): Message | Malformed {
  switch (protocol) {
    case protocols.icmpv6:
      return parseIcmpv6(payload, from, to)
    case protocols.tcp:
      return parseTcp(payload)
    case protocols.udp: {
      const udp = parseUdp(payload, from, to)
      if (isMalformed(udp)) return udp
      const ports = [udp.from, udp.to]
      const isDhcp = ports.includes(dhcpPorts.server) || ports.includes(dhcpPorts.client)
      return isDhcp ? parseDhcpv6(udp.payload) : udp
    }
    default:
      return { kind: 'other-protocol' }
  }
}

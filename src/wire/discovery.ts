// Decides which router advertisements may be believed (RFC 4861 section 6.1.2), and what in them is absurd.
// Leaves hearing them to host/ear.
import { Address } from '../core/prefix.ts'
import { buildEthernet, etherTypes, multicastMac } from './ethernet.ts'
import { buildIcmpv6, type Icmpv6, type RouterAdvertisement } from './icmpv6.ts'
import { buildIpv6, protocols } from './ipv6.ts'
import { isMalformed, type Malformed, malformed } from './malformed.ts'
import type { PrefixInformation } from './nd-option.ts'
import { type Packet, parseFrame } from './packet.ts'

export const allNodes = Address.of('ff02::1')
export const allRouters = Address.of('ff02::2')

/** A router advertisement that a host would take, with who sent it. */
export type HeardRouter = {
  /** Link-local address of the router. */
  router: Address
  mac: string
  advertisement: RouterAdvertisement
  /** Prefixes that a host would use, of those announced. */
  prefixes: readonly PrefixInformation[]
  /** What a host ignores in it, in words: a prefix length of 255, an MTU of 0, lifetimes the wrong way round. */
  absurd: readonly string[]
}

/** IPv6 needs links of at least 1280 bytes (RFC 8200 section 5). */
const leastMtu = 1280
const mostMtu = 65_535

/** Undefined for a frame that is no router advertisement at all; malformed for one that a host must discard. */
export function heardRouter(frame: Uint8Array): HeardRouter | Malformed | undefined {
  const packet = parseFrame(frame)
  if (isMalformed(packet)) return undefined
  if (isMalformed(packet.message))
    return isAdvertisement(packet) ? malformed(packet.message.why, packet.message.at) : undefined
  if (packet.message.kind !== 'router-advertisement') return undefined
  if (packet.ip.hopLimit !== 255) return malformed('it came over a router: its hop limit is not 255', 7)
  if (!packet.ip.from.isLinkLocal()) return malformed('its source is not link-local', 8)
  return {
    router: packet.ip.from,
    mac: macOf(packet),
    advertisement: packet.message,
    ...sorted(packet.message),
  }
}

function sorted({ options }: RouterAdvertisement): Pick<HeardRouter, 'prefixes' | 'absurd'> {
  const absurd: string[] = []
  const prefixes: PrefixInformation[] = []
  for (const option of options) {
    if (option.option === 'bad') absurd.push(option.why)
    if (option.option === 'mtu' && (option.mtu < leastMtu || option.mtu > mostMtu))
      absurd.push(`an MTU of ${option.mtu}`)
    if (option.option !== 'prefix') continue
    const why = refusal(option)
    if (why === null) prefixes.push(option)
    else absurd.push(`${option.prefix}: ${why}`)
  }
  return { prefixes, absurd }
}

/** RFC 4862 section 5.5.3, RFC 4861 section 6.3.4. */
function refusal({ prefix, valid, preferred }: PrefixInformation): string | null {
  if (prefix.network.isLinkLocal()) return 'link-local, which nobody announces'
  return preferred > valid ? `preferred for ${preferred} s but valid for ${valid} s` : null
}

/** The MTU that a host would take from it; null: none announced, or an absurd one. */
export function announcedMtu({ options }: RouterAdvertisement): number | null {
  const found = options.find((option) => option.option === 'mtu')
  return found?.option === 'mtu' && found.mtu >= leastMtu && found.mtu <= mostMtu ? found.mtu : null
}

/** The router's MAC as it says it, else the one that sent the frame. */
function macOf({ ethernet, message }: Packet): string {
  const options = 'options' in message && message.kind === 'router-advertisement' ? message.options : []
  const said = options.find((option) => option.option === 'link-address' && option.whose === 'source')
  return said?.option === 'link-address' ? said.mac : ethernet.from
}

const isAdvertisement = ({ ip }: Packet): boolean => ip.protocol === protocols.icmpv6 && ip.payload[0] === 134

/** A router solicitation (RFC 4861 section 4.1) from a link-local address, to all routers of the link. */
export function solicitation(mac: string, from: Address): Uint8Array {
  const options = [{ option: 'link-address', whose: 'source', mac }] as const
  return icmpFrame(
    { to: multicastMac(allRouters.bits), from: mac },
    { from, to: allRouters },
    { kind: 'router-solicitation', options },
  )
}

/** An ICMPv6 message as a whole frame, hop limit 255. */
export function icmpFrame(
  macs: { from: string; to: string },
  addresses: { from: Address; to: Address },
  message: Icmpv6,
  hopLimit = 255,
): Uint8Array {
  const payload = buildIcmpv6(message, addresses.from, addresses.to)
  const ip = buildIpv6({
    flow: 0,
    hopLimit,
    ...addresses,
    extensions: [],
    protocol: protocols.icmpv6,
    payload,
  })
  return buildEthernet({ ...macs, tag: null, type: etherTypes.ipv6, payload: ip })
}

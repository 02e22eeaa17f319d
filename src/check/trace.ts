// Decides where on its way a ping was seen, request and reply apart, who answered instead, and where it was seen last.
// Leaves sending and listening to explain, and what it means to explain-verdict. Pure.
import type { Address } from '../core/prefix.ts'
import type { Frame } from '../host/ear.ts'
import { addressAt, holds } from '../wire/bytes.ts'
import { isMalformed } from '../wire/malformed.ts'
import { type Packet, parseFrame } from '../wire/packet.ts'

/** A place where packets of the path can be seen; points stand in the order from the outside to the instance. */
export type Point = {
  id: 'outside' | 'edge-outer' | 'edge-inner' | 'uplink' | 'bridge' | 'port'
  /** Name of the Shell that listens there. */
  place: string
  /** Null: any link of the place that no other point names, known by the packet itself (the instance's tap). */
  link: string | null
}

/** A ping, known by its two ends, and by what it carries where the sender could choose that. */
export type Marked = { from: Address | null; to: Address; mark: Uint8Array | null }

export type Heard = { place: string; frame: Frame }

export type Sighting = { count: number; links: readonly string[]; directions: readonly ('in' | 'out')[] }
export type Step = { point: Point; request: Sighting; reply: Sighting }

export type Trace = {
  steps: readonly Step[]
  /** ICMPv6 errors about the request or the reply: who said what, and where it was heard. */
  errors: readonly { by: string; says: string; about: 'request' | 'reply'; at: string }[]
  /** Addresses of the ping that somebody asked for by neighbour discovery and nobody answered for. */
  unanswered: readonly { target: string; at: string; direction: 'in' | 'out' }[]
}

type Kind = 'request' | 'reply'

/** Where the packets of one ping were seen. Frames of other traffic, and broken ones, count for nothing. */
export function traceOf(path: readonly Point[], heard: readonly Heard[], ping: Marked): Trace {
  const read = heard.flatMap(({ place, frame }) => {
    const packet = parseFrame(frame.bytes)
    return isMalformed(packet) ? [] : [{ place, frame, packet }]
  })
  const ours = read.flatMap((one) => {
    const kind = kindOf(one.packet, ping)
    return kind === null ? [] : [{ ...one, kind }]
  })
  const named = (place: string) => new Set(path.flatMap((p) => (p.place === place && p.link ? [p.link] : [])))
  const sighting = (point: Point, kind: Kind): Sighting => {
    const others = named(point.place)
    const at = ours.filter(
      ({ place, frame, kind: is }) =>
        place === point.place &&
        is === kind &&
        (point.link === null ? !others.has(frame.link) : frame.link === point.link),
    )
    return {
      count: at.length,
      links: [...new Set(at.map(({ frame }) => frame.link))],
      directions: [...new Set(at.map(({ frame }) => frame.direction))],
    }
  }
  return {
    steps: path.map((point) => ({
      point,
      request: sighting(point, 'request'),
      reply: sighting(point, 'reply'),
    })),
    errors: errorsOf(read, ping),
    unanswered: unansweredOf(read, ping),
  }
}

type Read = { place: string; frame: Frame; packet: Packet }
const placeOf = ({ place, frame }: Read): string => `${place} ${frame.link}`

function kindOf({ ip, message }: Packet, { from, to, mark }: Marked): Kind | null {
  if (message.kind !== 'echo-request' && message.kind !== 'echo-reply') return null
  if (mark !== null && !holds(message.data, mark)) return null
  const [sender, receiver] = message.kind === 'echo-request' ? [ip.from, ip.to] : [ip.to, ip.from]
  if (!receiver.equals(to) || (from !== null && !sender.equals(from))) return null
  return message.kind === 'echo-request' ? 'request' : 'reply'
}

const unreachables = [
  'no route to it',
  'forbidden by a filter',
  'beyond the scope of the source',
  'the address does not answer',
  'port closed',
  'the source address is refused',
  'the route to it is a reject route',
]

function errorsOf(read: readonly Read[], { from, to }: Marked): Trace['errors'] {
  const found = read.flatMap((one) => {
    const { ip, message } = one.packet
    if (!('about' in message) || message.about.length < 40) return []
    // RFC 4443 section 3: as much of the packet as fits; its header is enough to know it.
    const [source, target] = [addressAt(message.about, 8), addressAt(message.about, 24)]
    const about: Kind | null =
      target.equals(to) && (from === null || source.equals(from))
        ? 'request'
        : source.equals(to) && (from === null || target.equals(from))
          ? 'reply'
          : null
    if (about === null) return []
    const says = {
      unreachable: unreachables[message.code] ?? `unreachable, code ${message.code}`,
      'too-big': `too long, ${message.value} bytes pass`,
      'time-exceeded': 'its hops are used up: it goes round in a circle',
      'parameter-problem': 'it cannot be read',
    }[message.kind]
    return [{ by: String(ip.from), says, about, at: placeOf(one) }]
  })
  return firstOf(found, ({ by, says, about }) => `${by} ${says} ${about}`)
}

function unansweredOf(read: readonly Read[], { from, to }: Marked): Trace['unanswered'] {
  const answered = new Set(
    read.flatMap((one) => {
      const { message } = one.packet
      return message.kind === 'neighbour-advertisement' ? [`${placeOf(one)} ${message.target}`] : []
    }),
  )
  const asked = read.flatMap((one) => {
    const { message, ip } = one.packet
    if (message.kind !== 'neighbour-solicitation') return []
    // From `::` it is duplicate address detection (RFC 4862 section 5.4), which wants no answer.
    if (ip.from.bits === 0n || ![to, from].some((end) => end !== null && message.target.equals(end)))
      return []
    if (answered.has(`${placeOf(one)} ${message.target}`)) return []
    return [{ target: String(message.target), at: placeOf(one), direction: one.frame.direction }]
  })
  return firstOf(asked, ({ target, at }) => `${target} ${at}`)
}

function firstOf<T>(all: readonly T[], key: (one: T) => string): T[] {
  return [...new Map(all.toReversed().map((one) => [key(one), one])).values()].toReversed()
}

/** The last point, in the order of travel, where a packet was seen; null: nowhere. */
export function lastSeen(steps: readonly Step[], kind: Kind): Point | null {
  return steps.findLast((step) => step[kind].count > 0)?.point ?? null
}

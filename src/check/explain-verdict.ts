// Decides what the traces of two pings mean together: in but not out, out but not in, none, and between which two points.
// Leaves the traces to trace, and how it is shown to explain-text. Pure.
import { lastSeen, type Point, type Step, type Trace } from './trace.ts'

/**
 * `reached`: it answers from outside, and gets answers. `no-answer`: packets get to it and it says nothing.
 * The rest as the words say, of packets from outside, and of the instance's own.
 */
export type Conclusion =
  | 'reached'
  | 'in-but-not-out'
  | 'out-but-not-in'
  | 'no-answer'
  | 'none'
  | 'could-not-check'

/** A ping and how it ended at its sender. */
export type Traced = {
  /** `in`: from outside to the instance. `out`: from it to outside. `beside`: from its own server to it. */
  way: 'in' | 'out' | 'beside'
  sent: number
  received: number
  trace: Trace
}

export type Break = {
  what: 'request' | 'reply'
  of: Traced['way']
  /** Null: it was not seen anywhere. */
  lastSeen: string | null
  /** The next point on its way, where it never came; null: it was lost beyond the last one that is listened to. */
  neverAt: string | null
  because: string
}

export type Judged = { conclusion: Conclusion; breaks: Break[] }

export const pointName = ({ id, place, link }: Point, links: readonly string[] = []): string => {
  if (id === 'outside') return place
  return link ?? (links.length > 0 ? links.join(', ') : 'the port of the instance')
}

/** `deaf`: places that could not be listened to. With the server itself deaf, nothing is concluded from not seeing. */
export function judgeTraces(traced: readonly Traced[], deaf: readonly string[], server: string): Judged {
  const way = (name: Traced['way']) => traced.find((one) => one.way === name)
  const [inward, outward, beside] = [way('in'), way('out'), way('beside')]
  if (inward === undefined || inward.sent === 0) return { conclusion: 'could-not-check', breaks: [] }
  const breaks = traced.flatMap((one) => breaksOf(one, deaf))
  const isAnswered = (one: Traced | undefined) => one !== undefined && one.received > 0
  if (isAnswered(inward) && (outward === undefined || outward.sent === 0 || isAnswered(outward)))
    return { conclusion: 'reached', breaks: [] }
  if (deaf.includes(server)) return { conclusion: 'could-not-check', breaks: [] }
  const arrives = isAnswered(inward) || seenAt(inward.trace, 'request', 'port')
  const answers = [inward, beside].some(
    (one) => isAnswered(one) || (one && seenAt(one.trace, 'reply', 'port')),
  )
  const leaves =
    isAnswered(inward) ||
    isAnswered(outward) ||
    (outward !== undefined && seenAt(outward.trace, 'request', 'uplink')) ||
    seenAt(inward.trace, 'reply', 'uplink')
  if (arrives) return { conclusion: answers || leaves ? 'in-but-not-out' : 'no-answer', breaks }
  return { conclusion: leaves ? 'out-but-not-in' : 'none', breaks }
}

const seenAt = ({ steps }: Trace, kind: 'request' | 'reply', id: Point['id']): boolean =>
  steps.some((step) => step.point.id === id && step[kind].count > 0)

function breaksOf({ way, received, sent, trace }: Traced, deaf: readonly string[]): Break[] {
  if (received > 0 || sent === 0) return []
  const steps = trace.steps.filter(({ point }) => !deaf.includes(point.place) && isOn(way, point))
  const there = way === 'out' ? steps.toReversed() : steps
  const isThere = there.at(-1)
  const what = isThere !== undefined && isThere.request.count > 0 ? 'reply' : 'request'
  const order = what === 'request' ? there : there.toReversed()
  const last = lastSeen(order, what)
  const next = last === null ? order[0] : order[order.findIndex(({ point }) => point === last) + 1]
  const lastStep = order.find(({ point }) => point === last)
  return [
    {
      what,
      of: way,
      lastSeen: lastStep === undefined ? null : pointName(lastStep.point, lastStep[what].links),
      neverAt: next === undefined ? null : pointName(next.point, next[other(what)].links),
      because: reason(way, what, last, next, trace),
    },
  ]
}

const other = (what: 'request' | 'reply') => (what === 'request' ? 'reply' : 'request')

/** A ping from the server itself never crosses its uplink; one to a target outside need not come by the place that looks. */
export function isOn(way: Traced['way'], { id }: Point): boolean {
  if (way === 'beside') return id === 'bridge' || id === 'port'
  return way === 'in' || id !== 'outside'
}

function reason(
  way: Traced['way'],
  what: 'request' | 'reply',
  last: Point | null,
  next: Step | undefined,
  trace: Trace,
): string {
  const towardsInstance = (way === 'out') === (what === 'reply')
  const [asked] = trace.unanswered
  if (asked && towardsInstance)
    return `neighbour discovery asks for ${asked.target} at ${asked.at}, and nobody answers`
  const said = trace.errors.find(({ about }) => about === what)
  if (said) return `${said.by} says: ${said.says}`
  if (isLooping(trace, what))
    return 'it comes in by the uplink and goes out by it again: the server has no route for it'
  const [from, to] = [last?.id ?? null, next?.point.id ?? null]
  return reasons[`${from ?? 'sender'} ${to ?? 'beyond'}`] ?? general(towardsInstance, from, to)
}

const isLooping = ({ steps }: Trace, what: 'request' | 'reply'): boolean =>
  steps.some(({ point, ...seen }) => point.id === 'uplink' && seen[what].directions.length === 2)

/** By where it was last and where it never came. */
const reasons: Record<string, string> = {
  'uplink bridge': 'the server does not pass it on: its route to the prefix, forwarding, or a firewall rule',
  'bridge port':
    'nobody on the bridge takes it: the port of the instance, its security group, or the router of its network',
  'bridge uplink': 'the server does not pass it on: its default route, forwarding, or a firewall rule',
  'port bridge': 'it does not leave the port: anti-spoofing of the port, or the router of its network',
  'sender port': 'the instance says nothing: it is down, has no address, or has no route',
  'sender bridge': 'the server does not send it there: its route to the prefix, or the bridge is down',
  'edge-inner uplink': "it is lost between the provider's router and the server",
  'edge-outer edge-inner': "the provider's router does not pass it on: no route to the block",
  'uplink edge-inner': "it is lost between the server and the provider's router",
  'edge-inner edge-outer':
    "the provider's router does not pass it on: its route, or a filter on source addresses",
}

function general(towardsInstance: boolean, from: string | null, to: string | null): string {
  if (to === 'uplink' && towardsInstance)
    return 'the provider does not deliver it to the server: its route to the block, or its memory of who holds it'
  if (to === 'outside' || to === 'beyond' || from === 'uplink')
    return 'it left the server and is lost beyond it: a filter of the provider on source addresses, or on the way'
  return 'it was sent and not seen: the sender has no route, or the way ends before the first place listened to'
}

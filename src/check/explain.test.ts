import { describe, expect, it } from 'vitest'
import { Address } from '../core/prefix.ts'
import { icmpFrame } from '../wire/discovery.ts'
import type { Icmpv6 } from '../wire/icmpv6.ts'
import { type Explanation } from './explain.ts'
import { explanationText } from './explain-text.ts'
import { judgeTraces, type Traced } from './explain-verdict.ts'
import { type Heard, lastSeen, type Marked, type Point, traceOf } from './trace.ts'

const outside = Address.of('2001:db8:ffff::2')
const instance = Address.of('2001:db8:17:1:5054:ff:fe00:1')
const mark = Uint8Array.of(9, 8, 7, 6)
const ping: Marked = { from: null, to: instance, mark }
const path: Point[] = [
  { id: 'outside', place: 'the internet', link: null },
  { id: 'uplink', place: 'os1', link: 'eno1' },
  { id: 'bridge', place: 'os1', link: 'br-ex' },
  { id: 'port', place: 'os1', link: null },
]
const macs = { from: '02:00:5e:00:00:01', to: '02:00:5e:00:00:02' }
const hear = (place: string, link: string, direction: 'in' | 'out', bytes: Uint8Array): Heard => ({
  place,
  frame: { at: 0, link, direction, bytes },
})
const frame = (message: Icmpv6, from: Address, to: Address) => icmpFrame(macs, { from, to }, message)
const echo = { id: 1, sequence: 1, data: Uint8Array.of(0, 0, ...mark, ...mark) }
const request = frame({ kind: 'echo-request', ...echo }, outside, instance)
const reply = frame({ kind: 'echo-reply', ...echo }, instance, outside)

/** Links of the way in, as far as given. */
const goingIn = (...links: string[]) => [
  hear('the internet', 'edge0', 'out', request),
  ...links.map((link) => hear('os1', link, link === 'eno1' ? 'in' : 'out', request)),
]
const goingOut = (...links: string[]) =>
  links.map((link) => hear('os1', link, link === 'eno1' ? 'out' : 'in', reply))
const wholeWay = ['eno1', 'br-ex', 'tap0']
const traced = (heard: readonly Heard[], received = 0): Traced => ({
  way: 'in',
  sent: 1,
  received,
  trace: traceOf(path, heard, ping),
})

describe('where a ping was seen', () => {
  it('counts request and reply apart, and finds the port by the packet', () => {
    const { steps } = traceOf(path, [...goingIn(...wholeWay), ...goingOut('tap0', 'br-ex')], ping)
    expect(lastSeen(steps, 'request')?.id).toBe('port')
    expect(steps.map(({ reply }) => reply.count)).toEqual([0, 0, 1, 1])
    expect(steps[3]?.request.links).toEqual(['tap0'])
  })
  it('does not count what carries another mark, goes elsewhere, or cannot be read', () => {
    const others = [
      frame({ kind: 'echo-request', ...echo, data: new Uint8Array(20) }, outside, instance),
      frame({ kind: 'echo-request', ...echo }, outside, outside),
      request.slice(0, 40),
    ]
    const heard = others.map((bytes) => hear('os1', 'eno1', 'in', bytes))
    expect(lastSeen(traceOf(path, heard, ping).steps, 'request')).toBeNull()
  })
  it('keeps an error about the request, and says who sent it', () => {
    const about = request.slice(14, 14 + 60)
    const refused = frame(
      { kind: 'unreachable', code: 0, value: 0, about },
      Address.of('2001:db8::1'),
      outside,
    )
    const { errors } = traceOf(path, [hear('the internet', 'edge0', 'in', refused)], ping)
    expect(errors).toEqual([
      { by: '2001:db8::1', says: 'no route to it', about: 'request', at: 'the internet edge0' },
    ])
  })
  it('keeps who was asked for and did not answer', () => {
    const ask = frame({ kind: 'neighbour-solicitation', target: instance, options: [] }, outside, instance)
    const flags = { router: false, solicited: true, override: true }
    const tell = frame(
      { kind: 'neighbour-advertisement', ...flags, target: instance, options: [] },
      instance,
      outside,
    )
    const asked = hear('os1', 'br-ex', 'out', ask)
    expect(traceOf(path, [asked, asked], ping).unanswered).toHaveLength(1)
    expect(traceOf(path, [asked, hear('os1', 'br-ex', 'in', tell)], ping).unanswered).toEqual([])
  })
})

describe('what it means', () => {
  it.each([
    ['answered', [], 1, 'reached', undefined, undefined],
    ['never on the server', goingIn(), 0, 'none', 'the internet', 'eno1'],
    ['not passed on to the bridge', goingIn('eno1'), 0, 'none', 'eno1', 'br-ex'],
    ['not taken by the port', goingIn('eno1', 'br-ex'), 0, 'none', 'br-ex', 'the port of the instance'],
    ['a silent instance', goingIn(...wholeWay), 0, 'no-answer', null, 'tap0'],
    [
      'a reply that does not leave the server',
      [...goingIn(...wholeWay), ...goingOut('tap0', 'br-ex')],
      0,
      'in-but-not-out',
      'br-ex',
      'eno1',
    ],
    [
      'a reply that is lost beyond it',
      [...goingIn(...wholeWay), ...goingOut('tap0', 'br-ex', 'eno1')],
      0,
      'in-but-not-out',
      'eno1',
      'the internet',
    ],
  ])('%s', (_, heard, received, conclusion, last, never) => {
    const judged = judgeTraces([traced(heard, received)], [], 'os1')
    expect(judged.conclusion).toBe(conclusion)
    expect(judged.breaks[0]?.lastSeen).toBe(last)
    expect(judged.breaks[0]?.neverAt).toBe(never)
  })
  it('out but not in: its own pings leave, and none from outside arrives', () => {
    const own: Marked = { from: instance, to: outside, mark: null }
    const leaving = frame({ kind: 'echo-request', ...echo }, instance, outside)
    const heard = [
      hear('os1', 'tap0', 'in', leaving),
      hear('os1', 'br-ex', 'in', leaving),
      hear('os1', 'eno1', 'out', leaving),
    ]
    const out: Traced = { way: 'out', sent: 1, received: 0, trace: traceOf(path, heard, own) }
    const judged = judgeTraces([traced(goingIn()), out], [], 'os1')
    expect(judged.conclusion).toBe('out-but-not-in')
    expect(judged.breaks[1]).toMatchObject({ what: 'reply', of: 'out', lastSeen: null, neverAt: 'eno1' })
  })
  it('a packet that comes in and goes out again is a loop', () => {
    const heard = [...goingIn('eno1'), hear('os1', 'eno1', 'out', request)]
    expect(judgeTraces([traced(heard)], [], 'os1').breaks[0]?.because).toContain('goes out by it again')
  })
  it('nothing is concluded where the server could not be listened to, or nothing was sent', () => {
    expect(judgeTraces([traced(goingIn())], ['os1'], 'os1').conclusion).toBe('could-not-check')
    expect(judgeTraces([{ ...traced([]), sent: 0 }], [], 'os1').conclusion).toBe('could-not-check')
  })
})

it('is drawn with what was counted at each point', () => {
  const one = traced([...goingIn(...wholeWay), ...goingOut('tap0', 'br-ex')])
  const explanation: Explanation = {
    schema_version: 1,
    instance: 'proof-direct',
    address: String(instance),
    ...judgeTraces([one], [], 'os1'),
    deaf: [],
    lost: 0,
    traces: [one],
  }
  expect(explanationText(explanation)).toBe(`proof-direct  ${instance}
  in, but not out: packets reach it, and what it sends does not get away
  from outside to it: the reply was last seen at br-ex, never at eno1
    because  the server does not pass it on: its default route, forwarding, or a firewall rule

  from outside to it: 1 sent, 0 answered
                  request v    reply ^
    the internet          1          -
    eno1                  1          -
    br-ex                 1          1
    tap0                  1          1
`)
})

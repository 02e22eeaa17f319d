// Decides how packets for addresses that nobody holds are sent at a server, from outside or by way of a reply.
// Leaves how they arrived to arrival, and what that means to delivery-kind.
import { randomInt } from 'node:crypto'
import type { Address, Prefix } from '../core/prefix.ts'
import type { Shell } from '../core/shell.ts'
import { converse, type Frame, openEar } from '../host/ear.ts'
import type { Card } from '../host/router.ts'
import { icmpFrame } from '../wire/discovery.ts'
import { arrivalOf, askedFor, type Tried } from './arrival.ts'
import type { Evidence } from './delivery-evidence.ts'
import { ping } from './ping.ts'

/** Seconds. A router that repeats a neighbour solicitation takes three. */
const patience = { pings: 60, settling: 3, reflected: 4 }

export type ArrivalsInput = {
  server: Shell
  card: Card
  outside: Shell | null
  target: Address
  block: Prefix | null
  /** Addresses of the block that nobody holds. */
  unowned: readonly Address[]
  routerMac: string | null
  addresses: Evidence['addresses']
  /** Address of the server that the log-in goes to: asked for on its own account. */
  loginAt: Address | null
}

type Arrived = Pick<Evidence, 'tried' | 'control' | 'how' | 'nextHop'>

export async function arrivals(input: ArrivalsInput): Promise<Arrived> {
  const { block, outside, routerMac, target, unowned } = input
  const untried = (why: string): Arrived => ({
    tried: [],
    control: null,
    how: { by: 'nothing', why },
    nextHop: null,
  })
  if (block === null || unowned.length === 0) return untried('there is no block to try')
  const pinged = outside && (await pingFrom(outside, block, input))
  if (pinged) return pinged
  const why = outside ? `${outside.name} has no IPv6` : 'there is no place outside to look from'
  if (routerMac === null) return untried(`${why}, and no router answers`)
  const tried = await reflect(input, routerMac)
  return { tried, control: null, how: { by: 'reflected', target, why }, nextHop: null }
}

/** Null when the place outside cannot send IPv6 at all. */
async function pingFrom(
  outside: Shell,
  block: Prefix,
  { server, card: { link, mac }, unowned, addresses, loginAt }: ArrivalsInput,
): Promise<Arrived | null> {
  const held = addresses.filter(({ address }) => !block.containsAddress(address))
  const control = (held.find(({ isMade }) => isMade) ?? held[0] ?? addresses[0])?.address ?? null
  const ear = await openEar(server, { links: [link], seconds: patience.pings })
  const frames: Frame[] = []
  const heard = (async () => {
    for await (const frame of ear) frames.push(frame)
  })()
  try {
    const words = await Promise.all(unowned.map((address) => ping(outside, address, { count: 3 })))
    if (words.every(({ worked }) => !worked)) return null
    await untilQuiet()
    const asked = askedFor(frames)
    const before = frames.length
    const other = control === null ? null : await ping(outside, control, { count: 2 })
    await ear.close()
    await heard
    const tried = unowned.map((address, i): Tried => ({
      ...arrivalOf(frames, address, mac),
      words: words[i]?.words ?? '',
    }))
    return {
      tried,
      control:
        control === null || other === null
          ? null
          : { ...arrivalOf(frames.slice(before), control, mac), words: other.words },
      how: { by: 'ping', from: outside.name },
      nextHop: nextHopOf(asked, [...unowned, ...(loginAt ? [loginAt] : [])], addresses, block),
    }
  } finally {
    await ear.close()
  }
}

/** A router that finds nobody has asked three times by then. */
const untilQuiet = () => new Promise((resolve) => setTimeout(resolve, patience.settling * 1_000))

/** Outside the block, not made by SLAAC, asked for at least twice while packets for the block came: where they are sent to. */
function nextHopOf(
  asked: readonly { target: Address; times: number }[],
  known: readonly Address[],
  addresses: Evidence['addresses'],
  block: Prefix,
): Evidence['nextHop'] {
  const made = addresses.filter(({ isMade }) => isMade).map(({ address }) => address)
  const fixed = addresses.filter(({ isMade }) => !isMade).map(({ address }) => address)
  const candidates = asked.filter(
    ({ target, times }) =>
      !target.isLinkLocal() &&
      !block.containsAddress(target) &&
      ![...known, ...made].some((one) => one.equals(target)) &&
      (times >= 2 || fixed.some((one) => one.equals(target))),
  )
  const [only] = candidates
  if (only === undefined || candidates.length > 1) return null
  return { address: only.target, isHeld: fixed.some((one) => one.equals(only.target)) }
}

/** Echo requests sent from here with sources in the block: how their replies come back tells the same as a ping from outside. */
async function reflect(
  { server, target, card: { link, mac }, unowned }: ArrivalsInput,
  routerMac: string,
): Promise<Tried[]> {
  const id = randomInt(0x10000)
  const sends = unowned.flatMap((from, i) =>
    [0, 1].map((round) => {
      const echo = { kind: 'echo-request', id, sequence: round, data: new Uint8Array(8) } as const
      return {
        link,
        frame: icmpFrame({ from: mac, to: routerMac }, { from, to: target }, echo, 64),
        after: round + 0.1 * i,
      }
    }),
  )
  const frames = await converse(server, {
    links: [link],
    seconds: patience.reflected,
    filter: { echo: [id] },
    sends,
  })
  return unowned.map((address) => ({ ...arrivalOf(frames, address, mac), words: '' }))
}

// Decides how a router on a server's link is asked: whether it announces itself, whether it passes packets on.
// Leaves the packets to wire/ and listening to ear. Touches no route, address or neighbour entry of the server.
import { randomInt } from 'node:crypto'
import { type Fault, Trouble } from '../core/fault.ts'
import { Address } from '../core/prefix.ts'
import type { Shell } from '../core/shell.ts'
import { type HeardRouter, heardRouter, icmpFrame, solicitation } from '../wire/discovery.ts'
import { isMalformed, type Malformed } from '../wire/malformed.ts'
import { parseFrame } from '../wire/packet.ts'
import { converse, type Frame } from './ear.ts'

/** The card of a link and its link-local address: what a packet that leaves by it is sent from. */
export type Card = { link: string; mac: string; linkLocal: Address | null }

/** Throws Trouble `no-such-link`. */
export async function readCard(shell: Shell, link: string): Promise<Card> {
  const ran = await shell.run(['ip', '-j', 'addr', 'show', 'dev', link], { timeout: 20_000 })
  const [found] = ran.code === 0 ? (JSON.parse(ran.stdout) as IpLink[]) : []
  if (found?.address === undefined) throw new Trouble(noCard(shell, link, ran.stderr))
  const local = found.addr_info?.find(
    (one) => one.family === 'inet6' && one.scope === 'link' && !one.tentative,
  )
  return { link, mac: found.address, linkLocal: local ? Address.of(local.local) : null }
}

type IpLink = {
  address?: string
  addr_info?: { family: string; local: string; scope: string; tentative?: boolean }[]
}

export type Routers = {
  /** The last word of each router, and all that was absurd in what it said. */
  heard: HeardRouter[]
  /** Advertisements that a host must discard, with why. */
  discarded: Malformed[]
}

/** Routers that announce themselves within `seconds`, asked by two solicitations. Throws as `openEar`. */
export async function askRouters(shell: Shell, card: Card, seconds: number): Promise<Routers> {
  const { link, mac, linkLocal } = card
  const frame = linkLocal === null ? null : solicitation(mac, linkLocal)
  // RFC 4861 section 6.3.7 lets a host ask three times; routers may wait half a second before they answer.
  const sends = frame === null ? [] : [0, 1].map((after) => ({ link, frame, after }))
  return routersOf(await converse(shell, { links: [link], seconds, filter: { echo: [] }, sends }))
}

export function routersOf(frames: readonly Frame[]): Routers {
  const heard = new Map<string, HeardRouter>()
  const discarded: Malformed[] = []
  for (const { direction, bytes } of frames) {
    if (direction === 'out') continue
    const router = heardRouter(bytes)
    if (router === undefined) continue
    if (isMalformed(router)) {
      discarded.push(router)
      continue
    }
    const before = heard.get(String(router.router))?.absurd ?? []
    heard.set(String(router.router), { ...router, absurd: [...new Set([...before, ...router.absurd])] })
  }
  return { heard: [...heard.values()], discarded }
}

/** Routers that announce themselves on `link` within `seconds`. Throws as `openEar` and `readCard`. */
export async function solicitRouter(shell: Shell, link: string, seconds: number): Promise<HeardRouter[]> {
  return (await askRouters(shell, await readCard(shell, link), seconds)).heard
}

export type Through = {
  link: string
  /** Source: an address that comes back to this server, owned or not. */
  from: Address
  to: Address
  routerMac: string
  /** How long to wait for a reply. */
  seconds?: number
}

/**
 * Whether the router with this MAC passes packets on for the server and their replies come back: a raw echo request is
 * framed to it, so no route is looked up or touched. False says only that no reply was heard. Throws as `openEar`.
 */
export async function throughRouter(shell: Shell, through: Through): Promise<boolean> {
  const { link, from, to, routerMac, seconds = 3 } = through
  const { mac } = await readCard(shell, link)
  const id = randomInt(0x10000)
  const frames = [1, 2, 3].map((sequence) =>
    icmpFrame(
      { from: mac, to: routerMac },
      { from, to },
      { kind: 'echo-request', id, sequence, data: new TextEncoder().encode('bateau') },
      64,
    ),
  )
  const sends = frames.map((frame, i) => ({ link, frame, after: 0.3 * i }))
  const isReply = ({ direction, bytes }: Frame): boolean => {
    const packet = parseFrame(bytes)
    if (direction === 'out' || isMalformed(packet) || packet.message.kind !== 'echo-reply') return false
    return packet.message.id === id && packet.ip.from.equals(to) && packet.ip.to.equals(from)
  }
  const heard = await converse(shell, { links: [link], seconds, filter: { echo: [id] }, sends }, isReply)
  return heard.some(isReply)
}

const noCard = (shell: Shell, link: string, why: string): Fault => ({
  code: 'no-such-link',
  title: `${shell.name} has no Ethernet link ${link}`,
  why: why.trim() || 'ip shows no link of this name with a MAC address',
  fix: `see which there are, on ${shell.name}: ip -br link`,
  host: shell.name,
})

// Decides how a server's delivery is looked at: routers asked, addresses nobody holds pinged from outside, DHCPv6 asked once.
// Leaves what follows from what was seen to delivery-kind. Changes nothing: raw packets, and commands that only read.
import { randomInt } from 'node:crypto'
import { Address, type Prefix } from '../core/prefix.ts'
import type { Secret } from '../core/secret.ts'
import type { Shell } from '../core/shell.ts'
import type { HostFacts } from '../core/site.ts'
import { converse } from '../host/ear.ts'
import { type Card, readCard, routersOf } from '../host/router.ts'
import { readHostState } from '../host/state.ts'
import { allRouters, icmpFrame, solicitation } from '../wire/discovery.ts'
import { multicastMac } from '../wire/ethernet.ts'
import { isMalformed } from '../wire/malformed.ts'
import { parseFrame } from '../wire/packet.ts'
import { arrivals } from './delivery-arrivals.ts'
import { blockOf, unownedOf } from './delivery-block.ts'
import { askDhcp } from './delivery-dhcp.ts'
import type { Evidence } from './delivery-evidence.ts'

export type LookInput = {
  facts: HostFacts
  server: Shell
  /** A place with IPv6 that is not the server; null: none. */
  outside: Shell | null
  /** Null: what the server itself shows. */
  block: Prefix | null
  /** Colon-separated hexadecimal. Null: DHCPv6 is not asked. */
  duid: Secret | null
  /** Something far away that answers ping, for when there is no place outside. */
  target: Address
}

/** Seconds. Routers wait up to half a second before they answer (RFC 4861 section 6.2.6). */
const patienceSeconds = 4

/** Throws Trouble: that of the shell, of the ear, and of reading the state. */
export async function lookAtDelivery(input: LookInput): Promise<Evidence> {
  const { facts, server } = input
  const uplink = facts.uplink.name
  const card = await readCard(server, uplink)
  const state = await readHostState(server, { host: facts.hostname, uplink, units: [], kernel: [] })
  const asked = await askAround(server, card)
  const dhcp = await askDhcp(input, card, state, input.block)
  const { block, blockFrom } = blockOf(input.block, state, uplink, { ...asked, dhcp })
  const addresses = state.addresses
    .filter(
      ({ link, scope, tentative, dadFailed }) =>
        link === uplink && scope === 'global' && !tentative && !dadFailed,
    )
    .map(({ address, length, validSeconds }) => ({ address, length, isMade: validSeconds !== null }))
  const unowned = block !== null && block.length <= 64 ? unownedOf(block, state) : []
  const { routerMac } = asked
  const { outside, target } = input
  const loginAt = await readLogin(server)
  const arrived = await arrivals({
    server,
    card,
    outside,
    target,
    block,
    unowned,
    routerMac,
    addresses,
    loginAt,
  })
  return {
    facts,
    manager: state.manager,
    linkLocal: card.linkLocal,
    addresses,
    defaultVia: state.routes.flatMap(({ to, via, type }) =>
      to.length === 0 && via !== null && type === 'unicast' ? [via] : [],
    ),
    leases: state.leases,
    routers: asked.routers,
    discarded: asked.discarded,
    answering: asked.answering,
    block,
    blockFrom,
    ...arrived,
    dhcp,
  }
}

/** sshd(8) says in SSH_CONNECTION which address of the server was logged in to. */
async function readLogin(server: Shell): Promise<Address | null> {
  const { stdout } = await server.run(['printenv', 'SSH_CONNECTION'], { timeout: 20_000 })
  const address = Address.parse(stdout.trim().split(' ')[2] ?? '')
  return address.ok ? address.value : null
}

type Asked = Pick<Evidence, 'routers' | 'discarded' | 'answering'> & {
  routerMac: string | null
}

/** A solicitation for those who announce themselves, an echo to all routers for those who do not. */
async function askAround(server: Shell, { link, mac, linkLocal }: Card): Promise<Asked> {
  const id = randomInt(0x10000)
  const echo = { kind: 'echo-request', id, sequence: 1, data: new Uint8Array(8) } as const
  const sends =
    linkLocal === null
      ? []
      : [
          solicitation(mac, linkLocal),
          icmpFrame(
            { from: mac, to: multicastMac(allRouters.bits) },
            { from: linkLocal, to: allRouters },
            echo,
          ),
        ].flatMap((frame) => [0, 1].map((after) => ({ link, frame, after })))
  const frames = await converse(server, {
    links: [link],
    seconds: patienceSeconds,
    filter: { echo: [id] },
    sends,
  })
  const { heard, discarded } = routersOf(frames)
  const answering = new Map<string, { router: Address; mac: string }>()
  for (const { bytes, direction } of frames) {
    const packet = parseFrame(bytes)
    if (direction === 'out' || isMalformed(packet) || packet.message.kind !== 'echo-reply') continue
    if (packet.ip.from.isLinkLocal())
      answering.set(String(packet.ip.from), { router: packet.ip.from, mac: packet.ethernet.from })
  }
  const known = [...answering.values()]
  return {
    routers: heard,
    discarded: [...new Set(discarded.map(({ why }) => why))],
    answering: known,
    routerMac: heard.find(({ advertisement }) => advertisement.lifetime > 0)?.mac ?? known[0]?.mac ?? null,
  }
}

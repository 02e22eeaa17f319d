// Decides how a DHCPv6 server is asked about a DUID: two questions at the most, which lease nothing.
// Leaves the packets to wire/. The DUID is a secret: it goes to the server's standard input and to no log.
import { randomInt } from 'node:crypto'
import type { HostState } from '../core/host-state.ts'
import type { Prefix } from '../core/prefix.ts'
import type { Secret } from '../core/secret.ts'
import type { Shell } from '../core/shell.ts'
import { converse, type Frame } from '../host/ear.ts'
import type { Card } from '../host/router.ts'
import { fromHex } from '../wire/bytes.ts'
import { answerOf, type Asking, solicit } from '../wire/delegation.ts'
import { isMalformed } from '../wire/malformed.ts'
import { parseFrame } from '../wire/packet.ts'
import type { Dhcp } from './delivery-evidence.ts'

/** Seconds after the listening began. Two are well under what any provider takes a minute. */
const solicitAt = [0, 4]
const patienceSeconds = 8

export async function askDhcp(
  { server, duid }: { server: Shell; duid: Secret | null },
  { link, mac, linkLocal }: Card,
  { leases }: Pick<HostState, 'leases'>,
  block: Prefix | null,
): Promise<Dhcp> {
  const lease = leases.find(({ prefix }) => block === null || prefix.overlaps(block))
  if (lease) return { answer: 'not-asked', why: `${lease.client} holds a lease of ${lease.prefix}` }
  const bytes = duid === null ? null : fromHex(duid.reveal().replaceAll(':', ''))
  if (bytes === null) return { answer: 'not-asked', why: 'no DUID was given (--duid-file)' }
  if (linkLocal === null) return { answer: 'not-asked', why: `${link} has no link-local address` }
  const asking: Asking = {
    mac,
    from: linkLocal,
    duid: bytes,
    iaid: randomInt(1, 0x7fff_ffff),
    transaction: randomInt(0x100_0000),
    hint: block,
  }
  const answers = (frame: Frame) => {
    const packet = parseFrame(frame.bytes)
    if (frame.direction === 'out' || isMalformed(packet) || packet.message.kind !== 'dhcpv6') return undefined
    return answerOf(packet.message, asking)
  }
  const frame = solicit(asking)
  const sends = solicitAt.map((after) => ({ link, frame, after }))
  const heard = await converse(
    server,
    { links: [link], seconds: patienceSeconds, filter: { echo: [] }, sends },
    (one) => answers(one)?.answer === 'offers',
  )
  const said = heard.flatMap((one) => answers(one) ?? [])
  return said.find(({ answer }) => answer === 'offers') ?? said[0] ?? { answer: 'silent' }
}

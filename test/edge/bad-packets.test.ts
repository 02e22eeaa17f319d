// What a broken or hostile DHCPv6 server can say to a probe: nothing of it crashes, floods, or is taken for an offer.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askDhcp } from '../../src/check/delivery-dhcp.ts'
import type { Dhcp } from '../../src/check/delivery-evidence.ts'
import { Address, Prefix } from '../../src/core/prefix.ts'
import { Secret } from '../../src/core/secret.ts'
import { type Ear, openEar, send } from '../../src/host/ear.ts'
import { readCard } from '../../src/host/router.ts'
import { concat, word16, word32 } from '../../src/wire/bytes.ts'
import { buildUdp } from '../../src/wire/dhcpv6.ts'
import { buildEthernet } from '../../src/wire/ethernet.ts'
import { buildIpv6 } from '../../src/wire/ipv6.ts'
import { type Packet, parseFrame } from '../../src/wire/packet.ts'
import { cable } from './cable.ts'
import { capable } from './world.ts'

const { server, router, ...wires } = cable('bad')
const duid = '00:03:00:01:de:ad:be:ef:00:41'
const block = Prefix.of('2001:2:0:4000::/56')

type Asked = { transaction: number; iaid: number; clientId: Uint8Array }
const option = (code: number, ...body: readonly Uint8Array[]) => {
  const joined = concat(...body)
  return concat(word16(code), word16(joined.length), joined)
}
const serverId = option(2, Uint8Array.of(0, 3, 0, 1, 2, 0, 0x5e, 0, 0, 1))
const clientId = ({ clientId: bytes }: Asked) => option(1, bytes)
const prefix = (preferred: number, valid: number, length = 56) =>
  option(
    26,
    word32(preferred),
    word32(valid),
    Uint8Array.of(length, 0x20, 1, 0, 2, 0, 0, 0x40),
    new Uint8Array(9),
  )
const iaPd = ({ iaid }: Asked, ...options: readonly Uint8Array[]) =>
  option(25, word32(iaid), word32(0), word32(0), ...options)
const nested = (asked: Asked) =>
  Array.from({ length: 80 }).reduce<Uint8Array>((inner) => iaPd(asked, inner), new Uint8Array())
const whole = (asked: Asked, pd: Uint8Array) => concat(clientId(asked), serverId, pd)

/** Answers the first Solicit with these payloads (message type and options), or with as many as it likes. */
async function serving(
  ear: Ear,
  type: number,
  answers: (asked: Asked) => readonly Uint8Array[],
): Promise<number> {
  let solicits = 0
  for await (const { bytes, direction } of ear) {
    const packet = parseFrame(bytes) as Packet
    if (direction === 'out' || packet.message.kind !== 'dhcpv6') continue
    solicits++
    if (solicits > 1) continue
    const { options, transaction } = packet.message
    const client = options.find((one) => one.option === 'client-id')
    const ia = options.find((one) => one.option === 'ia-pd')
    if (!client || !ia) throw new Error('a Solicit names its client and what it wants')
    const asked = { transaction, iaid: ia.iaid, clientId: client.duid }
    const [from, to] = [Address.of('fe80::1'), packet.ip.from]
    const frames = answers(asked).map((body) => {
      const message = concat(Uint8Array.of(type, transaction >> 16), word16(transaction & 0xffff), body)
      const payload = buildUdp({ from: 547, to: 546, payload: message }, from, to)
      const ip = { flow: 0, hopLimit: 255, from, to, extensions: [], protocol: 17 }
      const macs = { from: packet.ethernet.to.replace(/^33:33/, '02:00'), to: packet.ethernet.from }
      return buildEthernet({ ...macs, tag: null, type: 0x86dd, payload: buildIpv6({ ...ip, payload }) })
    })
    await send(router, 'seg0', ...frames)
  }
  return solicits
}

async function ask(
  type: number,
  answers: (asked: Asked) => readonly Uint8Array[],
): Promise<{ dhcp: Dhcp; solicits: number }> {
  const card = await readCard(server, 'eno1')
  const ear = await openEar(router, { links: ['seg0'], seconds: 60 })
  const solicits = serving(ear, type, answers)
  const dhcp = await askDhcp({ server, duid: new Secret(duid) }, card, { leases: [] }, block)
  await ear.close()
  return { dhcp, solicits: await solicits }
}

const [advertise, reply, relay] = [2, 7, 13]

describe.skipIf(!capable)('a DHCPv6 server', { timeout: 120_000 }, () => {
  beforeAll(wires.make)
  afterAll(wires.remove)

  it.each<[string, number, (asked: Asked) => readonly Uint8Array[], Partial<Dhcp>]>([
    [
      'that offers the block is heard',
      advertise,
      (a) => [whole(a, iaPd(a, prefix(10, 20)))],
      { answer: 'offers' },
    ],
    [
      'preferring longer than it is valid',
      advertise,
      (a) => [whole(a, iaPd(a, prefix(20, 10)))],
      { answer: 'absurd' },
    ],
    ['offering for no time', advertise, (a) => [whole(a, iaPd(a, prefix(0, 0)))], { answer: 'absurd' }],
    [
      'offering the whole internet for ever',
      advertise,
      (a) => [whole(a, iaPd(a, prefix(0xffffffff, 0xffffffff, 0)))],
      { answer: 'absurd' },
    ],
    [
      'offering a prefix of length 255',
      advertise,
      (a) => [whole(a, iaPd(a, prefix(1, 2, 255)))],
      { answer: 'silent' },
    ],
    ['nesting options 80 deep', advertise, (a) => [whole(a, nested(a))], { answer: 'absurd' }],
    [
      'replying to what was not requested',
      reply,
      (a) => [whole(a, iaPd(a, prefix(10, 20)))],
      { answer: 'silent' },
    ],
    ['answering as a relay', relay, (a) => [whole(a, iaPd(a, prefix(10, 20)))], { answer: 'silent' }],
    [
      'answering another client',
      advertise,
      (a) => [whole({ ...a, clientId: Uint8Array.of(0, 3, 9) }, iaPd(a, prefix(10, 20)))],
      { answer: 'silent' },
    ],
    [
      'cutting its answer at every byte, 100 times over',
      advertise,
      (a) => {
        const one = whole(a, iaPd(a, prefix(10, 20)))
        return Array.from({ length: 1_000 }, (_, i) => one.slice(0, i % one.length))
      },
      { answer: 'absurd' },
    ],
  ])('%s', async (_, type, answers, expected) => {
    const { dhcp, solicits } = await ask(type, answers)
    expect(dhcp).toMatchObject(expected)
    expect(solicits).toBeLessThanOrEqual(2)
    expect(JSON.stringify(dhcp)).not.toContain('dead')
  })
})

// Listening and sending on real links: two namespaces with a cable, a router's part played by frames made here.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Trouble } from '../../src/core/fault.ts'
import { Address, Prefix } from '../../src/core/prefix.ts'
import { earScript } from '../../src/host/ear-script.ts'
import { converse, type Frame, openEar, send } from '../../src/host/ear.ts'
import { readCard, routersOf, solicitRouter, throughRouter } from '../../src/host/router.ts'
import { localShell } from '../../src/host/spawn.ts'
import { allNodes, icmpFrame } from '../../src/wire/discovery.ts'
import { multicastMac } from '../../src/wire/ethernet.ts'
import type { Icmpv6 } from '../../src/wire/icmpv6.ts'
import { type Packet, parseFrame } from '../../src/wire/packet.ts'
import { cable, must } from './cable.ts'
import { capable } from './world.ts'

const { server, router, serverAddress, beyond, macs, ...wires } = cable('ear')

const message = ({ bytes }: Frame) => (parseFrame(bytes) as Packet).message
const kinds = (frames: readonly Frame[]) => frames.map((frame) => `${frame.direction} ${message(frame).kind}`)
const fromRouter = (icmp: Icmpv6) =>
  icmpFrame(
    { from: macs.router, to: multicastMac(allNodes.bits) },
    { from: Address.of('fe80::1'), to: allNodes },
    icmp,
  )

describe.skipIf(!capable)('the ear of a server', { timeout: 120_000 }, () => {
  beforeAll(wires.make)
  afterAll(wires.remove)

  it('hears both directions on every link, with the time, from the moment it is open', async () => {
    const ear = await openEar(server, { links: 'all', seconds: 30 })
    await must(router, `ping -6 -n -c 1 -W 5 ${serverAddress}`)
    const frames: Frame[] = []
    for await (const frame of ear) {
      frames.push(frame)
      if (message(frame).kind === 'echo-reply') break
    }
    await ear.close()
    expect(kinds(frames)).toContain('in echo-request')
    expect(kinds(frames).at(-1)).toBe('out echo-reply')
    expect(new Set(frames.map(({ link }) => link))).toEqual(new Set(['eno1']))
    expect(frames.every(({ at }) => at > Date.UTC(2020, 0))).toBe(true)
  })

  it('leaves out of the kernel what is not asked for: other echoes, and all that is not control', async () => {
    const ear = await openEar(server, { links: ['eno1'], seconds: 30, filter: { echo: [7] } })
    await must(router, `ping -6 -n -c 1 -W 5 -e 8 ${serverAddress}`)
    await router.run(['bash', '-c', `exec 3<>/dev/tcp/${serverAddress}/9`])
    await must(router, `ping -6 -n -c 1 -W 5 -e 7 ${serverAddress}`)
    const echoes: number[] = []
    for await (const frame of ear) {
      const one = message(frame)
      expect(one.kind).not.toBe('tcp')
      if (one.kind === 'echo-request') echoes.push(one.id)
      if (one.kind === 'echo-reply') break
    }
    await ear.close()
    expect(echoes).toEqual([7])
  })

  it('sees a frame behind an 802.1Q tag', async () => {
    await must(router, 'ip link show seg0')
    const echo = fromRouter({ kind: 'echo-request', id: 9, sequence: 1, data: new Uint8Array() })
    const tagged = Uint8Array.of(...echo.slice(0, 12), 0x81, 0, 0, 5, ...echo.slice(12))
    const ear = await openEar(server, { links: ['eno1'], seconds: 20, filter: { echo: [9] } })
    await send(router, 'seg0', tagged)
    for await (const frame of ear) if (message(frame).kind === 'echo-request') break
    await ear.close()
  })

  it('sends while it listens, and misses no answer', async () => {
    const { mac } = await readCard(server, 'eno1')
    const frame = icmpFrame(
      { from: mac, to: macs.router },
      { from: serverAddress, to: beyond },
      { kind: 'echo-request', id: 77, sequence: 1, data: new Uint8Array(8) },
      64,
    )
    const order = {
      links: ['eno1'],
      seconds: 20,
      filter: { echo: [77] },
      sends: [{ link: 'eno1', frame, after: 0 }],
    }
    const frames = await converse(server, order, (one) => message(one).kind === 'echo-reply')
    expect(kinds(frames)).toContain('out echo-request')
    expect(kinds(frames).at(-1)).toBe('in echo-reply')
  })

  it('is told a router that answers a solicitation, and silence where there is none', async () => {
    const ear = await openEar(router, { links: ['seg0'], seconds: 60 })
    const answer = async () => {
      for await (const frame of ear)
        if (frame.direction === 'in' && message(frame).kind === 'router-solicitation') break
      await ear.close()
      const options = [
        {
          option: 'prefix',
          prefix: Prefix.of('2001:2:0:ef00::/64'),
          onLink: true,
          autonomous: true,
          valid: 60,
          preferred: 30,
        },
      ] as const
      const times = { lifetime: 30, reachable: 0, retransmit: 0 }
      const flags = { managed: false, other: true, preference: 'high' as const }
      await send(
        router,
        'seg0',
        fromRouter({ kind: 'router-advertisement', hopLimit: 64, ...flags, ...times, options }),
      )
    }
    const [heard] = await Promise.all([solicitRouter(server, 'eno1', 8), answer()])
    expect(heard).toMatchObject([
      { mac: macs.router, absurd: [], advertisement: { lifetime: 30, other: true, preference: 'high' } },
    ])
    expect(await solicitRouter(server, 'eno1', 1)).toEqual([])
  })

  it('tells whether a router passes packets on, with no route of the server touched', async () => {
    const routes = () => must(server, 'ip -6 route show table all; ip -6 neigh show nud permanent; ip addr')
    const before = await routes()
    const ask = (routerMac: string, seconds: number) =>
      throughRouter(server, { link: 'eno1', from: serverAddress, to: beyond, routerMac, seconds })
    expect(await ask(macs.router, 20)).toBe(true)
    expect(await ask('02:00:5e:00:00:99', 2)).toBe(false)
    expect(await routes()).toBe(before)
  })

  it('takes broken advertisements for broken', async () => {
    const ear = await openEar(server, { links: ['eno1'], seconds: 30 })
    const whole = fromRouter({
      kind: 'other-icmp',
      type: 134,
      code: 0,
      // Hop limit 64, lifetime 65535, then prefix information of length 255.
      body: Uint8Array.of(64, 0, 255, 255, ...new Uint8Array(8), 3, 4, 255, 0xc0, ...new Uint8Array(28)),
    })
    const endless = fromRouter({ kind: 'other-icmp', type: 134, code: 0, body: new Uint8Array(20) })
    const cut = Array.from({ length: whole.length - 14 }, (_, i) => whole.slice(0, 14 + i))
    await send(router, 'seg0', ...cut, endless, whole)
    const frames: Frame[] = []
    for await (const frame of ear) {
      frames.push(frame)
      if (frame.bytes.length === whole.length && frame.direction === 'in') break
    }
    await ear.close()
    expect(frames.length).toBeGreaterThan(20)
    const { heard, discarded } = routersOf(frames)
    expect(heard).toMatchObject([{ prefixes: [], absurd: ['a prefix length of 255'] }])
    expect(discarded.map(({ why }) => why)).toContain('an option of length zero')
  })

  it('hands a flood over in bounds, and counts the rest', async () => {
    const ear = await openEar(server, { links: ['eno1'], seconds: 60 })
    const flood = fromRouter({ kind: 'router-advertisement', ...silent, options: [] })
    const began = Date.now()
    await send(router, 'seg0', ...Array.from({ length: 10_000 }, () => flood))
    await ear.close()
    // 500 a second, and the seconds that were begun when it started and ended.
    const most = 500 * (Math.ceil((Date.now() - began) / 1_000) + 1)
    let count = 0
    for await (const _ of ear) count++
    expect(count).toBeGreaterThan(0)
    expect(count).toBeLessThanOrEqual(most)
    expect(count + ear.lost).toBeGreaterThanOrEqual(10_000)
  })

  it('leaves nothing: no process, no promiscuous card, no file', async () => {
    const ear = await openEar(server, { links: ['eno1'], seconds: 50 })
    const state = () => must(server, 'ip -d -j link show eno1; ss -0an | wc -l')
    const during = await state()
    expect(during).toContain('"allmulti":1')
    await ear.close()
    const after = await state()
    expect(after).not.toBe(during)
    expect(after).toContain('"allmulti":0')
    expect(after).toContain('"promiscuity":0')
    expect(await wires.processes()).toBe('')
  })

  it('ends when its reader is gone, however long it was to listen', async () => {
    const order = { links: 'all', seconds: 5_000, filter: {}, sends: [] } as const
    const ran = await server.run(['sh', '-c', 'perl - | head -n 1'], { stdin: earScript(order) })
    expect(ran.stdout).toMatch(/^ready \d+\n$/)
  })

  it.each([
    ['of a link that is not there', () => openEar(server, { links: ['eno9'], seconds: 1 }), 'no-such-link'],
    [
      'without the right to it',
      () =>
        openEar(localShell('here', ['setpriv', '--reuid=65534', '--clear-groups']), {
          links: 'all',
          seconds: 1,
        }),
      'ear-not-allowed',
    ],
    [
      'where there is no perl',
      () =>
        openEar(localShell('here', ['env', '-i', 'PATH=/nowhere', '/usr/bin/env']), {
          links: 'all',
          seconds: 1,
        }),
      'no-perl',
    ],
  ])('says so %s', async (_, open, code) => {
    const failed = await open().catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(Trouble)
    expect((failed as Trouble).fault.code).toBe(code)
  })
})

const silent = {
  hopLimit: 0,
  managed: false,
  other: false,
  preference: 'medium',
  lifetime: 0,
  reachable: 0,
  retransmit: 0,
} as const

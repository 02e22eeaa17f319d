import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Address } from '../core/prefix.ts'
import { fromHex, toHex } from './bytes.ts'
import { heardRouter, icmpFrame } from './discovery.ts'
import { buildDhcpv6, buildUdp, parseDhcpv6, parseUdp } from './dhcpv6.ts'
import { buildEthernet, multicastMac, parseEthernet } from './ethernet.ts'
import { buildIcmpv6, parseIcmpv6 } from './icmpv6.ts'
import { buildIpv6, parseIpv6 } from './ipv6.ts'
import { isMalformed } from './malformed.ts'
import { type Packet, parseFrame } from './packet.ts'
import * as some from './packets.fixture.ts'
import { parseTcp } from './tcp.ts'

const [a, b] = [Address.of('fe80::1'), Address.of('ff02::1')]

/** Frames that are right all through, of every kind. */
const frames = fc.oneof(
  fc
    .tuple(some.icmpv6, some.address, some.address)
    .map(([message, from, to]) =>
      icmpFrame({ from: '02:00:5e:10:00:01', to: '33:33:00:00:00:01' }, { from, to }, message),
    ),
  fc.tuple(some.dhcpv6, some.ipv6, some.ethernet).map(([message, ip, ethernet]) => {
    const payload = buildUdp({ from: 546, to: 547, payload: buildDhcpv6(message) }, ip.from, ip.to)
    return buildEthernet({ ...ethernet, type: 0x86dd, payload: buildIpv6({ ...ip, protocol: 17, payload }) })
  }),
)

describe('what is built is read back as it was', () => {
  it('Ethernet, with and without a tag', () => {
    fc.assert(
      fc.property(some.ethernet, (frame) => {
        expect(parseEthernet(buildEthernet(frame))).toEqual(frame)
      }),
    )
  })
  it('IPv6 with extension headers', () => {
    fc.assert(
      fc.property(some.ipv6, (packet) => {
        expect(parseIpv6(buildIpv6(packet))).toEqual(packet)
      }),
    )
  })
  it('ICMPv6 with options', () => {
    fc.assert(
      fc.property(some.icmpv6, (message) => {
        const bytes = buildIcmpv6(message, a, b)
        expect(parseIcmpv6(bytes, a, b)).toEqual(message)
      }),
    )
  })
  it('DHCPv6 with a delegation in it', () => {
    fc.assert(
      fc.property(some.dhcpv6, (message) => {
        expect(parseDhcpv6(buildDhcpv6(message))).toEqual(message)
      }),
    )
  })
  it('UDP, and bytes as text', () => {
    fc.assert(
      fc.property(some.data, (payload) => {
        expect(parseUdp(buildUdp({ from: 546, to: 547, payload }, a, b), a, b)).toMatchObject({ payload })
        expect(fromHex(toHex(payload))).toEqual(payload)
      }),
    )
  })
})

describe('whatever comes', () => {
  const isAnswered = (bytes: Uint8Array) => {
    const read = parseFrame(bytes)
    expect(['malformed', 'packet']).toContain(read.kind)
    heardRouter(bytes)
    for (const parse of [parseEthernet, parseIpv6, parseDhcpv6, parseTcp])
      expect(typeof parse(bytes).kind).toBe('string')
    for (const parse of [parseIcmpv6, parseUdp]) expect(typeof parse(bytes, a, b).kind).toBe('string')
    return read
  }
  it('random bytes are answered with a value', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void isAnswered(bytes)))
  })
  it('every beginning of a packet is malformed, never the packet', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        const whole = parseFrame(frame)
        expect(isMalformed(whole) || isMalformed(whole.message)).toBe(false)
        for (let end = 0; end < frame.length; end++)
          expect(isMalformed(isAnswered(frame.slice(0, end)))).toBe(true)
      }),
      { numRuns: 30 },
    )
  })
  it('a packet with bytes changed is answered with a value', () => {
    const change = fc.tuple(fc.nat(), fc.nat(255))
    fc.assert(
      fc.property(frames, fc.array(change, { maxLength: 6 }), (frame, changes) => {
        for (const [at, value] of changes) frame[at % frame.length] = value
        isAnswered(frame)
      }),
    )
  })
  it('changed beyond its checksum, its message is read to the end or malformed', () => {
    const changed = fc.tuple(some.dhcpv6, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }))
    fc.assert(
      fc.property(changed, ([message, changes]) => {
        const bytes = buildDhcpv6(message)
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        expect(['dhcpv6', 'other-dhcp', 'malformed']).toContain(parseDhcpv6(bytes).kind)
      }),
    )
  })
  it('options nested a thousand deep are not followed', () => {
    let body = new Uint8Array(0)
    for (let depth = 0; depth < 1000; depth++) {
      const inner = body.slice(0, 60_000)
      body = Uint8Array.of(
        0,
        25,
        (inner.length + 12) >> 8,
        (inner.length + 12) & 255,
        ...new Uint8Array(12),
        ...inner,
      )
    }
    const read = parseDhcpv6(Uint8Array.of(2, 0, 0, 1, ...body))
    expect(JSON.stringify(read).match(/ia-pd/g)).toHaveLength(2)
  })
})

describe('a packet of a real router', () => {
  /** radvd 2.20, captured on a server's uplink. */
  const captured = fromHex(
    '333300000001aaaaaaaaaaaa86dd6000000000383afffe80000000000000000000000000000' +
      '1ff020000000000000000000000000001',
  )
  it('that was cut is malformed', () => {
    expect(parseFrame(captured ?? new Uint8Array())).toMatchObject({ kind: 'malformed' })
  })
  it('that is a fragment is not read as a whole one', () => {
    const fragment = { type: 44, bytes: Uint8Array.of(0, 0, 8, 0, 0, 0, 1) }
    const base = { flow: 0, hopLimit: 64, from: a, to: b, protocol: 58, payload: new Uint8Array(16) }
    expect(parseIpv6(buildIpv6({ ...base, extensions: [fragment] }))).toMatchObject({ why: 'a fragment' })
    const many = Array.from({ length: 9 }, () => ({ type: 60, bytes: new Uint8Array(7) }))
    expect(parseIpv6(buildIpv6({ ...base, extensions: many }))).toMatchObject({ kind: 'malformed' })
  })
  it('with padding after it is read without', () => {
    const frame = icmpFrame(
      { from: '02:00:5e:10:00:01', to: multicastMac(b.bits) },
      { from: a, to: b },
      { kind: 'echo-request', id: 7, sequence: 1, data: Uint8Array.of(1) },
    )
    const padded = Uint8Array.of(...frame, 0, 0, 0, 0)
    expect((parseFrame(padded) as Packet).message).toMatchObject({ kind: 'echo-request', id: 7 })
  })
})

import { describe, expect, it } from 'vitest'
import { Address, Prefix } from '../core/prefix.ts'
import { allNodes, announcedMtu, heardRouter, icmpFrame, solicitation } from './discovery.ts'
import { multicastMac } from './ethernet.ts'
import type { RouterAdvertisement } from './icmpv6.ts'
import type { NdOption } from './nd-option.ts'
import { parseFrame } from './packet.ts'

const router = Address.of('fe80::1')
const macs = { from: '02:00:5e:00:00:01', to: multicastMac(allNodes.bits) }
const advertisement = (options: readonly NdOption[], lifetime = 1800): RouterAdvertisement => ({
  kind: 'router-advertisement',
  hopLimit: 64,
  managed: false,
  other: true,
  preference: 'medium',
  lifetime,
  reachable: 0,
  retransmit: 0,
  options,
})
const frame = (options: readonly NdOption[], from = router, hopLimit = 255) =>
  icmpFrame(macs, { from, to: allNodes }, advertisement(options), hopLimit)
const slaac = (valid: number, preferred: number) => ({
  option: 'prefix' as const,
  prefix: Prefix.of('2001:db8:17::/64'),
  onLink: true,
  autonomous: true,
  valid,
  preferred,
})

describe('a router that is heard', () => {
  it('is believed with what it announces', () => {
    const heard = heardRouter(frame([slaac(7200, 3600), { option: 'mtu', mtu: 1480 }]))
    expect(heard).toMatchObject({ mac: macs.from, absurd: [], prefixes: [{ valid: 7200, onLink: true }] })
    expect(announcedMtu(advertisement([{ option: 'mtu', mtu: 1480 }]))).toBe(1480)
  })
  it('is known by the MAC that it says, when it says one', () => {
    const said = { option: 'link-address', whose: 'source', mac: '02:00:5e:00:00:99' } as const
    expect(heardRouter(frame([said]))).toMatchObject({ mac: said.mac })
  })
  it.each([
    ['from beyond a router', frame([], router, 254), 'hop limit'],
    ['from an address that is not link-local', frame([], Address.of('2001:db8::1')), 'link-local'],
  ])('is discarded %s', (_, bytes, why) => {
    expect(heardRouter(bytes)).toMatchObject({
      kind: 'malformed',
      why: expect.stringContaining(why) as string,
    })
  })
  it('is discarded with a wrong checksum, and with an option of no length', () => {
    const broken = frame([slaac(7200, 3600)])
    broken[60] = 1
    expect(heardRouter(broken)).toMatchObject({ why: 'its checksum is wrong' })
    const endless = icmpFrame(
      macs,
      { from: router, to: allNodes },
      { kind: 'other-icmp', type: 134, code: 0, body: new Uint8Array(20) },
    )
    expect(heardRouter(endless)).toMatchObject({ why: 'an option of length zero' })
  })
  it.each([
    ['an MTU of 0', { option: 'mtu', mtu: 0 } as const, 'an MTU of 0'],
    ['an MTU of 4 GB', { option: 'mtu', mtu: 0xffff_ffff } as const, 'an MTU of 4294967295'],
    ['a prefix preferred longer than valid', slaac(10, 0xffff_ffff), 'preferred for 4294967295 s'],
  ])('%s is left out, and said', (_, option, said) => {
    const heard = heardRouter(frame([option]))
    expect(heard).toMatchObject({ prefixes: [], absurd: [expect.stringContaining(said) as string] })
    expect(announcedMtu(advertisement([option]))).toBeNull()
  })
  it('a prefix length of 255 is left out, and said', () => {
    const body = new Uint8Array(12 + 32)
    body[12] = 3
    body[13] = 4
    body[14] = 255
    const bytes = icmpFrame(
      macs,
      { from: router, to: allNodes },
      { kind: 'other-icmp', type: 134, code: 0, body },
    )
    expect(heardRouter(bytes)).toMatchObject({ prefixes: [], absurd: ['a prefix length of 255'] })
  })
  it('is nothing where there is something else', () => {
    expect(heardRouter(solicitation('02:00:5e:10:00:01', Address.of('fe80::2')))).toBeUndefined()
    expect(heardRouter(new Uint8Array(3))).toBeUndefined()
  })
})

it('solicits all routers from the link-local address, with its MAC', () => {
  const sent = parseFrame(solicitation('02:00:5e:10:00:01', Address.of('fe80::2')))
  expect(sent).toMatchObject({
    ethernet: { to: '33:33:00:00:00:02' },
    ip: { hopLimit: 255 },
    message: { kind: 'router-solicitation', options: [{ mac: '02:00:5e:10:00:01' }] },
  })
})

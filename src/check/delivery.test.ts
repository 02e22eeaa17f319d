import { describe, expect, it } from 'vitest'
import { soundText } from '../../test/story/sound-course.ts'
import { Address, Prefix } from '../core/prefix.ts'
import { readCourse } from '../course/load.ts'
import { site } from '../delivery/site.fixture.ts'
import { parseRootDisk } from '../host/root-disk.ts'
import type { HeardRouter } from '../wire/discovery.ts'
import type { Arrival, Tried } from './arrival.ts'
import { blockOf, unownedOf } from './delivery-block.ts'
import type { Evidence } from './delivery-evidence.ts'
import { tellDelivery } from './delivery-kind.ts'
import { stanza } from './delivery-stanza.ts'
import { deliveryText } from './delivery-text.ts'

const block = Prefix.of('2001:2:0:1000::/56')
const segment = Prefix.of('2001:2:0:ff01::/64')
const own = segment.host(0x10)
const nothing: Arrival = 'nothing'
const tried = (arrival: Arrival, words = '0 of 3 replies'): Tried => ({
  address: block.host(0x99),
  arrival,
  routerMac: null,
  words,
})
const router: HeardRouter = {
  router: Address.of('fe80::1'),
  mac: '02:00:5e:00:00:01',
  advertisement: {
    kind: 'router-advertisement',
    hopLimit: 64,
    managed: false,
    other: true,
    preference: 'medium',
    lifetime: 1800,
    reachable: 0,
    retransmit: 0,
    options: [],
  },
  prefixes: [{ option: 'prefix', prefix: segment, onLink: true, autonomous: true, valid: 90, preferred: 60 }],
  absurd: [],
}
const evidence: Evidence = {
  facts: site.facts,
  manager: 'networkd',
  linkLocal: Address.of('fe80::10'),
  addresses: [{ address: own, length: 64, isMade: true }],
  defaultVia: [],
  leases: [],
  routers: [router],
  discarded: [],
  answering: [],
  block,
  blockFrom: 'named',
  tried: [tried(nothing)],
  control: { ...tried('to-us'), address: own },
  how: { by: 'ping', from: 'here' },
  nextHop: null,
  dhcp: { answer: 'not-asked', why: 'no DUID was given' },
}
const offer = (prefix: Prefix): Evidence['dhcp'] => ({
  answer: 'offers',
  prefixes: [{ prefix, preferredSeconds: 10, validSeconds: 20 }],
  ignored: [],
})
const lease = {
  client: 'networkd',
  link: 'eno1',
  prefix: block,
  validSeconds: 9,
  preferredSeconds: 9,
} as const
const elsewhere = Address.of('2001:2:0:f1::2')
const small = (length: number) => ({ block: Prefix.at(block.network, length), tried: [] })
const unreached = { control: { ...tried(nothing), address: own } }
const byReply = { how: { by: 'reflected', target: own, why: 'no place' }, control: null } as const

describe('how IPv6 reaches a server', () => {
  it.each<[string, Partial<Evidence>, object]>([
    ['framed to it: routed', { tried: [tried('to-us')] }, { kind: 'routed', gateway: 'ra', nextHop: null }],
    ['framed to it, and leased', { tried: [tried('to-us')], leases: [lease] }, { kind: 'dhcpv6-pd' }],
    [
      'framed to it, and offered to the DUID',
      { tried: [tried('to-us')], dhcp: offer(block) },
      { kind: 'dhcpv6-pd' },
    ],
    [
      'framed to it by way of an address it has',
      { tried: [tried('to-us')], nextHop: { address: elsewhere, isHeld: true } },
      { kind: 'routed', nextHop: elsewhere },
    ],
    [
      'sent to an address that it lacks',
      { nextHop: { address: elsewhere, isHeld: false } },
      { kind: 'routed', nextHop: elsewhere },
    ],
    ['asked for: on the link', { tried: [tried('asked-for')] }, { kind: 'on-link' }],
    [
      'asked for, and only announced',
      { tried: [tried('asked-for')], blockFrom: 'announced' },
      { kind: 'unknown' },
    ],
    ['nothing, and the DUID gets it', { dhcp: offer(block) }, { kind: 'dhcpv6-pd', block }],
    ['nothing, and the DUID gets another', { dhcp: offer(segment) }, { kind: 'not-delivered' }],
    [
      'nothing, and the DUID is refused',
      { dhcp: { answer: 'refuses', status: 'NoPrefixAvail', message: '' } },
      { kind: 'not-delivered' },
    ],
    ['nothing, and DHCPv6 is silent', { dhcp: { answer: 'silent' } }, { kind: 'not-delivered' }],
    ['nothing, though its own address is reached', {}, { kind: 'not-delivered' }],
    [
      'nothing, and the router says that it has no route',
      { control: null, tried: [tried(nothing, '0 of 3 replies, From x: Destination unreachable: No route')] },
      { kind: 'not-delivered' },
    ],
    [
      'nothing, of a prefix that is announced',
      { block: segment, blockFrom: 'announced' },
      { kind: 'slaac-only' },
    ],
    ['nothing, and its own address is not reached either', unreached, { kind: 'unknown' }],
    ['nothing, with nowhere to look from', byReply, { kind: 'unknown' }],
    [
      'an offer that cannot be used',
      { ...unreached, dhcp: { answer: 'absurd', why: 'x' } },
      { kind: 'unknown' },
    ],
    ['a /128', small(128), { kind: 'too-small' }],
    ['a /112', small(112), { kind: 'too-small' }],
    ['a router that announces itself no more', { routers: [] }, { gateway: null }],
    ['a router known by the default route', { routers: [], defaultVia: [elsewhere] }, { gateway: elsewhere }],
  ])('%s', (_, more, expected) => {
    const told = tellDelivery({ ...evidence, ...more })
    expect(told).toMatchObject(expected)
    if (told.kind !== 'routed' && told.kind !== 'dhcpv6-pd') expect(told.ways).not.toEqual([])
  })
})

describe('the block that nobody named', () => {
  const empty = { leases: [], routes: [], addresses: [] }
  const seen = { routers: [router], dhcp: { answer: 'silent' } } as const
  it('is the lease, the offer, what the routes or addresses say, and last what is announced', () => {
    const unreachable = { to: block, type: 'unreachable' } as const
    const routes = [
      {
        via: null,
        dev: 'lo',
        protocol: 'static',
        metric: 1,
        expiresSeconds: null,
        dead: false,
        ...unreachable,
      },
    ]
    const held = {
      link: 'br0',
      address: block.host(1),
      length: 64,
      scope: 'global',
      validSeconds: null,
    } as const
    const addresses = [{ ...held, tentative: false, dadFailed: false, deprecated: false }]
    const from = (state: object, more: object = {}) =>
      blockOf(null, { ...empty, ...state }, 'eno1', { ...seen, ...more })
    expect(from({ leases: [lease], routes })).toEqual({ block, blockFrom: 'lease' })
    expect(from({ routes }, { dhcp: offer(segment) })).toEqual({ block: segment, blockFrom: 'offer' })
    expect(from({ routes, addresses })).toEqual({ block, blockFrom: 'route' })
    expect(from({ addresses })).toEqual({ block: block.nth(64, 0), blockFrom: 'address' })
    expect(from({})).toEqual({ block: segment, blockFrom: 'announced' })
    expect(from({}, { routers: [] })).toEqual({ block: null, blockFrom: null })
    expect(blockOf(segment, { ...empty, leases: [lease] }, 'eno1', seen)).toEqual({
      block: segment,
      blockFrom: 'named',
    })
  })
  it('is tried at its beginning, middle and end', () => {
    const none = { addresses: [], neighbours: [] }
    const ends = unownedOf(block, none).map((address) => String(Prefix.at(address, 64).network))
    expect(ends).toEqual(['2001:2:0:1000::', '2001:2:0:1080::', '2001:2:0:10ff::'])
    expect(unownedOf(segment, none).every((address) => segment.containsAddress(address))).toBe(true)
  })
})

describe('the entry for the course file', () => {
  const told = tellDelivery({ ...evidence, tried: [tried('to-us')], dhcp: offer(block) })
  const entry = (more: object) =>
    stanza({
      told,
      facts: site.facts,
      disk: { kind: 'ssd', gigabytes: 245 },
      address: 'root.example.org',
      duidFile: 'os1.duid',
      client: null,
      ...more,
    })
  const loaded = (text: string) => {
    const [before = '', rest = ''] = soundText.split(/^servers:$[\s\S]*(?=^budget)/m)
    return readCourse('course.yaml', `${before}${text}${rest}`, {
      readFile: () => Buffer.from('00:03:00:01:de:ad:be:ef:00:11'),
    })
  }
  it.each([
    ['delegated', entry({})],
    ['delegated, held by dhcpcd', entry({ client: 'dhcpcd' })],
    ['routed', entry({ told: { ...told, kind: 'routed', nextHop: elsewhere } })],
    ['routed, its gateway not seen', entry({ told: { ...told, kind: 'routed', gateway: null } })],
    ['on the link', entry({ told: { ...told, kind: 'on-link', gateway: Address.of('fe80::') } })],
    ['of a server with an odd name', entry({ facts: { ...site.facts, hostname: '9_Ünter.example' } })],
  ])('is read as it stands: %s', (_, text) => {
    const course = loaded(text ?? '')
    expect(course.ok ? [] : course.faults.map(({ title }) => title)).toEqual([])
  })
  it('is none where nothing can be served', () => {
    for (const kind of ['slaac-only', 'too-small', 'not-delivered', 'unknown'] as const)
      expect(entry({ told: { ...told, kind } })).toBeNull()
  })
})

it.each([
  ['249000000000 0 nvme0n1 disk', { kind: 'nvme', gigabytes: 249 }],
  ['1000000000000 1 sda disk', { kind: 'hdd', gigabytes: 1000 }],
  ['20000000000', { kind: 'ssd', gigabytes: 20 }],
  ['20000000000 1 vda disk', { kind: 'ssd', gigabytes: 20 }],
  ['', null],
  ['sda 0', null],
])('a disk of %j is %j', (text, disk) => {
  expect(parseRootDisk(text)).toEqual(disk)
})

it('reads as what was seen, what it means, and what can be done', () => {
  const told = tellDelivery(evidence)
  expect(deliveryText(evidence, told, { stanza: null, client: 'networkd would hold it' })).toBe(
    `debian: the block is not delivered to this server
  because  of packets for 1 addresses of 2001:2:0:1000::/56 none arrived; the sender heard: 0 of 3 replies
  you can  if the console shows a DUID beside the block: put it in a file, and name that with --duid-file
  you can  ask the provider whether, and to which address, the block is routed

Seen:
  system        debian trixie, systemd 257
  uplink        eno1, configured by networkd, by netplan (eno1)
  addresses     2001:2:0:ff01::10/64 by SLAAC
  router        fe80::1 announces itself for 1800 s, flags O, 2001:2:0:ff01::/64 on the link, for SLAAC
  answers       no router answers a ping to all routers
  default route none
  leases        none
  DHCPv6        not asked: no DUID was given
  client        networkd would hold it
  block         2001:2:0:1000::/56, as named
  tried         pings from here
                2001:2:0:1000::99  did not come  (0 of 3 replies)
  own address   2001:2:0:ff01::10  came, framed to this server  (0 of 3 replies)
`,
  )
})

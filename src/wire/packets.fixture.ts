// Decides what the packets of this room's property tests are made of.
// Leaves what must hold of them to the tests.
import * as fc from 'fast-check'
import { Address, Prefix } from '../core/prefix.ts'
import { type Dhcpv6, type MessageType, messageTypes } from './dhcpv6.ts'
import type { DhcpOption, IaPd } from './dhcpv6-option.ts'
import type { Ethernet } from './ethernet.ts'
import type { Icmpv6 } from './icmpv6.ts'
import type { Ipv6 } from './ipv6.ts'
import type { NdOption } from './nd-option.ts'

const byte = fc.nat(0xff)
const half = fc.nat(0xffff)
const word = fc.nat(0xffff_ffff)
export const data = fc.uint8Array({ maxLength: 64 })
export const address = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }).map((bits) => Address.fromBits(bits))
export const prefix = fc.tuple(address, fc.nat(128)).map(([at, length]) => Prefix.at(at, length))
export const mac = fc
  .array(byte, { minLength: 6, maxLength: 6 })
  .map((bytes) => bytes.map((one) => one.toString(16).padStart(2, '0')).join(':'))
const preference = fc.constantFrom('low' as const, 'medium' as const, 'high' as const)

const ndOption: fc.Arbitrary<NdOption> = fc.oneof(
  fc.record({
    option: fc.constant('link-address' as const),
    whose: fc.constantFrom('source' as const, 'target' as const),
    mac,
  }),
  fc.record({
    option: fc.constant('prefix' as const),
    prefix,
    onLink: fc.boolean(),
    autonomous: fc.boolean(),
    valid: word,
    preferred: word,
  }),
  fc.record({ option: fc.constant('mtu' as const), mtu: word }),
  fc.record({ option: fc.constant('route' as const), prefix, preference, lifetime: word }),
  fc.record({
    option: fc.constant('resolvers' as const),
    lifetime: word,
    addresses: fc.array(address, { minLength: 1, maxLength: 3 }),
  }),
  fc
    .tuple(fc.integer({ min: 30, max: 255 }), fc.nat(3))
    .map(([type, words]) => ({ option: 'other' as const, type, body: new Uint8Array(6 + 8 * words) })),
)
const options = fc.array(ndOption, { maxLength: 4 })

export const icmpv6: fc.Arbitrary<Icmpv6> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('echo-request' as const, 'echo-reply' as const),
    id: half,
    sequence: half,
    data,
  }),
  fc.record({
    kind: fc.constantFrom('unreachable' as const, 'too-big' as const, 'time-exceeded' as const),
    code: byte,
    value: word,
    about: data,
  }),
  fc.record({ kind: fc.constant('router-solicitation' as const), options }),
  fc.record({
    kind: fc.constant('router-advertisement' as const),
    hopLimit: byte,
    managed: fc.boolean(),
    other: fc.boolean(),
    preference,
    lifetime: half,
    reachable: word,
    retransmit: word,
    options,
  }),
  fc.record({ kind: fc.constant('neighbour-solicitation' as const), target: address, options }),
  fc.record({
    kind: fc.constant('neighbour-advertisement' as const),
    router: fc.boolean(),
    solicited: fc.boolean(),
    override: fc.boolean(),
    target: address,
    options,
  }),
)

const duid = fc.uint8Array({ minLength: 3, maxLength: 130 })
const status = fc.record({
  option: fc.constant('status' as const),
  code: half,
  message: fc.string({ maxLength: 20, unit: 'grapheme-ascii' }),
})
const iaPrefix = fc.record({
  option: fc.constant('ia-prefix' as const),
  preferred: word,
  valid: word,
  length: fc.nat(128),
  address,
  options: fc.array(status, { maxLength: 1 }),
})
export const iaPd: fc.Arbitrary<IaPd> = fc.record({
  option: fc.constant('ia-pd' as const),
  iaid: word,
  t1: word,
  t2: word,
  options: fc.array(fc.oneof<fc.Arbitrary<DhcpOption>[]>(iaPrefix, status), { maxLength: 3 }),
})
const dhcpOption: fc.Arbitrary<DhcpOption> = fc.oneof(
  fc.record({ option: fc.constantFrom('client-id' as const, 'server-id' as const), duid }),
  fc.record({ option: fc.constant('wanted' as const), codes: fc.array(half, { maxLength: 4 }) }),
  fc.record({ option: fc.constant('preference' as const), value: byte }),
  fc.record({ option: fc.constant('elapsed' as const), centiseconds: half }),
  fc.constant({ option: 'rapid-commit' as const }),
  fc.record({ option: fc.constant('resolvers' as const), addresses: fc.array(address, { maxLength: 3 }) }),
  status,
  iaPd,
  fc.record({
    option: fc.constant('other' as const),
    code: fc.integer({ min: 100, max: 0xffff }),
    body: data,
  }),
)
export const dhcpv6: fc.Arbitrary<Dhcpv6> = fc.record({
  kind: fc.constant('dhcpv6' as const),
  type: fc.constantFrom(...(Object.keys(messageTypes) as MessageType[])),
  transaction: fc.nat(0xff_ffff),
  options: fc.array(dhcpOption, { maxLength: 5 }),
})

const extension = fc
  .tuple(fc.constantFrom(0, 43, 60), fc.nat(2))
  .map(([type, words]) => ({ type, bytes: Uint8Array.of(words, ...new Uint8Array(6 + 8 * words)) }))
export const ipv6: fc.Arbitrary<Ipv6> = fc.record({
  kind: fc.constant('ipv6' as const),
  flow: fc.nat(0x0fff_ffff),
  hopLimit: byte,
  from: address,
  to: address,
  extensions: fc.array(extension, { maxLength: 3 }),
  protocol: fc.constantFrom(6, 17, 58, 59, 99),
  payload: data,
})
export const ethernet: fc.Arbitrary<Ethernet> = fc.record({
  kind: fc.constant('ethernet' as const),
  to: mac,
  from: mac,
  tag: fc.option(half),
  type: fc.constantFrom(0x86dd, 0x0800, 0x0806),
  payload: data,
})

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Address, Prefix } from '../core/prefix.ts'
import { answerOf, solicit } from './delegation.ts'
import type { Dhcpv6 } from './dhcpv6.ts'
import type { DhcpOption, IaPd } from './dhcpv6-option.ts'
import type { Packet } from './packet.ts'
import { parseFrame } from './packet.ts'
import * as some from './packets.fixture.ts'

const duid = Uint8Array.of(0, 3, 0, 1, 1, 2, 3, 4, 5, 6)
const block = Prefix.of('2001:db8:17::/56')
const asking = { transaction: 0xabcdef, duid, iaid: 7 }
const offered = (preferred: number, valid: number, length = 56): DhcpOption => ({
  option: 'ia-prefix',
  preferred,
  valid,
  length,
  address: block.network,
  options: [],
})
const ia = (options: readonly DhcpOption[], t1 = 0, t2 = 0): IaPd => ({
  option: 'ia-pd',
  iaid: 7,
  t1,
  t2,
  options,
})
const advertise = (options: readonly DhcpOption[]): Dhcpv6 => ({
  kind: 'dhcpv6',
  type: 'advertise',
  transaction: asking.transaction,
  options: [
    { option: 'client-id', duid },
    { option: 'server-id', duid: Uint8Array.of(0, 3, 0, 1, 9) },
    ...options,
  ],
})

describe('the question', () => {
  const bytes = solicit({ ...asking, mac: '02:00:5e:10:00:01', from: Address.of('fe80::2'), hint: block })
  const { message, ip } = parseFrame(bytes) as Packet
  it('is a Solicit to all servers of the link, which leases nothing', () => {
    expect(ip).toMatchObject({ hopLimit: 1 })
    expect(String(ip.to)).toBe('ff02::1:2')
    expect(message).toMatchObject({ type: 'solicit', transaction: 0xabcdef })
    expect((message as Dhcpv6).options.map(({ option }) => option)).not.toContain('rapid-commit')
  })
  it('names the block that is expected', () => {
    expect((message as Dhcpv6).options).toContainEqual(ia([offered(0, 0)]))
  })
})

describe('the answer', () => {
  it('offers the block', () => {
    expect(answerOf(advertise([ia([offered(3800, 10_800)])]), asking)).toEqual({
      answer: 'offers',
      prefixes: [{ prefix: block, preferredSeconds: 3800, validSeconds: 10_800 }],
      ignored: [],
    })
  })
  it.each([
    ['in the message', [{ option: 'status', code: 6, message: 'no' } as const]],
    ['in the IA_PD', [ia([{ option: 'status', code: 6, message: 'no' }])]],
  ])('refuses by a status %s', (_, options) => {
    expect(answerOf(advertise(options), asking)).toEqual({
      answer: 'refuses',
      status: 'NoPrefixAvail',
      message: 'no',
    })
  })
  it.each([
    ['preferred longer than valid', [ia([offered(20, 10)])], 'preferred for 20 s'],
    ['valid for nothing', [ia([offered(0, 0)])], 'valid for 0 s'],
    ['the whole internet', [ia([offered(1, 2, 0)])], 'can be delegated'],
    ['T1 after T2', [ia([offered(1, 2)], 20, 10)], 'T1 is 20 s'],
    ['nothing at all', [ia([])], 'no reason'],
    ["another's IA_PD", [{ ...ia([offered(1, 2)]), iaid: 8 }], 'no answer'],
  ])('is absurd: %s', (_, options, why) => {
    const answer = answerOf(advertise(options), asking)
    expect(answer).toMatchObject({ answer: 'absurd', why: expect.stringContaining(why) as string })
  })
  it('is none when it is for another question, client or of another type', () => {
    const right = advertise([ia([offered(1, 2)])])
    expect(answerOf({ ...right, transaction: 1 }, asking)).toBeUndefined()
    expect(answerOf({ ...right, type: 'reply' }, asking)).toBeUndefined()
    expect(answerOf(right, { ...asking, duid: duid.slice(1) })).toBeUndefined()
  })
  it('never offers what a client must discard, whatever is answered', () => {
    fc.assert(
      fc.property(some.iaPd, (pd) => {
        const answer = answerOf(advertise([{ ...pd, iaid: 7 }]), asking)
        if (answer?.answer !== 'offers') return
        for (const { preferredSeconds, validSeconds, prefix } of answer.prefixes) {
          expect(preferredSeconds).toBeLessThanOrEqual(validSeconds)
          expect(validSeconds).toBeGreaterThan(0)
          expect(prefix.length).toBeGreaterThan(0)
        }
      }),
    )
  })
})

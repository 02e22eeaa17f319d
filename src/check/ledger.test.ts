// Holds budgets to their times, their pauses and the one allowance of DHCPv6, over restarts and boots.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Repair } from '../core/repair.ts'
import {
  dhcpv6PerMinute,
  emptyLedger,
  gaveUp,
  isLedger,
  type Ledger,
  mayTry,
  seenNow,
  tried,
} from './ledger.ts'

const repair = (id: string, more: Partial<Repair> = {}): Repair => ({
  id,
  title: id,
  because: '',
  commands: [],
  spends: 'nothing',
  settleSeconds: 1,
  budget: { times: 3, pauseSeconds: 10, quietSeconds: 100 },
  ...more,
})
const one = repair('uplink/one')

describe('a budget', () => {
  it('pauses twice as long after each try, and ends', () => {
    let ledger = emptyLedger
    expect(mayTry(ledger, 'c', one, 0)).toEqual({ may: true })
    ledger = tried(ledger, 'c', one, 0)
    expect(mayTry(ledger, 'c', one, 9_000)).toEqual({ may: false, spent: false, waitMilliseconds: 1_000 })
    expect(mayTry(ledger, 'c', one, 10_000)).toEqual({ may: true })
    ledger = tried(ledger, 'c', one, 10_000)
    expect(mayTry(ledger, 'c', one, 29_000)).toEqual({ may: false, spent: false, waitMilliseconds: 1_000 })
    ledger = tried(ledger, 'c', one, 30_000)
    expect(mayTry(ledger, 'c', one, 9e9)).toEqual({ may: false, spent: true, waitMilliseconds: 0 })
  })

  it('is of one cause', () => {
    expect(mayTry(tried(emptyLedger, 'c', one, 0), 'd', one, 0)).toEqual({ may: true })
  })

  it('is forgotten once the cause stayed away, and not while it stands', () => {
    let ledger = tried(seenNow(emptyLedger, ['c'], [one], 0), 'c', one, 0)
    for (let now = 0; now <= 500_000; now += 50_000) ledger = seenNow(ledger, ['c'], [one], now)
    expect(ledger.tries).not.toEqual({})
    expect(seenNow(ledger, [], [one], 550_000).tries).not.toEqual({})
    expect(seenNow(ledger, [], [one], 600_001).tries).toEqual({})
  })

  it('of a former boot counts no more: its moments are later than now', () => {
    const ledger = tried(emptyLedger, 'c', repair('d', { spends: 'dhcpv6' }), 9_000_000)
    expect(seenNow(ledger, ['c'], [], 5_000)).toMatchObject({ tries: {}, dhcpv6: [] })
  })
})

describe('giving up', () => {
  it('is remembered while the cause stands, and forgotten with it', () => {
    const ledger = gaveUp(gaveUp(emptyLedger, 'c'), 'c')
    expect(ledger.givenUp).toEqual(['c'])
    expect(seenNow(ledger, ['c'], [], 1).givenUp).toEqual(['c'])
    expect(seenNow(ledger, [], [], 1).givenUp).toEqual([])
  })
})

describe('DHCPv6', () => {
  it('never leaves more often than five times in any minute, whatever repairs and causes ask for it, restarts included', () => {
    const ask = fc.record({
      after: fc.integer({ min: 0, max: 20_000 }),
      code: fc.constantFrom('a', 'b', 'c'),
      id: fc.constantFrom('x', 'y', 'z'),
      restart: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(ask, { maxLength: 200 }), (asks) => {
        let ledger: Ledger = emptyLedger
        let now = 0
        const spent: number[] = []
        for (const { after, code, id, restart } of asks) {
          now += after
          if (restart) ledger = JSON.parse(JSON.stringify(ledger)) as Ledger
          const budget = { times: 1_000, pauseSeconds: 0, quietSeconds: 1 }
          const asking = repair(id, { spends: 'dhcpv6', budget })
          ledger = seenNow(ledger, [code], [asking], now)
          if (!mayTry(ledger, code, asking, now).may) continue
          ledger = tried(ledger, code, asking, now)
          spent.push(now)
          expect(spent.filter((at) => at > now - 60_000).length).toBeLessThanOrEqual(dhcpv6PerMinute)
        }
      }),
    )
  })
})

describe('a ledger from a file', () => {
  it('is taken when it is one', () => {
    expect(isLedger(JSON.parse(JSON.stringify(tried(gaveUp(emptyLedger, 'c'), 'c', one, 5))))).toBe(true)
  })

  it('of anything else is not', () => {
    for (const other of [
      null,
      [],
      'x',
      {},
      { ...emptyLedger, tries: [] },
      { ...emptyLedger, tries: { a: {} } },
    ])
      expect(isLedger(other)).toBe(false)
    fc.assert(fc.property(fc.anything(), (value) => typeof isLedger(value) === 'boolean'))
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { broken, courseOf, soundText } from '../../test/story/sound-course.ts'
import type { Offer } from '../core/offer.ts'
import { costOf, monthsBetween } from './cost.ts'

const none = () => undefined
const priced = (price: string) => courseOf(broken(['price: {monthly: 30, months: 5}', price]))
const offer: Offer = {
  provider: 'adopted',
  name: 'box',
  cores: 1,
  ramMiB: 1,
  disks: [],
  currency: 'EUR',
  monthly: 15.99,
  hourly: null,
  setup: 5,
  seen: '2026-01-01',
  source: 'x',
}

describe('cost', () => {
  test.each([
    ['2024-10-01', '2025-01-01', 3],
    ['2024-10-01', '2024-12-31', 3],
    ['2024-10-01', '2025-01-02', 4],
    ['2024-10-15', '2024-11-15', 1],
    ['2024-10-15', '2024-11-16', 2],
    ['2024-10-15', '2024-10-16', 1],
    ['2024-01-31', '2024-02-29', 1],
  ])('from %s to %s is %i months', (start, end, months) => expect(monthsBetween(start, end)).toBe(months))

  test.each([
    ['price: {monthly: 17.50, months: 3, setup: 17.50}', [52.5, 17.5], 70],
    ['price: {monthly: 17.50}', [87.5], 87.5],
    ['price: {hourly: 0.091, hours: 110}', [10.01], 10.01],
    ['price: {hourly: 0.0913}', [326.49], 326.49],
    ['price: {total: 60}', [60], 60],
  ])('of %s', (price, amounts, total) => {
    const cost = costOf(priced(price), none)
    expect(cost.lines.map((line) => line.amount?.amount)).toEqual(amounts)
    expect(cost.total.amount).toBe(total)
  })

  test('is taken from the offer when the file has no price, with the day it was read', () => {
    const cost = costOf(priced('offer: box'), () => offer)
    expect(cost.lines.map((line) => [line.amount?.amount, line.seen])).toEqual([
      [79.95, '2026-01-01'],
      [5, '2026-01-01'],
    ])
  })

  test('is not invented: an unknown price is no amount, and the total is without it', () => {
    const cost = costOf(priced('offer: box'), none)
    expect(cost.lines[0]?.amount).toBeNull()
    expect(cost.total.cents).toBe(0)
    expect(costOf(priced('offer: box'), () => ({ ...offer, currency: 'USD' })).lines[0]?.amount).toBeNull()
  })

  test('of a rehearsal is nothing', () => {
    expect(costOf(courseOf(broken(['provider: adopted', 'provider: rehearsal'])), none).lines).toEqual([])
  })

  test('adds ledgers up to the cent, whatever their order', () => {
    const cents = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { maxLength: 30 })
    fc.assert(
      fc.property(cents, (all) => {
        const ledger = all.map((c) => `  - {what: x, amount: ${c / 100}}`).join('\n')
        const text = all.length === 0 ? soundText : `${soundText}\nledger:\n${ledger}\n`
        const cost = costOf(courseOf(text), none)
        expect(cost.total.cents).toBe(all.reduce((sum, c) => sum + c, 15_000))
      }),
      { numRuns: 30 },
    )
  })
})

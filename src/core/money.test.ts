import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Money } from './money.ts'

it('sums without losing a cent, in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1e6, max: 1e6 })), (cents) => {
      const amounts = cents.map((c) => Money.of(c / 100, 'EUR'))
      expect(Money.sum(amounts, 'EUR').cents).toBe(cents.reduce((a, b) => a + b, 0))
    }),
  )
})

it('0.1 + 0.2 is 0.30', () => {
  expect(Money.of(0.1, 'EUR').plus(Money.of(0.2, 'EUR')).toString()).toBe('0.30 EUR')
})

it('two currencies do not add', () => {
  expect(() => Money.of(1, 'EUR').plus(Money.of(1, 'CHF'))).toThrow(/do not add/)
})

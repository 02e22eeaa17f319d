// Decides what an amount of money is: whole cents of one currency, never a floating-point sum.
// Leaves what is paid for to plan/cost.

/** Cents. Built from a decimal text or number with at most two places; arithmetic is on integers. */
export class Money {
  readonly cents: number
  readonly currency: string
  private constructor(cents: number, currency: string) {
    this.cents = cents
    this.currency = currency
  }
  static cents(cents: number, currency: string): Money {
    if (!Number.isSafeInteger(cents)) throw new RangeError('cents are whole')
    return new Money(cents, currency)
  }
  /** Rounds to the cent: 0.091 €/h is only a rate, an amount of money has two places. */
  static of(amount: number, currency: string): Money {
    return Money.cents(Math.round(amount * 100), currency)
  }
  static sum(all: readonly Money[], currency: string): Money {
    return all.reduce((total, one) => total.plus(one), Money.cents(0, currency))
  }
  plus(other: Money): Money {
    if (other.currency !== this.currency)
      throw new RangeError(`${this.currency} and ${other.currency} do not add`)
    return Money.cents(this.cents + other.cents, this.currency)
  }
  times(count: number): Money {
    return Money.cents(Math.round(this.cents * count), this.currency)
  }
  get amount(): number {
    return this.cents / 100
  }
  /** `219.99 EUR`. */
  toString(): string {
    return `${(this.cents / 100).toFixed(2)} ${this.currency}`
  }
  toJSON(): number {
    return this.amount
  }
}

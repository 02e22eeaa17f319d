// Decides what the course costs, line by line, in exact cents.
// Leaves whether that is too much to lint.
import { Money } from '../core/money.ts'
import type { Offer } from '../core/offer.ts'
import type { Course, Day, Price, Server } from '../course/course.ts'

export type CostLine = {
  what: string
  kind: 'server' | 'setup' | 'ledger'
  /** Null when nobody knows the price: never invented, and named in a finding. */
  amount: Money | null
  because: string
  /** The price is the catalogue's, read on this day. */
  seen: Day | null
}

export type Cost = { currency: string; total: Money; perStudent: Money; lines: readonly CostLine[] }

export function costOf(course: Course, offerOf: (server: Server) => Offer | undefined): Cost {
  const lines = [
    ...course.servers.flatMap((server) => serverLines(server, course, offerOf(server))),
    ...course.ledger.map(({ what, amount, date }): CostLine => ({
      what,
      kind: 'ledger',
      amount,
      because: date === null ? 'ledger' : `ledger, ${date}`,
      seen: null,
    })),
  ]
  const total = Money.sum(
    lines.flatMap((line) => (line.amount ? [line.amount] : [])),
    course.currency,
  )
  const students = Math.max(1, course.students.length)
  return {
    currency: course.currency,
    total,
    perStudent: Money.cents(Math.round(total.cents / students), course.currency),
    lines,
  }
}

function serverLines(server: Server, course: Course, offer: Offer | undefined): CostLine[] {
  if (server.provider === 'rehearsal') return []
  const known = server.price ?? offerPrice(offer, course.currency)
  const seen = server.price ? null : (offer?.seen ?? null)
  const name = `${server.name}${server.offer === null ? '' : ` (${server.offer})`}`
  if (!known)
    return [
      {
        what: name,
        kind: 'server',
        amount: null,
        because: 'no price in the course file, none in the catalogue',
        seen: null,
      },
    ]
  const lines: CostLine[] = [{ what: name, kind: 'server', ...spent(known, course), seen }]
  if (known.setup.cents > 0)
    lines.push({ what: `${name}, set-up`, kind: 'setup', amount: known.setup, because: 'paid once', seen })
  return lines
}

function spent(price: Price, course: Course): { amount: Money; because: string } {
  switch (price.per) {
    case 'month': {
      const months = price.times ?? monthsBetween(course.start, course.end)
      return { amount: price.rate.times(months), because: `${plural(months, 'month')} of ${price.rate}` }
    }
    case 'hour': {
      const hours = price.times ?? hoursBetween(course.start, course.end)
      return {
        amount: Money.of(price.rate * hours, course.currency),
        because: `${plural(hours, 'hour')} of ${price.rate} ${course.currency}`,
      }
    }
    case 'course':
      return { amount: price.rate, because: 'in all' }
  }
}

function offerPrice(offer: Offer | undefined, currency: string): Price | null {
  if (!offer || offer.currency !== currency || offer.monthly === null) return null
  return {
    per: 'month',
    rate: Money.of(offer.monthly, currency),
    times: null,
    setup: Money.of(offer.setup ?? 0, currency),
  }
}

/** Months that are begun between two days: providers bill whole ones. The end day itself is not paid. */
export function monthsBetween(start: Day, end: Day): number {
  const [y1 = 0, m1 = 0, d1 = 0] = start.split('-').map(Number)
  const [y2 = 0, m2 = 0, d2 = 0] = end.split('-').map(Number)
  return Math.max(1, (y2 - y1) * 12 + (m2 - m1) + (d2 > d1 ? 1 : 0))
}

function hoursBetween(start: Day, end: Day): number {
  return (Date.parse(`${end}T00:00:00Z`) - Date.parse(`${start}T00:00:00Z`)) / 3_600_000
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

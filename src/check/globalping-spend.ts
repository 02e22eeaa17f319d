// Decides how many of Globalping's free tests may still be spent this hour.
// Leaves keeping the account to whoever gives it, and asking to globalping.
import { type Fault, Trouble } from '../core/fault.ts'

/** One test is one probe that is asked one thing. `at` in milliseconds since the epoch. */
export type Spent = { at: number; tests: number }

/** The account of one world; several runs an hour share it. */
export interface Account {
  read(): readonly Spent[]
  write(all: readonly Spent[]): void
}

/** Tests an hour without and with a token (Globalping API 1, config/default.cjs). */
export const hourly = { free: 250, token: 500 } as const
/** Probes that one measurement may have. */
export const probesAtOnce = 50
const hour = 3_600_000

/**
 * Books so many tests before they are made, or refuses. What is in the future (a clock that was set back) counts as
 * spent now. Throws Trouble `globalping-spent`.
 */
export function book(account: Account, tests: number, limit: number, now: number): void {
  const recent = account.read().filter(({ at }) => now - at < hour)
  const spent = recent.reduce((sum, one) => sum + one.tests, 0)
  if (spent + tests > limit) {
    const oldest = Math.min(now, ...recent.map(({ at }) => at))
    throw new Trouble(refused(spent, tests, limit, Math.ceil((oldest + hour - now) / 60_000)))
  }
  account.write([...recent.map((one) => ({ ...one, at: Math.min(one.at, now) })), { at: now, tests }])
}

const refused = (spent: number, tests: number, limit: number, minutes: number): Fault => ({
  code: 'globalping-spent',
  title: 'Globalping was not asked',
  why: `${spent} of its ${limit} tests an hour are spent, and this would take ${tests} more; some are free again in ${minutes} min`,
  fix: 'wait, name fewer locations under check, globalping, or give a token_file (500 an hour)',
})

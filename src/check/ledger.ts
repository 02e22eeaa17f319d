// Decides how often a repair may be tried: a budget for each cause, exponential pauses, and one allowance of DHCPv6 for all.
// Leaves trying to heal, and keeping the ledger over a restart to whoever owns it. Pure; time is handed in.
import type { Repair } from '../core/repair.ts'

/** Milliseconds, monotonic and counted since the server's boot: a wall clock that jumps changes no budget. */
type Moment = number

type Tries = { count: number; last: Moment }

/** A value of JSON. What was tried, by `code repair`; when DHCPv6 was spent; which causes were given up. */
export type Ledger = {
  tries: Readonly<Record<string, Tries>>
  dhcpv6: readonly Moment[]
  /** Cause -> when it was last seen. A cause that was not seen for long enough begins anew. */
  seen: Readonly<Record<string, Moment>>
  givenUp: readonly string[]
}

export const emptyLedger: Ledger = { tries: {}, dhcpv6: [], seen: {}, givenUp: [] }

/** Dedibox blocks the port of a server that floods DHCPv6; its guide allows 10 a minute. Half of it leaves room for the client itself. */
export const dhcpv6PerMinute = 5
const minute = 60_000

export type Leave = { may: true } | { may: false; spent: boolean; waitMilliseconds: number }

export function mayTry(ledger: Ledger, code: string, repair: Repair, now: Moment): Leave {
  const tried = ledger.tries[keyOf(code, repair)]
  const { times, pauseSeconds } = repair.budget
  if (tried && tried.count >= times) return { may: false, spent: true, waitMilliseconds: 0 }
  const pause = tried ? pauseSeconds * 1_000 * 2 ** (tried.count - 1) : 0
  const waits = [tried ? tried.last + pause - now : 0]
  if (repair.spends === 'dhcpv6') {
    const recent = ledger.dhcpv6.filter((at) => at > now - minute && at <= now)
    const oldest = recent.at(-dhcpv6PerMinute)
    if (oldest !== undefined) waits.push(oldest + minute - now)
  }
  const waitMilliseconds = Math.max(...waits)
  return waitMilliseconds > 0 ? { may: false, spent: false, waitMilliseconds } : { may: true }
}

/** Written down before the commands run: a program that dies in the middle has spent it all the same. */
export function tried(ledger: Ledger, code: string, repair: Repair, now: Moment): Ledger {
  const key = keyOf(code, repair)
  return {
    ...ledger,
    tries: { ...ledger.tries, [key]: { count: (ledger.tries[key]?.count ?? 0) + 1, last: now } },
    dhcpv6:
      repair.spends === 'dhcpv6'
        ? [...ledger.dhcpv6.filter((at) => at > now - minute && at <= now), now]
        : ledger.dhcpv6,
  }
}

/**
 * Causes that stand now are seen; what was tried for one that stayed away for `quietSeconds` of its repair is forgotten.
 * Moments later than now are of a former boot, whose budgets count no more.
 */
export function seenNow(
  ledger: Ledger,
  codes: readonly string[],
  repairs: readonly Repair[],
  now: Moment,
): Ledger {
  const seen = Object.fromEntries([
    ...Object.entries(ledger.seen).filter(([, at]) => at <= now),
    ...codes.map((code) => [code, now] as const),
  ])
  const quiet = (key: string) =>
    1_000 * (repairs.find(({ id }) => key.endsWith(` ${id}`))?.budget.quietSeconds ?? longestQuietSeconds)
  const tries = Object.entries(ledger.tries).filter(([key, { last }]) => {
    const since = Math.max(last, seen[codeOf(key)] ?? 0)
    return last <= now && now - since < quiet(key)
  })
  return {
    tries: Object.fromEntries(tries),
    dhcpv6: ledger.dhcpv6.filter((at) => at <= now && at > now - minute),
    seen,
    // Given up until it goes away by itself, or by a person's hand.
    givenUp: ledger.givenUp.filter((code) => codes.includes(code)),
  }
}

export const gaveUp = (ledger: Ledger, code: string): Ledger => ({
  ...ledger,
  givenUp: [...ledger.givenUp.filter((one) => one !== code), code],
})

/** What a file held may be of another version, or half a file. */
export function isLedger(value: unknown): value is Ledger {
  if (typeof value !== 'object' || value === null) return false
  const { tries, dhcpv6, seen, givenUp } = value as Partial<Record<keyof Ledger, unknown>>
  const numbers = (one: unknown): one is number[] =>
    Array.isArray(one) && one.every((item) => typeof item === 'number' && Number.isFinite(item))
  return (
    isRecord(tries) &&
    Object.values(tries).every((one) => isRecord(one) && numbers([one['count'], one['last']])) &&
    numbers(dhcpv6) &&
    isRecord(seen) &&
    numbers(Object.values(seen)) &&
    Array.isArray(givenUp) &&
    givenUp.every((code) => typeof code === 'string')
  )
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A repair that is not known any more (another version's) is forgotten after this. */
const longestQuietSeconds = 3_600

const keyOf = (code: string, repair: Repair): string => `${code} ${repair.id}`
const codeOf = (key: string): string => key.slice(0, key.indexOf(' '))

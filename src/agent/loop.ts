// Decides the agent's day: look when the bell rings and every few seconds, be sure, tell, mend, keep routes, sign of life.
// Leaves each of these to its part; nothing here knows what a trouble is.
import { type Finding, findings } from '../check/judge.ts'
import type { CheckResult } from '../check/result.ts'
import type { Bell } from './bell.ts'
import type { Clock } from './clock.ts'
import type { Troubles } from './troubles.ts'

export type LookKind = 'quick' | 'full'

export type Parts = {
  clock: Clock
  bell: Bell
  troubles: Troubles
  /** `quick` reads the server's state; `full` sends packets too. Never rejects for what it finds. */
  look(kind: LookKind): Promise<readonly CheckResult[]>
  /** Ids of checks that only a full look answers. */
  isActive: (id: string) => boolean
  /** Mends what it may; looks by what it is given, and only so. Null: the agent only observes. */
  mend:
    | ((results: readonly CheckResult[], look: () => Promise<readonly CheckResult[]>) => Promise<void>)
    | null
  /** While the server starts, what lacks is not lost: nothing is told or mended before this moment, or before all was well once. */
  patientUntil: number
  /** Host routes of tenants' routers, proxied addresses. */
  keep(): Promise<void>
  /** Called after each look; systemd's watchdog and the metrics hang on it. */
  alive(look: { results: readonly CheckResult[]; kind: LookKind; milliseconds: number }): Promise<void>
}

/** Milliseconds from one full look to the next. */
const fullEvery = 10_000
/** A trouble that is gone this soon was a change under way (networkd configures a link in several steps), or mended by the platform. */
const sureAfter = 700
/**
 * The same after a repair: a link that is up again waits for an advertisement, an address and a lease (drill
 * `card-switched-off`). What is still wrong then is told.
 */
const sureAfterRepair = 3_000
/**
 * The same for what an exchange of DHCPv6 under way looks like: a solicit, a second in which servers may offer, a request,
 * and the link's own duplicate address detection before it (drill `cable-pulled`).
 */
const sureAfterExchange = 6_000
const ofExchange = new Set(['dhcpv6-silent', 'lease-refused', 'lease-lost'])
/** Looks in a row of which each showed something else that was new: after so many, what is seen is told. */
const mostDoubts = 4
/** As `fullEvery`, while the server starts. */
const startingEvery = 2_000
/** From the end of a look to the next, however often the bell rings: a storm of changes costs no more than this allows. */
const breath = 800

export async function loop(parts: Parts, signal: AbortSignal): Promise<void> {
  const { clock, bell, troubles, isActive } = parts
  let latest: readonly CheckResult[] = []
  let nextFull = clock.milliseconds()
  let patientUntil = parts.patientUntil

  const look = async (kind: LookKind): Promise<readonly CheckResult[]> => {
    const began = clock.milliseconds()
    const seen = await parts.look(kind)
    const ended = clock.milliseconds()
    if (kind === 'full') nextFull = ended + fullEvery
    const carried = kind === 'quick' ? latest.filter(({ id }) => isActive(id)) : []
    latest = [...seen, ...carried]
    await parts.alive({ results: latest, kind, milliseconds: ended - began })
    return latest
  }
  const tell = (kind: LookKind, began: number) => {
    const count = (verdict: CheckResult['verdict']) => latest.filter((one) => one.verdict === verdict).length
    const now = clock.milliseconds()
    troubles.tell(findings(latest), now, {
      kind,
      yes: count('yes'),
      no: count('no'),
      unclear: count('could-not-check'),
      milliseconds: Math.round(now - began),
    })
  }
  /**
   * Looks again until all that is new was there in the look before, too: what only the second look shows (an exchange that
   * the first trouble set off) gets its own time to pass. Gives the kind of the last look.
   */
  const beSure = async (first: LookKind, usual: number, again: () => LookKind): Promise<LookKind> => {
    let kind = first
    let seen = new Set<string>()
    for (let doubts = 0; doubts < mostDoubts && !signal.aborted; doubts++) {
      const news = troubles.news(findings(latest))
      const unsure = news.filter((one) => !seen.has(nameOf(one)))
      if (unsure.length === 0) break
      seen = new Set(news.map(nameOf))
      await clock.wait(doubtOf(unsure, usual), signal)
      kind = again()
      await look(kind)
    }
    return kind
  }
  /** An old answer of an active check says nothing about a state that has changed since. */
  const kindNow = (): LookKind =>
    clock.milliseconds() >= nextFull || latest.some(({ id, verdict }) => isActive(id) && verdict !== 'yes')
      ? 'full'
      : 'quick'

  while (!signal.aborted) {
    const began = clock.milliseconds()
    const first = kindNow()
    await look(first)
    const kind = await beSure(first, sureAfter, kindNow)
    const isStarting = clock.milliseconds() < patientUntil && latest.some(({ verdict }) => verdict === 'no')
    // Once all was there the server has started: what goes now is lost. What cannot be checked yet is not there yet.
    if (latest.every(({ verdict }) => verdict === 'yes')) patientUntil = 0
    if (isStarting) nextFull = Math.min(nextFull, clock.milliseconds() + startingEvery)
    else tell(kind, began)
    if (parts.mend && !isStarting && !signal.aborted && latest.some(({ verdict }) => verdict === 'no')) {
      await parts.mend(latest, async () => {
        await look('full')
        await beSure('full', sureAfterRepair, () => 'full')
        tell('full', clock.milliseconds())
        return latest
      })
    }
    if (!signal.aborted) await parts.keep()
    await clock.wait(breath, signal)
    await bell.answer(clock, Math.max(0, nextFull - clock.milliseconds()), signal)
  }
}

const nameOf = ({ result, fault }: Finding): string => `${result.id} ${fault.code}`

/** Milliseconds after which what is new is believed. */
function doubtOf(news: readonly Finding[], usual: number): number {
  return news.some(({ fault }) => ofExchange.has(fault.code)) ? sureAfterExchange : usual
}

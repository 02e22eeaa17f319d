// Decides what is new at each look: troubles that came, troubles that went, and when the whole is told anew.
// Leaves what a trouble is to check/, and mending it to check/heal.
import type { Finding } from '../check/judge.ts'
import type { Found, Tell } from './events.ts'

/** What was told stays true for this long without being told again. */
const tellMilliseconds = 60_000

type Open = { code: string; since: number }

/** Remembers which troubles were told. Ids are those of checks; a check has one trouble at a time. */
export class Troubles {
  readonly #tell: Tell
  readonly #open = new Map<string, Open>()
  #told = ''
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(tell: Tell) {
    this.#tell = tell
  }

  /** Codes that are open, for metrics. */
  get open(): readonly Found[] {
    return [...this.#open].map(([id, { code }]) => ({ id, code }))
  }

  /** Findings that were not told yet: a look that is not sure of itself looks again before it tells them. */
  news(findings: readonly Finding[]): readonly Finding[] {
    const doubtful = this.#doubtful(findings)
    return broken(findings)
      .filter(({ result, fault }) => this.#open.get(result.id)?.code !== fault.code)
      .filter(({ result }) => !result.dependsOn?.some((id) => doubtful.has(id)))
  }

  /** Ids of troubles that were told and cannot be checked just now: what they would explain is not told as a cause of its own. */
  #doubtful(findings: readonly Finding[]): ReadonlySet<string> {
    const seen = findings.flatMap(({ result, follows }) => [result, ...follows])
    return new Set(
      seen
        .filter(({ id, verdict }) => verdict === 'could-not-check' && this.#open.has(id))
        .map(({ id }) => id),
    )
  }

  /** `now` in monotonic milliseconds. `counts` are told with the look. */
  tell(
    findings: readonly Finding[],
    now: number,
    counts: { kind: 'quick' | 'full'; yes: number; no: number; unclear: number; milliseconds: number },
  ): void {
    const found = broken(findings)
    const follows = new Set(findings.flatMap((finding) => finding.follows.map(({ id }) => id)))
    for (const [id, { code, since }] of this.#open) {
      // What follows from a deeper cause by now, or cannot be checked any more, is not proven mended.
      const finding = findings.find(({ result }) => result.id === id)
      if (finding?.result.verdict === 'no' ? finding.fault.code === code : finding || follows.has(id))
        continue
      this.#open.delete(id)
      this.#tell({ type: 'trouble.gone', code, id, after_seconds: Math.round((now - since) / 100) / 10 })
    }
    for (const { result, fault } of this.news(findings)) {
      this.#open.set(result.id, { code: fault.code, since: now })
      const { id, title, seen } = result
      this.#tell({ type: 'trouble.noticed', code: fault.code, id, title, seen, fix: fault.fix })
    }
    const listed = found.map(({ result, fault }): Found => ({ code: fault.code, id: result.id }))
    const words = JSON.stringify(listed)
    if (words === this.#told && now - this.#toldAt < tellMilliseconds) return
    this.#told = words
    this.#toldAt = now
    this.#tell({ type: 'look', ...counts, findings: listed })
  }
}

/** Only what is proven broken is a trouble. */
const broken = (findings: readonly Finding[]) => findings.filter(({ result }) => result.verdict === 'no')

// Decides how many calls of a service are under way at once: one more while answers come as fast as ever, half as many
// when the service is overrun. Additive increase, multiplicative decrease, as TCP does it (RFC 5681).
// Leaves what is called, and when a failed call is repeated, to exchange.

/** What one call told about the service. Times in milliseconds. */
export type Sample = {
  /** Calls of a kind take about the same time: "create project". */
  kind: string
  begun: number
  ended: number
  /** 429, 503 and their like, or no answer in time. */
  overrun: boolean
}

/** What is known of a service's pace. */
export type Window = {
  /** Calls under way at once; its whole part counts. */
  limit: number
  /** Shortest time of each kind, let rise slowly, as a cloud grows slower with what is in it. */
  best: ReadonlyMap<string, number>
  /** What calls take of late, and what they would take at their shortest: milliseconds, smoothed. */
  took: number
  shortest: number
  /** When it was last halved: what began before says nothing about the new limit. */
  halved: number
}

/**
 * Measured with OpenStack 2025.1 on two cores: throughput grew up to 4 to 8 calls, and at 16 single calls waited 16 s.
 * A service whose workers are all busy answers `limit / workers` times slower on the average (Little's law), so that ratio,
 * the strain, says where that knee is. Of the averages: a short call waits as long as a long one, and its own ratio says nothing.
 */
export const firstLimit = 4
const fewest = 2
const most = 16
const calm = 3.5
const overrunStrain = 10
const smoothing = 0.2
const rise = 1.001
/** Shorter times are the client's own noise. */
const noiseMilliseconds = 20

export const firstWindow: Window = {
  limit: firstLimit,
  best: new Map(),
  took: 0,
  shortest: 0,
  halved: Number.NEGATIVE_INFINITY,
}

/** The window after one more answer. */
export function paced(window: Window, { kind, begun, ended, overrun }: Sample): Window {
  if (overrun) return begun < window.halved ? window : halve(window, ended)
  const took = Math.max(noiseMilliseconds, ended - begun)
  const known = window.best.get(kind) ?? took
  const smoothed = (before: number, now: number) => (before === 0 ? now : before + smoothing * (now - before))
  const seen = {
    ...window,
    took: smoothed(window.took, took),
    shortest: smoothed(window.shortest, Math.min(known, took)),
    best: new Map(window.best).set(kind, Math.min(known * rise, took)),
  }
  const strain = seen.took / seen.shortest
  if (begun < window.halved) return seen
  if (strain > overrunStrain) return halve(seen, ended)
  return strain < calm ? { ...seen, limit: Math.min(most, seen.limit + 1 / seen.limit) } : seen
}

function halve(window: Window, at: number): Window {
  const took = calm * window.shortest
  return { ...window, limit: Math.max(fewest, window.limit / 2), took, halved: at }
}

/** Lets calls of one service through as its window allows, in the order in which they came. */
export class Gate {
  #window = firstWindow
  #busy = 0
  readonly #waiting: (() => void)[] = []
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  get limit(): number {
    return Math.floor(this.#window.limit)
  }

  /** Carries the call out when there is room. `overrun` says of its outcome whether the service was; null: it says nothing. */
  async through<T>(
    kind: string,
    call: () => Promise<T>,
    overrun: (outcome: T) => boolean | null,
  ): Promise<T> {
    if (this.#busy >= this.limit) await new Promise<void>((admit) => this.#waiting.push(admit))
    else this.#busy++
    const begun = this.#now()
    try {
      const outcome = await call()
      const was = overrun(outcome)
      if (was !== null) this.#window = paced(this.#window, { kind, begun, ended: this.#now(), overrun: was })
      return outcome
    } finally {
      this.#busy--
      while (this.#busy < this.limit && this.#waiting.length > 0) {
        this.#busy++
        this.#waiting.shift()?.()
      }
    }
  }
}

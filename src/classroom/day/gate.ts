// Decides how many pieces of heavy work go on at once on a cloud: fewer after a failure, more again when it goes well.
// Leaves what the work is to its callers.

/** After so many that went well in a row one more is let in. */
const wellForMore = 4

export class Gate {
  readonly #most: number
  #limit: number
  #inside = 0
  #alone = 0
  #well = 0
  #waiting: (() => void)[] = []

  /** `most`: at a time, when all goes well. */
  constructor(most: number) {
    this.#most = Math.max(1, most)
    this.#limit = this.#most
  }

  /** At a time, now. */
  get limit(): number {
    return this.#limit
  }

  /** Runs the work when there is room; `alone`: when nothing else is inside, and nothing else comes in meanwhile. */
  async through<T>(work: () => Promise<T>, signal: AbortSignal, alone = false): Promise<T> {
    if (alone) this.#alone++
    try {
      while (alone ? this.#inside > 0 : this.#alone > 0 || this.#inside >= this.#limit) {
        await new Promise<void>((wake) => this.#waiting.push(wake))
        signal.throwIfAborted()
      }
      this.#inside++
      try {
        return await work()
      } finally {
        this.#inside--
      }
    } finally {
      if (alone) this.#alone--
      this.#wake()
    }
  }

  /** Something failed, as it does when disks or memory are short: half as many from now on. */
  failed(): void {
    this.#well = 0
    this.#limit = Math.max(1, Math.floor(this.#limit / 2))
  }
  went(): void {
    if (++this.#well < wellForMore) return
    this.#well = 0
    this.#limit = Math.min(this.#most, this.#limit + 1)
    this.#wake()
  }

  #wake(): void {
    const all = this.#waiting
    this.#waiting = []
    for (const wake of all) wake()
  }
}

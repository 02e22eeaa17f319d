// Decides how time passes in tests: only by waiting, and then at once.
// Leaves real time alone.
import type { Clock } from '../../src/cloud/clock.ts'

export class FakeClock implements Clock {
  #now = Date.parse('2026-09-01T08:00:00Z')
  waited = 0
  /** Told of each wait: what passes with time. */
  onWait: () => void = () => {}

  now(): number {
    return this.#now
  }
  async wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.#now += milliseconds
    this.waited += milliseconds
    this.onWait()
    await new Promise((resume) => setImmediate(resume))
  }
}

// Decides how time passes in tests: only by waiting, and then at once.
// Leaves real time alone.
import type { Clock } from '../../src/cloud/clock.ts'

export class FakeClock implements Clock {
  #now = Date.parse('2026-09-01T08:00:00Z')
  waited = 0

  now(): number {
    return this.#now
  }
  async wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.#now += milliseconds
    this.waited += milliseconds
    await new Promise((resume) => setImmediate(resume))
  }
}

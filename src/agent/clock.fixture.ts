// Decides the clock that tests of the agent run by: it stands still until everybody waits, then jumps to who wakes first.
// Leaves real time to clock.
import type { Clock } from './clock.ts'

type Waiting = { due: number; wake: () => void }

export class FakeClock implements Clock {
  /** The wall clock's distance to the monotonic one: a test may set it by hours. */
  wallOffset = Date.parse('2024-09-02T08:00:00Z')
  #now = 0
  #waiting: Waiting[] = []

  milliseconds(): number {
    return this.#now
  }

  wall(): Date {
    return new Date(this.wallOffset + this.#now)
  }

  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const abort = () => {
        this.#waiting = this.#waiting.filter((one) => one !== waiting)
        resolve()
      }
      const waiting = {
        due: this.#now + milliseconds,
        wake: () => {
          signal.removeEventListener('abort', abort)
          resolve()
        },
      }
      this.#waiting.push(waiting)
      signal.addEventListener('abort', abort, { once: true })
    })
  }

  /** Does something at a time, counted from the start. */
  at(milliseconds: number, act: () => void): void {
    this.#waiting.push({ due: milliseconds, wake: act })
  }

  /** Lets time pass until the promise is settled; throws when nobody waits for time any more and it is not. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let settled = false
    const done = promise.finally(() => (settled = true))
    done.catch(() => {})
    for (;;) {
      // Everything that can go on without time does so first.
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
      if (settled) return done
      const next = this.#waiting.sort((a, b) => a.due - b.due).shift()
      if (next === undefined) throw new Error('everybody waits, and nobody for time')
      this.#now = Math.max(this.#now, next.due)
      next.wake()
    }
  }
}

// Decides what time is to the agent: seconds that only go forward; the wall clock is for people to read.
// Leaves judging the wall clock to check/.
import { setTimeout as pause } from 'node:timers/promises'

export type Clock = {
  /** Monotonic: a clock that is set by hours does not move it. */
  milliseconds(): number
  wall(): Date
  /** Ends early, without an error, when `signal` aborts. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

export const realClock: Clock = {
  milliseconds: () => performance.now(),
  wall: () => new Date(),
  wait: (milliseconds, signal) => pause(milliseconds, undefined, { signal }).catch(() => {}),
}

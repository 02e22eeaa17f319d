// Decides what time is to the agent: seconds that only go forward; the wall clock is for people to read.
// Leaves judging the wall clock to check/.
import { setTimeout as pause } from 'node:timers/promises'

export type Clock = {
  /** Monotonic since the server's boot (CLOCK_MONOTONIC): a clock that is set by hours does not move it, a new start of the agent neither. */
  milliseconds(): number
  wall(): Date
  /** Ends early, without an error, when `signal` aborts. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

export const realClock: Clock = {
  milliseconds: () => Number(process.hrtime.bigint() / 1_000n) / 1_000,
  wall: () => new Date(),
  wait: (milliseconds, signal) => pause(milliseconds, undefined, { signal }).catch(() => {}),
}

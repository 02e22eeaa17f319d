// Decides what the engine room needs of a face: a place for events, and a person to ask.
// Leaves how events look to cli/ and server/.
import type { RunEvent } from '../run/events.ts'

export interface Face {
  event(event: RunEvent): void
  /**
   * Asks a person yes or no. Without one (no terminal, or --yes) the face answers by its own policy. `cautious`: where
   * nobody is there and nobody said yes, the answer is no.
   */
  ask(question: string, cautious?: boolean): Promise<boolean>
}

/** Process exit codes; their meaning is documented in docs/exit-codes.md and does not change. */
export const exits = {
  done: 0,
  broken: 1,
  usage: 2,
  refused: 3,
  unchecked: 4,
  interrupted: 130,
} as const
export type ExitCode = (typeof exits)[keyof typeof exits]

/** Of parts of one command that each went on to their end: `broken` before all others, else the first that is not `done`. */
export const worst = (...codes: readonly ExitCode[]): ExitCode =>
  codes.includes(exits.broken) ? exits.broken : (codes.find((code) => code !== exits.done) ?? exits.done)

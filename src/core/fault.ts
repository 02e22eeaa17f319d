// Decides what an expected trouble looks like, everywhere in bateau.
// Leaves its wording to whoever finds it and its colours to the faces.

/** A place in a file of the user's. Lines and columns count from 1; `length` is for the caret. */
export type Where = { file: string; line: number; column: number; length: number; source?: string }

/**
 * Expected trouble is a value: what (`title`), why, the way out (`fix`, a command where there is one) and where.
 * `code` is stable and kebab-case; scripts may lean on it.
 */
export type Fault = {
  code: string
  title: string
  why: string
  fix: string
  where?: Where
  host?: string
  cause?: Fault
}

export type Outcome<T> = { ok: true; value: T } | { ok: false; faults: readonly Fault[] }

export const good = <T>(value: T): Outcome<T> => ({ ok: true, value })
export const bad = (...faults: Fault[]): { ok: false; faults: readonly Fault[] } => ({ ok: false, faults })

/** Carries a fault through code that awaits; the run engine and the command line turn it back into a value. */
export class Trouble extends Error {
  readonly fault: Fault
  constructor(fault: Fault) {
    super(fault.title)
    this.name = 'Trouble'
    this.fault = fault
  }
}

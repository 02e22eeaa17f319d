// Decides how long a look at an instance that may have been started a moment ago is repeated before its answer counts.
// Leaves how patient a check is to whoever asks for it.
import { setTimeout as pause } from 'node:timers/promises'
import { Trouble } from '../../core/fault.ts'
import { type Seen, unclear } from '../../core/verdict.ts'
import type { ProofInput } from '../proof-input.ts'

/** Milliseconds between two looks. */
const betweenLooks = 1_000

/** How long a check waits, by whose clock, and what ends it before. */
export type Waiting = Pick<ProofInput, 'now' | 'patienceSeconds' | 'signal'>

/** Looks until the answer is yes or the patience of the check is over; the last answer counts. */
export async function patiently(input: Waiting, look: () => Promise<Seen>): Promise<Seen> {
  const now = input.now ?? (() => new Date())
  const deadline = now().getTime() + (input.patienceSeconds ?? 0) * 1_000
  for (;;) {
    const seen = await look().catch((error: unknown) => {
      if (error instanceof Trouble) return unclear(`${error.fault.title}: ${error.fault.why}`, error.fault)
      throw error
    })
    if (seen.verdict === 'yes' || input.signal?.aborted || now().getTime() >= deadline) return seen
    await pause(betweenLooks)
  }
}

// Decides what the answer of one probe is: a claim, the verdict, what was seen, from where and when.
// Leaves what to do about it to judge and to the faces.
import type { Fault } from '../core/fault.ts'
import type { About, Verdict } from '../core/verdict.ts'

export type CheckResult = {
  /** Stable: `outside/ping-in/proof-direct`. */
  id: string
  /** A claim: "proof-direct answers ping from the internet". */
  title: string
  verdict: Verdict
  /** What was seen, in the words of the tool that saw it. */
  seen: string
  /** From where it was looked at: the name of a Shell. */
  vantage: string
  /** ISO 8601, UTC. */
  at: string
  fault?: Fault
  /** What a repair needs to know beyond the fault's code. */
  about?: About
  /** Ids of results that explain this one when they are not `yes`: what it needed, and what usually causes its `no`. */
  dependsOn?: readonly string[]
}

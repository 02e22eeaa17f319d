// Decides what a delivery promises of a host: a claim, and how one look at the host proves it or not.
// Leaves looking to host/state and check/, and what a `no` means to trouble/.
import type { HostState } from '../core/host-state.ts'
import type { Seen } from '../core/verdict.ts'
import type { TroubleCode } from './trouble/code.ts'

export type Expectation = {
  /** Unique on the host: `network/delegation`. */
  id: string
  /** A claim: "the provider delegates 2001:db8:17::/56 to os1". */
  title: string
  /** The troubles that a `no` may name. */
  codes: readonly TroubleCode[]
  /** Ids of what alone may explain a `no`; left out: whatever may name a trouble that the catalogue says explains one of `codes`. */
  dependsOn?: readonly string[]
  /** Pure. `could-not-check` where the state does not tell; then a packet may (check/). */
  judge(state: HostState): Seen
}

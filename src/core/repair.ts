// Decides what a repair is: commands that may mend one cause on one server, what they cost, and how often they may be tried.
// Leaves which repair belongs to which cause to delivery/ and check/heal, and carrying it out to check/heal.
import type { Command } from './step.ts'

export type Repair = {
  /** Unique on the server, stable: `uplink/reconfigure`. Budgets are kept by it and the cause's code. */
  id: string
  /** What a person reads: "ask networkd to configure eno1 anew". */
  title: string
  because: string
  commands: readonly Command[]
  /** Takes the repair back, where that can be. */
  undo?: readonly Command[]
  /** `dhcpv6`: makes the client send requests, of which a provider takes few; `service`: restarts something that others use. */
  spends: 'nothing' | 'dhcpv6' | 'service'
  /** Seconds until another look can tell whether it helped. */
  settleSeconds: number
  /** Tried at most `times` for one cause, each time after `pauseSeconds` × 2^(tries before); forgotten after `quietSeconds` without the cause. */
  budget: { times: number; pauseSeconds: number; quietSeconds: number }
}

// Decides what a delivery promises of a host: a claim, the command that shows it, and what to do when it does not hold.
// Leaves running the commands and judging them to check/.
import type { Command } from '../core/step.ts'

/** True when `command` exits 0. What it prints is what was seen, for people: it prints on success and on failure. */
export type Expectation = {
  /** Unique on the host: `network/delegation`. */
  id: string
  /** A claim: "the provider delegates 2001:db8:17::/56 to os1". */
  title: string
  command: Command
  /** Why it matters, and what usually breaks it. */
  why: string
  /** The next thing to do or to type. */
  fix: string
  /** Ids of expectations of the same host that explain this one when they do not hold. */
  dependsOn?: readonly string[]
}

/**
 * A shell script as an expectation's command: `claim` is a pipeline or function that succeeds when the claim holds;
 * `show` prints what there is instead.
 */
export function shows(claim: string, show: string): Command {
  return {
    argv: ['sh', '-c', `seen=$(${claim}) && [ -n "$seen" ] && echo "$seen" && exit 0\n${show}\nexit 1`],
  }
}

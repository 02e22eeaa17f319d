// Decides what a command of ours says beside its plain output: how far it is, and which of its faults it met.
// Leaves the commands to engine/, plain lines to whoever shows them.
import type { Fault } from '../core/fault.ts'
import type { Progress } from '../core/task.ts'

/**
 * Reads lines of a command. Those for bateau begin with `==`: `==part DONE TOTAL`, `==seen WORDS` (what was seen of a
 * fault), `==fault CODE`. Every other line is for people.
 */
export class Said {
  readonly #seen: string[] = []
  #code: string | undefined

  /** Takes a line that is for bateau; false for one that is not. */
  take(line: string, progress: Progress): boolean {
    const [, word, rest = ''] = /^==(part|seen|fault)(?: (.*))?$/.exec(line) ?? []
    if (word === undefined) return false
    if (word === 'seen') this.#seen.push(rest)
    else if (word === 'fault') this.#code = rest
    else {
      const [done = Number.NaN, total = Number.NaN] = rest.split(' ').map(Number)
      if (Number.isFinite(done) && Number.isFinite(total)) progress.part(done, total)
    }
    return true
  }

  /** The fault that was named, with what was seen of it; undefined when none of `faults` was. */
  fault(faults: readonly Fault[]): Fault | undefined {
    const named = faults.find(({ code }) => code === this.#code)
    if (!named) return undefined
    return this.#seen.length === 0 ? named : { ...named, why: [named.why, ...this.#seen].join('\n') }
  }
}

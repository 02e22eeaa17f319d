// Decides what Ctrl-C does: the first asks the run to stop at a safe place, the second ends the process.
// Leaves stopping to the run engine, which gets the signal.
import { exits } from '../deploy/face.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** What is needed of a process; tests give an EventEmitter. */
type Signalled = {
  on(signal: (typeof signals)[number], act: () => void): unknown
  off(signal: (typeof signals)[number], act: () => void): unknown
  exit(code: number): void
}

export type Interrupt = {
  signal: AbortSignal
  /** As if Ctrl-C had been typed: a prompt takes the key for itself. */
  interrupt: () => void
  /** Gives the signals back to their defaults. */
  release: () => void
}

/** `again` is the command that continues what is interrupted; null: nothing is cut, it ends by this. */
export function onInterrupt(
  process: Signalled,
  say: (text: string) => void,
  again: string | null,
): Interrupt {
  const controller = new AbortController()
  const interrupt = () => {
    if (controller.signal.aborted) {
      say('Killed. Nothing was tidied up; the same command looks at what there is and continues.')
      process.exit(exits.interrupted)
      return
    }
    if (again !== null)
      say(`Stopping at the next safe place. To continue later: ${again}\nCtrl-C again kills at once.`)
    controller.abort()
  }
  for (const signal of signals) process.on(signal, interrupt)
  return {
    signal: controller.signal,
    interrupt,
    release() {
      for (const signal of signals) process.off(signal, interrupt)
    },
  }
}

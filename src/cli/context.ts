// Decides what every command is given: the terminal, the deeds, how it was called.
// Leaves making it to main.
import { isAbsolute, join } from 'node:path'
import type { Deeds } from './deeds.ts'
import type { Terminal } from './terminal.ts'

export type Context = {
  terminal: Terminal
  /** Loaded when first needed: `plan` and `--help` start without the engine room. */
  deeds: () => Promise<Deeds>
  version: string
  /** The command line as a person types it again. */
  again: string
}

/** Takes the exit code of a command that ran. */
export type Answer = (exit: number) => void

/** A path given on the command line, from where the person stands. */
export function pathOf(terminal: Terminal, path: string): string {
  return isAbsolute(path) ? path : join(terminal.cwd, path)
}

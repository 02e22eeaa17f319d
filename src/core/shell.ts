// Decides what it means to run a command somewhere: here, in a namespace, or on a server by SSH.
// Leaves spawning to host/spawn and quoting to host/ssh.

export type Ran = { code: number; stdout: string; stderr: string }

export type RunOptions = {
  stdin?: string | Uint8Array
  /** Milliseconds; on expiry the command is stopped and `code` is 124, as timeout(1) has it. */
  timeout?: number
  /** Called for each whole line of standard output and standard error as it comes. */
  onLine?: (line: string) => void
  signal?: AbortSignal
  /** `false`: output is only followed by `onLine` and not returned, for commands that go on for days. */
  keep?: false
  /** Milliseconds for which a link that is down is tried again before the shell throws. Left out: the shell's own. */
  patience?: number
}

/** A place where commands run. A command that exits non-zero is a value, not an exception; a place that cannot be reached throws Trouble. */
export interface Shell {
  /** For people: `os1`, `the internet`, `this machine`. */
  readonly name: string
  run(argv: readonly [string, ...string[]], options?: RunOptions): Promise<Ran>
}

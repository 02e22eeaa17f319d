// Decides what one change to a host is: files to install, commands to run, and what must then be true.
// Leaves carrying it out to host/, ordering and resuming to run/.

import type { Fault } from './fault.ts'

/** A file as it must be, whole. `text` may hold secret references (core/secret); it never holds a secret. */
export type RenderedFile = {
  path: string
  /** Octal text as chmod(1) takes it, for example `0640`. */
  mode: string
  /** `user:group`, names of the host. */
  owner: string
  text: string
}

/** A command as argv; the only shell is one named in argv itself. Secrets never stand in argv: use `stdin`. */
export type Command = {
  argv: readonly [string, ...string[]]
  /** Text given on standard input; may hold secret references. */
  stdin?: string
  /**
   * Set for commands that take more than a few seconds: they run as a transient systemd unit on the host and are
   * followed from there, so that a lost link loses nothing. Value: seconds without a line of output after which it is
   * given up.
   */
  idleSeconds?: number
  /** Faults that the command may name itself, by `==fault CODE` in its output (host/said); without one, any failure is `command-failed`. */
  faults?: readonly Fault[]
  /** Files of the host that tell more when it fails: their ends are fetched, secrets removed. */
  evidence?: readonly string[]
}

/**
 * One change to a host. Carried out in order: `files` installed (those that differ), `run` run, then a marker with
 * the step's digest left on the host. It counts as done while the marker holds the digest, the files are as rendered
 * and every `verify` command exits 0; otherwise it is carried out again, so every command must bear being repeated.
 */
export type HostStep = {
  /** Unique on the host, stable from release to release: `openstack/keystone/sync`. */
  id: string
  /** What a person reads while it runs: "Keystone: database schema". */
  title: string
  because: string
  files: readonly RenderedFile[]
  run: readonly Command[]
  /** Quick, side-effect free, exit 0 when the step's result stands. Run often (every `up`, every `check`). */
  verify: readonly Command[]
  /** Ids of steps of the same host that must be done before; absent: the step before this one in the list. */
  after?: readonly string[]
}

export const file = (path: string, text: string, mode = '0644', owner = 'root:root'): RenderedFile => ({
  path,
  mode,
  owner,
  text: text.endsWith('\n') ? text : `${text}\n`,
})
export const command = (...argv: [string, ...string[]]): Command => ({ argv })
export const shell = (script: string): Command => ({ argv: ['sh', '-ec', script] })

// Decides what the commands ask of the engine room.
// Leaves the doing to deploy/voyage.
import type * as ClassDeeds from '../deploy/class/deeds.ts'
import type { CheckOptions } from '../deploy/check-course.ts'
import type { Outcome } from '../core/fault.ts'
import type { ExitCode, Face } from '../deploy/face.ts'
import type { HealOptions } from '../deploy/heal.ts'
import type { VoyageOptions } from '../deploy/voyage.ts'
import type { WatchOptions } from '../deploy/watch.ts'
import type { Probed, ProbeOptions } from '../deploy/probe.ts'

/** What every deed gets beside its own options: `signal` says stop at the next safe place. */
type With<Options> = (options: Options, face: Face, signal: AbortSignal) => Promise<ExitCode>

/** `file` null: the one course that is up on this machine. */
export type Deeds = {
  rehearse: With<VoyageOptions>
  up: With<VoyageOptions>
  check: With<CheckOptions>
  heal: With<HealOptions>
  watch: With<WatchOptions>
  status: With<{ file: string | null }>
  down: With<{ file: string | null; purgeCache: boolean }>
  /** Those of `bateau class`. */
  classroom: typeof ClassDeeds
  probe(options: ProbeOptions): Promise<Outcome<Probed>>
  /** Interactive on this process's own streams; the answer is the exit code of ssh(1). */
  ssh(options: { file: string | null; name: string; command: readonly string[] }, face: Face): Promise<number>
}

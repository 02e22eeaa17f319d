// Decides what a drill is: one fault on one server, the cause that must be named, and who mends it.
// Leaves the faults to rehearsal/faults, and carrying a drill out to run.
import type { FaultName } from '../src/rehearsal/faults.ts'
import type { Instance } from './traffic.ts'

export type Drill = {
  fault: FaultName
  /** Name of the server in the drills' world. */
  on: string
  /** The one cause that may be named. Null: nothing may be blamed at all. */
  code: string | null
  /** Others that may be told beside it, with why that is right. */
  alsoRight?: readonly string[]
  /**
   * `agent`: by a repair of the agent, or sooner by the platform. `platform`: by systemd and the kernel alone.
   * `provider`: by itself, once the fault is over. `person`: the agent gives up, says what to do, and it is then done.
   */
  mendedBy: 'agent' | 'platform' | 'provider' | 'person'
  /** Whose traffic is watched. */
  instance: Instance
  /** For a person: what the advice must speak of. */
  advice?: RegExp
  /** The same is asked of `bateau check` while the fault stands, with the agent stopped: for what nothing else would mend meanwhile. */
  stands?: boolean
  /** A state that is made first, and taken back last. */
  given?: FaultName
  /** The platform may mend it before the agent is sure; then nothing is named, and that is right. */
  fleeting?: boolean
  /** Why `bateau check` is not asked while the fault stands. */
  notAsked?: string
  /** Seconds for everything; a drill that takes longer has failed. */
  limit: number
}

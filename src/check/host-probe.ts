// Decides what a probe of the host chain says beyond any other: which troubles of the catalogue its `no` may name.
// Leaves the links between them to host-chain.
import type { TroubleCode } from '../delivery/trouble/code.ts'
import type { Probe } from './probe.ts'

export type HostProbe = Omit<Probe, 'needs' | 'causes'> & {
  codes: readonly TroubleCode[]
  /** Ids that alone may explain it; left out: by the catalogue. */
  dependsOn?: readonly string[]
}

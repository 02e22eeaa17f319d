// Decides from where, and by which way, sample instances are logged in to: from outside, straight.
// Leaves the log-in itself to check/.
import type { SampleWay } from '../../check/probes/sample.ts'
import type { Shell } from '../../core/shell.ts'

export const sampleWay = (outside: Shell): SampleWay => ({
  outside,
  proxy: null,
  words: `straight from ${outside.name}`,
})

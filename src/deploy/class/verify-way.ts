// Decides from where, and by which way, sample instances are logged in to: from outside, straight.
// Leaves the log-in itself to check/.
import type { SampleWay } from '../../check/probes/sample.ts'
import type { VerifyGiven } from './verify.ts'

export function sampleWay({ ground }: Pick<VerifyGiven, 'ground'>): SampleWay {
  const { outside } = ground.reach
  return { outside, proxy: null, words: `straight from ${outside.name}` }
}

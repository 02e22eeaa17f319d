// Decides what of a round of looks is new: another verdict or another cause, not another number of milliseconds.
// Leaves telling it to the faces.
import type { CheckResult } from './result.ts'

/** In the order of `now`. Before the first round all is taken to have been well, so only what is not is new. */
export function changed(before: readonly CheckResult[], now: readonly CheckResult[]): CheckResult[] {
  const old = new Map(before.map((one) => [one.id, one]))
  return now.filter((one) => {
    const was = old.get(one.id)
    return one.verdict !== (was?.verdict ?? 'yes') || one.fault?.code !== was?.fault?.code
  })
}

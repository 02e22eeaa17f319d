// Decides what is said of steps that are still at work where there is no terminal: a line now and then.
// Leaves what stays to teller.
import type { Scene } from './scene.ts'
import { duration, place, tame } from './words.ts'

/** Longest silence while something is at work, in milliseconds: a log that stands still longer looks dead. */
export const silence = 5_000

/** One line on the step that has been at work longest; the others are counted. Undefined when nothing is at work. */
export function sign(scene: Scene, now: number): string | undefined {
  const [oldest, ...others] = [...scene.running.values()].toSorted((a, b) => a.since - b.since)
  if (!oldest) return undefined
  const part = oldest.part ? ` ${oldest.part.done} of ${oldest.part.total}` : ''
  const last = tame(oldest.line)
  const more = others.length > 0 ? ` (and ${others.length} more)` : ''
  const head = `  … ${place(oldest.lane).padEnd(5)} ${oldest.title}${part}, ${duration((now - oldest.since) / 1000)}${more}`
  return last === '' ? head : `${head}: ${last}`
}

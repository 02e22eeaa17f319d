// Decides how much of a server DevStack's services may take: processes, and memory that is kept from instances.
// Leaves what is left for instances to plan/capacity, which counts the same figure.
import type { Site } from '../../core/site.ts'

/** MiB from which on a server has room for more than the least. */
const roomy = 24 * 1024

/**
 * `workers`: processes of each API, two at least so that one long call does not hold up the rest; each takes 100 to 150
 * MiB, and there are five APIs.
 */
export function budget({ facts }: Pick<Site, 'facts'>): { workers: number; bigDatabase: boolean } {
  const byMemory = facts.memoryMiB >= roomy ? 4 : 2
  return {
    workers: Math.max(2, Math.min(byMemory, Math.floor(facts.cores / 2))),
    bigDatabase: facts.memoryMiB >= roomy,
  }
}

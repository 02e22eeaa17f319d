// Decides how many processes each API gets on a server.
// Leaves threads to each service: Keystone mixes up who asks, and eventlet forbids them to some.
import type { Site } from '../../core/site.ts'

/**
 * Two Neutron workers halve the time a class takes to enrol (a router costs three seconds of one worker); each worker
 * is 100 to 150 MiB of memory, so a big machine gets no more than four.
 */
export const workers = (site: Site): { keystone: number; nova: number; neutron: number } => {
  const upTo = (most: number, share: number) =>
    Math.max(1, Math.min(most, Math.floor(site.facts.cores / share)))
  return { keystone: Math.max(2, upTo(4, 1)), nova: Math.max(2, upTo(4, 2)), neutron: upTo(4, 1) }
}

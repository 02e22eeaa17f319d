// Decides for which addresses the kernel shall answer on the provider's segment, for an on-link block without ndppd.
// Leaves making the entries to agent/, and answering for the server's own addresses to the kernel.
import type { HostState } from '../core/host-state.ts'
import type { Address } from '../core/prefix.ts'
import { command, type Command } from '../core/step.ts'
import { bridges, type Site } from '../core/site.ts'

/** Neighbours that answered once; `failed` and `incomplete` never did, or do no more. */
const alive = new Set(['reachable', 'stale', 'delay', 'probe', 'permanent', 'noarp'])

/** Addresses of the public segment whose owners live on br-ex, each once, in order. Empty for every other delivery. */
export function wantedProxies(site: Site, state: Pick<HostState, 'neighbours'>): Address[] {
  const { delivery, addressing } = site
  if (delivery.kind !== 'on-link' || delivery.proxy !== 'kernel') return []
  const wanted = state.neighbours
    .filter(({ link, state: how }) => link === bridges.public && alive.has(how))
    .map(({ address }) => address)
    .filter((address) => addressing.public.prefix.containsAddress(address))
  return [...new Map(wanted.map((address) => [address.bits, address])).values()].sort((a, b) =>
    a.bits < b.bits ? -1 : 1,
  )
}

/**
 * Makes who is on br-ex known to the kernel, null where nobody need be: an instance that only sends through the server
 * need never have been asked for by address. Each answers an echo to all nodes from an address of the public prefix,
 * as the echo comes from one, and looks for the server by neighbour discovery to do so.
 */
export function askNeighbours({ delivery, addressing }: Site): Command | null {
  if (delivery.kind !== 'on-link' || delivery.proxy !== 'kernel') return null
  return command(
    'ping',
    '-6',
    '-q',
    '-c',
    '1',
    '-w',
    '1',
    '-I',
    String(addressing.public.host),
    `ff02::1%${bridges.public}`,
  )
}

// Decides for which addresses the kernel shall answer on the provider's segment, for an on-link block without ndppd.
// Leaves making the entries to agent/, and answering for the server's own addresses to the kernel.
import type { HostState } from '../core/host-state.ts'
import type { Address } from '../core/prefix.ts'
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

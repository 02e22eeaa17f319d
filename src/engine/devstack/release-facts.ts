// Decides what differs between the releases of DevStack that bateau drives: one table.
// Leaves on which distributions they run to core/release.
import type { DevstackRelease } from '../../core/release.ts'
import type { Site, SiteEngine } from '../../core/site.ts'

export type ReleaseFacts = {
  /** Branches of openstack/devstack, tried in this order: a stable one is renamed when its maintenance ends. */
  branches: readonly string[]
  /** The service that answers metadata on a chassis. */
  metadataAgent: 'q-ovn-metadata-agent' | 'q-ovn-agent'
  /** Neutron's API runs under uWSGI only when it is asked to; later releases know nothing else. */
  asksForNeutronUwsgi: boolean
  /** An image that cannot be fetched stops stack.sh (46e14fb1); before, it is left out without a word. */
  lackingImageStops: boolean
  /** A second stack.sh clears what an earlier one left of OVN (20ed3c5f); before, sockets and locks stay. */
  clearsOvn: boolean
}

const stable = (release: string) => [`stable/${release}`, `unmaintained/${release}`]

/** Read in openstack/devstack at bb692997 (2025.1), 92e864aa (2025.2), da2f4d73 (2026.1) and 493835a6 (master). */
export const releaseFacts: Readonly<Record<DevstackRelease, ReleaseFacts>> = {
  '2025.1': {
    branches: stable('2025.1'),
    metadataAgent: 'q-ovn-metadata-agent',
    asksForNeutronUwsgi: true,
    lackingImageStops: false,
    clearsOvn: false,
  },
  '2025.2': {
    branches: stable('2025.2'),
    metadataAgent: 'q-ovn-agent',
    asksForNeutronUwsgi: false,
    lackingImageStops: true,
    clearsOvn: false,
  },
  '2026.1': {
    branches: stable('2026.1'),
    metadataAgent: 'q-ovn-agent',
    asksForNeutronUwsgi: false,
    lackingImageStops: true,
    clearsOvn: true,
  },
  master: {
    branches: ['master'],
    metadataAgent: 'q-ovn-agent',
    asksForNeutronUwsgi: false,
    lackingImageStops: true,
    clearsOvn: true,
  },
}

/** A server whose engine is DevStack. */
export type DevstackSite = Site & { engine: Extract<SiteEngine, { kind: 'devstack' }> }

/** Throws RangeError for a server of another engine: the registry of engines never gives one. */
export function asDevstack(site: Site): DevstackSite {
  const { engine } = site
  if (engine.kind !== 'devstack') throw new RangeError(`${site.name} has another engine`)
  return { ...site, engine }
}

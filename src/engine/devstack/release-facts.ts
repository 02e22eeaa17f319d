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
}

const stable = (release: string) => [`stable/${release}`, `unmaintained/${release}`]

/** Read in openstack/devstack at bb692997 (2025.1), 92e864aa (2025.2), da2f4d73 (2026.1) and 493835a6 (master). */
export const releaseFacts: Readonly<Record<DevstackRelease, ReleaseFacts>> = {
  '2025.1': {
    branches: stable('2025.1'),
    metadataAgent: 'q-ovn-metadata-agent',
    asksForNeutronUwsgi: true,
  },
  '2025.2': {
    branches: stable('2025.2'),
    metadataAgent: 'q-ovn-agent',
    asksForNeutronUwsgi: false,
  },
  '2026.1': {
    branches: stable('2026.1'),
    metadataAgent: 'q-ovn-agent',
    asksForNeutronUwsgi: false,
  },
  master: {
    branches: ['master'],
    metadataAgent: 'q-ovn-agent',
    asksForNeutronUwsgi: false,
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

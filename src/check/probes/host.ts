// Decides whether a server can be asked at all. When it cannot, nothing on it is said to be broken.
// Leaves what is asked to host-chain.
import type { Site } from '../../core/site.ts'
import { yes } from '../../core/verdict.ts'
import type { HostLook } from '../host-look.ts'
import type { Probe } from '../probe.ts'

export const hostReached = (site: Site) => `host/${site.name}/reached`

/** The reading throws Trouble when the server takes no command, or answers what cannot be read: could not check. */
export function reachedProbe(site: Site, look: () => Promise<HostLook>): Probe {
  return {
    id: hostReached(site),
    title: `${site.name} can be asked by SSH`,
    vantage: 'this machine',
    async run() {
      const { state } = await look()
      return yes(`up for ${Math.round(state.uptimeSeconds / 60)} min`)
    },
  }
}

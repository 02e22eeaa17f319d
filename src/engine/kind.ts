// Decides what an engine is to the rest of bateau: steps, units that must run, and where the API answers on the server.
// Leaves which engines there are to engine.ts.
import type { Site } from '../core/site.ts'
import type { Command, HostStep } from '../core/step.ts'

export type Engine = {
  /** From a server with its network to a cloud that answers, in order. */
  steps(site: Site): HostStep[]
  /** systemd units that must be active for the cloud to serve, besides bateau's own. */
  units(site: Site): readonly string[]
  /**
   * What has the next run of the steps build the cloud from nothing again, or takes that back where it has not begun; null
   * where an engine cannot.
   */
  rebuild(site: Site, anew: boolean): Command | null
  /** Where bateau finds the API: on the server's loopback, forwarded by SSH. */
  api(site: Site): { authUrl: string; ports: readonly number[] }
}

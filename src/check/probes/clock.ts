// Decides whether a server's clock is right: against this machine's, and against itself some time ago.
// Leaves setting it to the server's own time service.
import type { HostState } from '../../core/host-state.ts'
import type { Site } from '../../core/site.ts'
import { yes } from '../../core/verdict.ts'
import { broken } from '../../delivery/trouble/catalogue.ts'
import type { HostLook } from '../host-look.ts'
import type { HostProbe } from '../host-probe.ts'

/** Milliseconds. Tokens and certificates bear more; a server with a time service is within a tenth of a second. */
const tolerance = 5_000

export function clockProbe(site: Site, look: () => Promise<HostLook>, before?: HostState): HostProbe {
  return {
    id: `host/${site.name}/clock`,
    title: `the clock of ${site.name} is right`,
    vantage: site.name,
    codes: ['clock-skewed'],
    async run() {
      const { state, asked, answered } = await look()
      // It read its clock between the question and the answer, however long the way.
      const ahead = Math.max(0, state.clock - answered)
      const behind = Math.max(0, asked - state.clock)
      const jumped = before?.bootId === state.bootId ? started(state) - started(before) : 0
      if (Math.max(ahead, behind) > tolerance)
        return broken(site, 'clock-skewed', `${words(ahead - behind)} of this machine's`)
      if (Math.abs(jumped) > tolerance)
        return broken(site, 'clock-skewed', `it has jumped: ${words(jumped)} of where it was`)
      return yes(`within ${tolerance / 1_000} s of this machine's`)
    },
  }
}

/** When the server says that it was started: moves only when its wall clock does. */
const started = (state: HostState): number => state.clock - state.uptimeSeconds * 1_000

const words = (milliseconds: number): string =>
  `${Math.round(Math.abs(milliseconds) / 1_000)} s ${milliseconds > 0 ? 'ahead' : 'behind'}`

// Decides whether the systemd units that a server must run do run; ovn-controller and the agent by their own names.
// Leaves which they are to the engine.
import type { Site } from '../../core/site.ts'
import { unclear, yes, type Seen } from '../../core/verdict.ts'
import { broken } from '../../delivery/trouble/catalogue.ts'
import type { TroubleCode } from '../../delivery/trouble/code.ts'
import { ownUnits, type HostLook } from '../host-look.ts'
import type { HostProbe } from '../host-probe.ts'

const named: Readonly<Record<string, { id: string; code: TroubleCode; title: string }>> = {
  'ovn-controller.service': { id: 'ovn-controller', code: 'ovn-controller-down', title: 'ovn-controller' },
  'bateau-agent.service': { id: 'agent', code: 'agent-down', title: 'the agent' },
}

export function serviceProbes(
  site: Site,
  units: readonly string[],
  look: () => Promise<HostLook>,
): HostProbe[] {
  const all = ownUnits(site, units)
  const probe = (id: string, title: string, code: TroubleCode, of: readonly string[]): HostProbe => ({
    id: `host/${site.name}/${id}`,
    title,
    vantage: site.name,
    codes: [code],
    run: async () => judge(site, await look(), of, code),
  })
  return [
    probe(
      'services',
      `the services of ${site.name} run`,
      'service-down',
      all.filter((unit) => !named[unit]),
    ),
    ...all.flatMap((unit) => {
      const own = named[unit]
      return own ? [probe(own.id, `${own.title} of ${site.name} runs`, own.code, [unit])] : []
    }),
  ]
}

function judge(site: Site, { state }: HostLook, units: readonly string[], code: TroubleCode): Seen {
  const states = units.map((unit) => ({ unit, active: state.units[unit]?.active }))
  const down = states.filter(({ active }) => active !== undefined && !running.has(active))
  if (down.length > 0)
    return broken(site, code, down.map(({ unit, active }) => `${unit} ${active}`).join(', '), {
      units: down.map(({ unit }) => unit).join(' '),
    })
  const untold = states.filter(({ active }) => active === undefined)
  if (untold.length > 0) return unclear(`nothing is known of ${untold.map(({ unit }) => unit).join(', ')}`)
  return yes(`${units.length} of ${units.length} units active`)
}

/** A unit that is being read anew runs all the while. */
const running = new Set(['active', 'reloading'])

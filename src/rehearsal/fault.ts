// Decides what a fault of a rehearsal is: something that goes wrong at the provider or on one server, by name, and can be taken back.
// Leaves each fault to faults/, the list of them to faults.ts, and what should come of it to the drills.
import { Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'
import type { Site } from '../core/site.ts'
import { localShell } from '../host/spawn.ts'
import { edgeShell } from './places.ts'
import { markedEnv } from './processes.ts'
import type { RehearsalWorld, RehearsedServer } from './world.ts'

/** Where a fault may reach: the provider's router, and one server. */
export type FaultPlaces = {
  world: RehearsalWorld
  server: RehearsedServer
  site: Site
  edge: Shell
  /** Log-in to the server. A fault may cut it. */
  host: Shell
  /** The server's network namespace, entered from this machine: there whatever became of its network. */
  card: Shell
}

export type RehearsedFault = {
  /** What goes wrong, as a person would tell it. */
  says: string
  /** Throws Trouble `fault-not-injected`. */
  inject(places: FaultPlaces): Promise<void>
  /** Takes all of it back; may be asked twice, and without an injection. Throws Trouble `fault-not-injected`. */
  clear(places: FaultPlaces): Promise<void>
}

export function faultPlaces(
  world: RehearsalWorld,
  server: RehearsedServer,
  site: Site,
  host: Shell,
): FaultPlaces {
  const prefix = ['env', ...markedEnv(world, 'visitor'), 'nsenter', `--net=/run/netns/${server.namespace}`]
  return {
    world,
    server,
    site,
    edge: edgeShell(world),
    host,
    card: localShell(`the network of ${server.name}`, prefix),
  }
}

/** Shell text (sh -e) run somewhere; it must succeed. */
export async function must(place: Shell, script: string): Promise<string> {
  const ran = await place.run(['sh', '-e'], { stdin: script, timeout: 60_000 })
  if (ran.code === 0) return ran.stdout
  throw new Trouble({
    code: 'fault-not-injected',
    title: `a fault could not be made or taken back at ${place.name}`,
    why: ran.stderr.trim() || `exit ${ran.code}`,
    fix: 'the rehearsal may not be as the fault expects it: take it down and start it again',
  })
}

type Where = 'edge' | 'host' | 'card'

/** A fault that is a few commands at one place, and a few to take it back (nothing: it mends itself). */
export function scripted(
  says: string,
  where: Where,
  inject: (places: FaultPlaces) => string,
  clear: (places: FaultPlaces) => string = () => ':',
): RehearsedFault {
  return {
    says,
    async inject(places) {
      await must(places[where], inject(places))
    },
    async clear(places) {
      await must(places[where], clear(places))
    },
  }
}

/** Name of an nft table at the edge that belongs to one fault and one server. */
export const tableOf = (fault: string, { server }: FaultPlaces): string => `fault_${fault}_${server.port}`

/** Shell text that loads one table at the edge in place of an earlier one, and that which removes it. nft before 1.0.8 has no `destroy`. */
export const loadTable = (family: 'bridge' | 'netdev', name: string, chains: string): string =>
  `${dropTable(family, name)}\nnft -f - <<'end'\ntable ${family} ${name} {\n${chains}\n}\nend`
export const dropTable = (family: 'bridge' | 'netdev', name: string): string =>
  `nft delete table ${family} ${name} 2>/dev/null || true`

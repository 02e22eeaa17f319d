// Decides when the agent mends: one hand at a time on a server, not before a budget allows it, services not while the system starts.
// Leaves what is tried, and how often, to check/heal.
import { heal, type HealEvent } from '../check/heal.ts'
import type { Ledger } from '../check/ledger.ts'
import type { CheckResult } from '../check/result.ts'
import { Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'
import type { Site } from '../core/site.ts'
import { whileHeld } from '../host/flock.ts'
import type { Clock } from './clock.ts'
import type { AgentEventBody, Tell } from './events.ts'
import { agentPlaces } from './places.ts'
import type { Store } from './store.ts'

export type Mending = {
  site: Site
  shell: Shell
  clock: Clock
  ledger: Store<Ledger>
  tell: Tell
  /** Before and after each command: a repair may take longer than systemd's patience. */
  beat: () => Promise<void>
  lock?: string
}

/** Nothing that can be done was left to do: looked at again after this long, or when other things are broken. */
const idleMilliseconds = 60_000

/** Units that start one after the other for minutes when the system starts. */
const ofServices = new Set(['service-down', 'ovn-controller-down'])

export function mender(mending: Mending, signal: AbortSignal) {
  const { site, shell, clock, ledger, tell, beat, lock = agentPlaces.lock } = mending
  const steady: Shell = {
    name: shell.name,
    async run(argv, options) {
      await beat()
      const ran = await shell.run(argv, options)
      await beat()
      return ran
    },
  }
  let done = ''
  let due = 0
  return async (
    results: readonly CheckResult[],
    look: () => Promise<readonly CheckResult[]>,
  ): Promise<void> => {
    const broken = brokenOf(results)
    if (broken === done && clock.milliseconds() < due) return
    const held = await isStarting(shell, results)
    try {
      const mended = await whileHeld(shell, lock, () =>
        heal({
          site,
          shell: steady,
          look,
          results,
          ledger,
          only: (code) => !(held && ofServices.has(code)),
          emit: (event) => asTold(event).forEach(tell),
          clock,
          signal,
        }),
      )
      // Somebody else is at it: what they leave is seen at the next look.
      if (mended === null) return
      done = brokenOf(mended.done.results)
      due = clock.milliseconds() + (held ? 0 : (mended.done.nextMilliseconds ?? idleMilliseconds))
    } catch (error) {
      if (!(error instanceof Trouble)) throw error
      done = broken
      due = clock.milliseconds() + idleMilliseconds
      tell({ type: 'fault', fault: error.fault })
    }
  }
}

const brokenOf = (results: readonly CheckResult[]): string =>
  JSON.stringify(results.flatMap(({ id, verdict, fault }) => (verdict === 'no' ? [[id, fault?.code]] : [])))

async function isStarting(shell: Shell, results: readonly CheckResult[]): Promise<boolean> {
  if (!results.some(({ verdict, fault }) => verdict === 'no' && ofServices.has(fault?.code ?? '')))
    return false
  const { stdout } = await shell.run(['systemctl', 'is-system-running'], { timeout: 10_000 })
  return ['starting', 'initializing'].includes(stdout.trim())
}

/** Standard input of a command is left out of the journal. */
function asTold(event: HealEvent): AgentEventBody[] {
  if (event.type === 'repair.planned') return []
  if (event.type !== 'repair.started') return [event]
  return [{ ...event, commands: event.commands.map(({ argv }) => argv) }]
}

// Decides what `bateau heal` does: looks at servers over SSH, mends what may be mended, looks again, and says what is left.
// Leaves causes, repairs and budgets to check/heal, which the agent on a server uses too.
import { setTimeout as pause } from 'node:timers/promises'
import { agentPlaces } from '../agent/places.ts'
import { readConfig } from '../agent/config.ts'
import { heal as mend, type HealClock, type HealEvent } from '../check/heal.ts'
import { hostChain } from '../check/host-chain.ts'
import { exitCode, findings } from '../check/judge.ts'
import { emptyLedger } from '../check/ledger.ts'
import { runProbes } from '../check/probe.ts'
import { reportJson, reportText } from '../check/report.ts'
import type { CheckResult } from '../check/result.ts'
import { type Fault, Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'
import type { Site } from '../core/site.ts'
import type { Course } from '../course/course.ts'
import { readFacts } from '../host/facts.ts'
import { whileHeld } from '../host/flock.ts'
import type { Plan } from '../plan/plan.ts'
import { siteOf } from '../plan/site.ts'
import { siteUnits } from './agent.ts'
import { type ExitCode, type Face } from './face.ts'
import { type Ground, groundOf } from './ground.ts'
import { refuse } from './open-course.ts'
import { openUp, planOf } from './plan-of.ts'
import { session, type Session } from './session.ts'
import { homeOf } from './world.ts'

export type HealOptions = {
  file: string | null
  /** Servers; none: all of the course. */
  hosts: readonly string[]
  /** Print the commands, run none. */
  dryRun: boolean
  /** Code of the one trouble that may be mended. */
  only: string | null
}

/** How long the agent of a server may take to finish what it is mending. */
const turnMilliseconds = 60_000
/** Duplicate address detection on what was just made (check/host-look). */
const settle = 3_000

/** Works without an agent on the server, and spends nothing of its budget. Exit codes as of a check. */
export async function heal(options: HealOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  const opened = openUp(homeOf(process.env), options.file)
  if (!opened.ok) return refuse(face, opened.faults)
  const { course, world, rehearsal } = opened.value
  const plan = planOf(course, rehearsal)
  const known = plan.servers.map(({ name }) => name)
  if (known.length === 0) return refuse(face, [noHosts(course)])
  const strange = options.hosts.filter((name) => !known.includes(name))
  if (strange.length > 0)
    return refuse(
      face,
      strange.map((name) => noServer(name, known)),
    )
  return session('heal', world, face, signal, async (run) => {
    const ground = groundOf(course, world, rehearsal)
    const names = options.hosts.length > 0 ? options.hosts : known
    const all = await Promise.all(names.map((name) => healServer(run, plan, ground, name, options)))
    const results = all.flat()
    run.emit({
      type: 'report',
      kind: 'heal',
      text: reportText(results),
      data: { ...reportJson(results), findings: findings(results) },
    })
    return exitCode(results)
  })
}

/** What was seen last. A server that cannot be reached could not be checked. */
async function healServer(
  run: Session,
  plan: Plan,
  ground: Ground,
  name: string,
  options: HealOptions,
): Promise<readonly CheckResult[]> {
  const shell = ground.reach.shell(name)
  try {
    const site = await siteNow(plan, name, shell)
    const looking = { site, shell, units: siteUnits(site), targets: ground.targets.pings, settle }
    const look = () =>
      runProbes(hostChain({ ...looking, now: () => new Date() }), {
        now: () => new Date(),
        signal: run.signal,
      })
    let ledger = emptyLedger
    const input = {
      site,
      shell,
      look,
      ledger: { read: () => ledger, write: (next: typeof ledger) => void (ledger = next) },
      ...(options.only === null ? {} : { only: (code: string) => code === options.only }),
      dryRun: options.dryRun,
      emit: (event: HealEvent) => run.emit(asTold(name, event)),
      clock,
      signal: run.signal,
    }
    if (options.dryRun) return (await mend(input)).results
    return (await inTurn(shell, run.signal, () => mend(input))).results
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    return [unreached(name, error.fault)]
  }
}

/** Waits for the agent to finish; throws Trouble `being-mended` when it does not. */
async function inTurn<T>(shell: Shell, signal: AbortSignal, body: () => Promise<T>): Promise<T> {
  for (const until = clock.milliseconds() + turnMilliseconds; ;) {
    const held = await whileHeld(shell, agentPlaces.lock, body)
    if (held !== null) return held.done
    if (signal.aborted || clock.milliseconds() > until)
      throw new Trouble({
        code: 'being-mended',
        title: `somebody else mends ${shell.name}`,
        why: 'its agent, or another bateau, has held the lock for a minute',
        fix: 'see what it does: bateau watch; then run the same command again',
        host: shell.name,
      })
    await clock.wait(2_000, signal)
  }
}

/** The plan's site with the server's facts; with the default route gone, what its agent was told when it had one. */
async function siteNow(plan: Plan, name: string, shell: Shell): Promise<Site> {
  try {
    return siteOf(plan, name, await readFacts(shell))
  } catch (error) {
    if (!(error instanceof Trouble) || error.fault.code !== 'facts-unreadable') throw error
    const config = readConfig((await shell.run(['cat', agentPlaces.config])).stdout)
    if (!config.ok) throw error
    return config.value.site
  }
}

const clock: HealClock = {
  milliseconds: () => performance.now(),
  wait: (milliseconds, signal) => pause(milliseconds, undefined, { signal }).catch(() => {}),
}

const commandsOf = (event: Extract<HealEvent, { commands: unknown }>) =>
  event.commands.map(({ argv }) => [...argv])

function asTold(host: string, event: HealEvent) {
  return event.type === 'repair.planned' || event.type === 'repair.started'
    ? { ...event, host, commands: commandsOf(event) }
    : { ...event, host }
}

const unreached = (name: string, fault: Fault): CheckResult => ({
  id: `host/${name}/reached`,
  title: `${name} can be asked by SSH`,
  verdict: 'could-not-check',
  seen: `${fault.title}: ${fault.why}`,
  vantage: 'this machine',
  at: new Date().toISOString(),
  fault,
})

const noHosts = ({ name, clouds }: Course): Fault => ({
  code: 'no-host',
  title: `${name} has no server of its own to mend`,
  why: `it is on clouds that exist already (${clouds.map((cloud) => cloud.name).join(', ')}), whose hosts are their operators'`,
  fix: 'what is in the clouds is looked at by bateau check, and put right by bateau up',
})

const noServer = (name: string, known: readonly string[]): Fault => ({
  code: 'no-server',
  title: `the course has no server ${name}`,
  why: `its servers are ${known.join(', ')}`,
  fix: 'name one of them, or none for all',
})

// Decides what the proof of a course is given, and tells what it finds: each answer as it comes, and the report at the end.
// Leaves the looking and judging to check/.
import { mkdirSync } from 'node:fs'
import { resolve6 } from 'node:dns/promises'
import { isIP } from 'node:net'
import { Trouble } from '../core/fault.ts'
import type { Site } from '../core/site.ts'
import { unclear } from '../core/verdict.ts'
import { exitCode, findings } from '../check/judge.ts'
import { type Probe, runProbes } from '../check/probe.ts'
import { proofProbes } from '../check/proof.ts'
import type { ProofInput, ProofInstance as Instance } from '../check/proof-input.ts'
import { loginId } from '../check/probes/guest.ts'
import { pingInId, tcpInId } from '../check/probes/outside.ts'
import { reportJson, reportText } from '../check/report.ts'
import type { CheckResult } from '../check/result.ts'
import { about } from '../check/select.ts'
import { proofConsole, proofInstances } from '../classroom/proof.ts'
import { routerSeen } from '../classroom/router-look.ts'
import { proxyCommand } from '../host/ssh.ts'
import type { Plan } from '../plan/plan.ts'
import { siteUnits } from './agent.ts'
import { type AskedCloud, askAdopted, askCloud, shown } from './asked-cloud.ts'
import { type ExitCode, exits } from './face.ts'
import type { Ground } from './ground.ts'
import { instanceKeys } from './instance-keys.ts'
import { jumpProof } from './jump/proof.ts'
import { loginText } from './login-text.ts'
import { type Session, Stop } from './session.ts'
import { vantagesOf } from './vantages.ts'

/**
 * Seconds in which an instance may begin to answer. `begun`: those that were just made; without KVM they take up to
 * half a minute from ACTIVE, more on a busy machine. `standing`: those that stand, and may have been rebooted.
 */
export const patience = { begun: 180, standing: 20 } as const
const consoleLines = 20

export type Proven = { instances: readonly Instance[]; exitCode: ExitCode }

/** Names of servers and instances that alone shall be looked at; empty: everything. */
export type Only = readonly string[]

/**
 * Looks at everything that the course promises, or at what `only` names and what that leans on. `away`: clouds that could
 * not be opened a moment ago, which are not asked again.
 */
export async function prove(
  session: Session,
  plan: Plan,
  ground: Ground,
  sites: readonly Site[],
  patienceSeconds: number,
  only: Only = [],
  away: readonly string[] = [],
): Promise<Proven> {
  session.emit({ type: 'phase.started', phase: 'proof', title: 'The proof, from outside', tasks: 0 })
  const clouds = await askClouds(session, plan, ground, sites, away)
  try {
    for (const { answer } of clouds) tell(session, answer)
    const input = await proofInput(session, plan, ground, clouds)
    const all = proofProbes({ ...input, patienceSeconds: only.length > 0 ? 0 : patienceSeconds })
    const looked = await runProbes(chosen(session, all, only), {
      now: () => new Date(),
      signal: session.signal,
      onResult: (result) => tell(session, result),
    })
    const results = [...clouds.map(({ answer }) => answer), ...looked]
    for (const cloud of clouds) await showConsoles(session, cloud, looked)
    const { instances } = input
    const logins = loginText(session.world, plan, sites, instances)
    session.emit({
      type: 'report',
      kind: 'proof',
      text: only.length > 0 ? reportText(results).trimEnd() : `${reportText(results)}\n${logins}`,
      data: { ...reportJson(results), findings: findings(results), instances: instances.map(shown) },
    })
    const code = exitCode(results)
    return { instances, exitCode: away.length > 0 && code === exits.done ? exits.unchecked : code }
  } finally {
    for (const cloud of clouds) await cloud.close()
  }
}

/** Says which names there are and stops, when one is not among them. */
export function chosen(session: Pick<Session, 'emit'>, all: readonly Probe[], only: Only): readonly Probe[] {
  if (only.length === 0) return all
  const picked = about(all, only)
  if (picked.ok) return picked.value
  for (const fault of picked.faults) session.emit({ type: 'fault', fault })
  throw new Stop(exits.usage)
}

export const askClouds = (
  session: Session,
  plan: Plan,
  ground: Ground,
  sites: readonly Site[],
  away: readonly string[] = [],
) =>
  Promise.all([
    ...sites.map((site) => askCloud(session, plan, ground, site, { pin: true })),
    ...plan.clouds
      .filter(({ name }) => !away.includes(name))
      .map((cloud) => askAdopted(session, plan, cloud, { pin: true })),
  ])

/** Everything but what to do with the answers. */
export async function proofInput(
  session: Session,
  plan: Plan,
  ground: Ground,
  clouds: readonly AskedCloud[],
): Promise<ProofInput & { instances: readonly Instance[] }> {
  const { course } = plan
  const { world } = session
  const sites = clouds.flatMap(({ site }) => site ?? [])
  mkdirSync(world.control, { recursive: true, mode: 0o700 })
  const leading = new Set<string>()
  for (const site of sites) if (await leadsTo(hostNameOf(plan, site.name), site)) leading.add(site.name)
  return {
    sites,
    hostShell: (name) => ground.reach.shell(name),
    outside: ground.reach.outside,
    vantages: vantagesOf(course, world, ground, plan.policy.rehearsal),
    instances: clouds.flatMap(({ instances }) => instances),
    outsideTargets: ground.targets,
    knownHosts: instanceKeys(world),
    services: siteUnits,
    control: world.control,
    throughServer: (host) =>
      sites.some(({ name }) => name === host)
        ? proxyCommand(ground.reach.target(host), world.control)
        : undefined,
    async routerOf(site, tenant) {
      const cloud = clouds.find((one) => one.site === site)
      if (!cloud?.classroom) return unclear(cloud?.answer.seen ?? 'no cloud')
      return routerSeen(course.name, site.name, tenant, await cloud.classroom.survey.base.read())
    },
    hostName: ({ name }) => hostNameOf(plan, name),
    serviceName: ({ name }) => (leading.has(name) ? hostNameOf(plan, name) : null),
    jump: jumpProof(plan, ground, world),
    signal: session.signal,
  }
}

/** The name that the course gives a server; null for an address, and in a rehearsal, where nobody resolves it. */
export function hostNameOf({ course, policy }: Plan, name: string): string | null {
  const address = course.servers.find((server) => server.name === name)?.address ?? null
  return policy.rehearsal || address === null || isIP(address) !== 0 ? null : address
}

/** The name has the service address among its AAAA records. No answer is no name. */
async function leadsTo(name: string | null, site: Site): Promise<boolean> {
  if (name === null) return false
  const service = String(site.addressing.service)
  return resolve6(name).then(
    (all) => all.includes(service),
    () => false,
  )
}

export function tell(session: Pick<Session, 'emit'>, { at: _, dependsOn: __, ...result }: CheckResult): void {
  session.emit({ type: 'check.result', ...result })
}

const waysIn = [pingInId, tcpInId, loginId]

/** Where an instance does not answer, what it said on its serial console is the next thing that anybody would ask for. */
async function showConsoles(
  session: Session,
  { instances, classroom }: AskedCloud,
  results: readonly CheckResult[],
): Promise<void> {
  const refused = new Set(results.filter(({ verdict }) => verdict === 'no').map(({ id }) => id))
  const silent = instances.filter((instance) => waysIn.some((idOf) => refused.has(idOf(instance))))
  if (!classroom || silent.length === 0) return
  const { input, survey } = classroom
  try {
    const running = await proofInstances(input, survey)
    for (const { name, inCloud } of silent) {
      const id = running.find((one) => one.name === inCloud)?.id
      if (id === undefined) continue
      const said = await proofConsole(survey, id, consoleLines)
      session.emit({ type: 'note', text: `${name} said on its console:\n${said}` })
    }
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
  }
}

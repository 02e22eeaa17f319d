// Decides what the proof of a course is given: its sites, its instances, where to look from, what to reach.
// Leaves the looking and judging to check/.
import { type Fault, Trouble } from '../core/fault.ts'
import type { Site } from '../core/site.ts'
import { exitCode, findings } from '../check/judge.ts'
import { proof } from '../check/proof.ts'
import type { ProofInstance as Instance } from '../check/proof-input.ts'
import type { Verdict } from '../core/verdict.ts'
import type { CheckResult } from '../check/result.ts'
import { pingInId } from '../check/probes/outside.ts'
import { reportJson, reportText } from '../check/report.ts'
import { networkNames } from '../classroom/base.ts'
import { proofConsole, proofInstances } from '../classroom/proof.ts'
import { engineUnits } from '../engine/packages/services.ts'
import type { Plan } from '../plan/plan.ts'
import { type Classroom, classroomOf } from './classroom-of.ts'
import type { ExitCode } from './face.ts'
import type { Ground } from './ground.ts'
import { instanceKeys, pinInstanceKeys } from './instance-keys.ts'
import { loginText } from './login-text.ts'
import type { Session } from './session.ts'

/** Guests without KVM take up to half a minute from ACTIVE to their first answer. */
const patienceSeconds = 180
const consoleLines = 20

export type Proven = { instances: readonly Instance[]; exitCode: ExitCode }

/** Looks at everything that the course promises, tells each answer as it comes, and reports at the end. */
export async function prove(
  session: Session,
  plan: Plan,
  ground: Ground,
  sites: readonly Site[],
): Promise<Proven> {
  session.emit({ type: 'phase.started', phase: 'proof', title: 'The proof, from outside', tasks: 0 })
  const clouds = await Promise.all(sites.map((site) => askCloud(session, plan, ground, site)))
  for (const { answer } of clouds) tell(session, answer)
  const instances = clouds.flatMap((cloud) => cloud.instances)
  const looked = await proof({
    sites,
    hostShell: (name) => ground.reach.shell(name),
    outside: ground.reach.outside,
    instances,
    outsideTargets: ground.targets,
    knownHosts: instanceKeys(session.world),
    patienceSeconds,
    services: engineUnits,
    signal: session.signal,
    onResult: (result) => tell(session, result),
  })
  const results = [...clouds.map(({ answer }) => answer), ...looked]
  for (const site of sites) await showConsoles(session, plan, ground, site, looked)
  const code = exitCode(results)
  session.emit({
    type: 'report',
    kind: 'proof',
    text: `${reportText(results)}\n${loginText(session.world, plan, sites, instances)}`,
    data: { ...reportJson(results), findings: findings(results), instances: instances.map(shown) },
  })
  return { instances, exitCode: code }
}

function tell(session: Session, { at: _, dependsOn: __, ...result }: CheckResult): void {
  session.emit({ type: 'check.result', ...result })
}

/** The first question of a proof: a cloud that does not answer its administrator has no instances to look at, and the rest goes on. */
async function askCloud(session: Session, plan: Plan, ground: Ground, site: Site) {
  const result = (verdict: Verdict, seen: string, fault?: Fault): CheckResult => ({
    id: `cloud/${site.name}`,
    title: `the cloud of ${site.name} answers its administrator and knows its instances`,
    verdict,
    seen,
    vantage: site.name,
    at: new Date().toISOString(),
    ...(fault ? { fault } : {}),
  })
  try {
    const instances = await instancesOf(session, plan, ground, site)
    return { instances, answer: result('yes', instances.map(({ name }) => name).join(', ')) }
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    const { fault } = error
    const verdict = fault.code === 'host-unreachable' ? 'could-not-check' : 'no'
    return { instances: [], answer: result(verdict, fault.title, fault) }
  }
}

/** Where an instance does not answer, what it said on its serial console is the next thing that anybody would ask for. */
async function showConsoles(
  session: Session,
  plan: Plan,
  ground: Ground,
  site: Site,
  results: readonly CheckResult[],
): Promise<void> {
  const silent = new Set(results.filter(({ verdict }) => verdict === 'no').map(({ id }) => id))
  if (![...silent].some((id) => id.startsWith(pingInId({ name: '' })))) return
  await withClassroom(session, plan, ground, site, async ({ input, survey }) => {
    for (const { id, name } of await proofInstances(input, survey)) {
      if (!silent.has(pingInId({ name }))) continue
      const said = await proofConsole(survey, id, consoleLines)
      session.emit({ type: 'note', text: `${name} said on its console:\n${said}` })
    }
  }).catch((error: unknown) => {
    if (!(error instanceof Trouble)) throw error
  })
}

async function withClassroom<T>(
  session: Session,
  plan: Plan,
  ground: Ground,
  site: Site,
  use: (classroom: Classroom) => Promise<T>,
): Promise<T> {
  const classroom = await classroomOf(session, plan, site, ground)
  try {
    return await use(classroom)
  } finally {
    await classroom.close()
  }
}

export async function instancesOf(
  session: Session,
  plan: Plan,
  ground: Ground,
  site: Site,
): Promise<Instance[]> {
  return withClassroom(session, plan, ground, site, async ({ input, survey }) => {
    const instances = await proofInstances(input, survey)
    await pinInstanceKeys(session.world, survey, instances)
    return instances.map((one) => ({
      name: one.name,
      network: one.network === networkNames.direct ? 'direct' : 'class',
      address: one.address,
      host: site.name,
      user: 'root',
      identityFile: one.keyFile ?? '',
      mtu: one.network === networkNames.direct ? 1500 : site.addressing.tenantMtu,
    }))
  })
}

export const shown = ({ name, network, address, host, user, identityFile }: Instance) => ({
  name,
  network,
  address,
  host,
  user,
  identityFile,
})

// Decides what the proof of a course is given: its sites, its instances, where to look from, what to reach.
// Leaves the looking and judging to check/.
import type { Site } from '../core/site.ts'
import { exitCode, findings } from '../check/judge.ts'
import { proof } from '../check/proof.ts'
import type { ProofInstance as Instance } from '../check/proof-input.ts'
import { reportJson, reportText } from '../check/report.ts'
import { networkNames } from '../classroom/base.ts'
import { proofInstances } from '../classroom/proof.ts'
import { engineUnits } from '../engine/packages/services.ts'
import type { Plan } from '../plan/plan.ts'
import { classroomOf } from './classroom-of.ts'
import type { ExitCode } from './face.ts'
import type { Ground } from './ground.ts'
import { loginText } from './login-text.ts'
import type { Session } from './session.ts'

/** Guests without KVM take up to half a minute from ACTIVE to their first answer. */
const patienceSeconds = 180

export type Proven = { instances: readonly Instance[]; exitCode: ExitCode }

/** Looks at everything that the course promises, tells each answer as it comes, and reports at the end. */
export async function prove(
  session: Session,
  plan: Plan,
  ground: Ground,
  sites: readonly Site[],
): Promise<Proven> {
  session.emit({ type: 'phase.started', phase: 'proof', title: 'The proof, from outside', tasks: 0 })
  const instances = (await Promise.all(sites.map((site) => instancesOf(session, plan, ground, site)))).flat()
  const results = await proof({
    sites,
    hostShell: (name) => ground.reach.shell(name),
    outside: ground.reach.outside,
    instances,
    outsideTargets: ground.targets,
    knownHosts: `${session.world.dir}/instances_known_hosts`,
    patienceSeconds,
    services: engineUnits,
    signal: session.signal,
    onResult: ({ at: _, dependsOn: __, ...result }) => session.emit({ type: 'check.result', ...result }),
  })
  const code = exitCode(results)
  session.emit({
    type: 'report',
    kind: 'proof',
    text: `${reportText(results)}\n${loginText(session.world, plan, sites, instances)}`,
    data: { ...reportJson(results), findings: findings(results), instances: instances.map(shown) },
  })
  return { instances, exitCode: code }
}

export async function instancesOf(
  session: Session,
  plan: Plan,
  ground: Ground,
  site: Site,
): Promise<Instance[]> {
  const classroom = await classroomOf(session, plan, site, ground)
  try {
    return (await proofInstances(classroom.input, classroom.survey)).map((one) => ({
      name: one.name,
      network: one.network === networkNames.direct ? 'direct' : 'class',
      address: one.address,
      host: site.name,
      user: 'root',
      identityFile: one.keyFile ?? '',
      mtu: one.network === networkNames.direct ? 1500 : site.addressing.tenantMtu,
    }))
  } finally {
    await classroom.close()
  }
}

export const shown = ({ name, network, address, host, user, identityFile }: Instance) => ({
  name,
  network,
  address,
  host,
  user,
  identityFile,
})

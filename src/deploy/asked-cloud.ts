// Decides how the clouds of a course are asked for their instances, and stay open for further questions.
// Leaves proving that the instances work to prove.
import { type Fault, Trouble } from '../core/fault.ts'
import type { Site } from '../core/site.ts'
import type { Verdict } from '../core/verdict.ts'
import type { ProofInstance } from '../check/proof-input.ts'
import type { CheckResult } from '../check/result.ts'
import { networkNames } from '../classroom/base.ts'
import { proofInstances } from '../classroom/proof.ts'
import type { Plan } from '../plan/plan.ts'
import { type Classroom, classroomOf } from './classroom-of.ts'
import type { Ground } from './ground.ts'
import { pinInstanceKeys } from './instance-keys.ts'
import type { Session } from './session.ts'

export type AskedCloud = {
  site: Site
  instances: readonly ProofInstance[]
  /** That the cloud answered, or why not. */
  answer: CheckResult
  /** Null where it could not be opened. */
  classroom: Classroom | null
  close(): Promise<void>
}

/** `pin`: asks each instance's console for its host key, which only who logs in needs. */
export type Asking = { pin: boolean }

/**
 * The first question of a proof: a cloud that does not answer its administrator has no instances to look at, and the
 * rest goes on. What comes back must be closed.
 */
export async function askCloud(
  session: Session,
  plan: Plan,
  ground: Ground,
  site: Site,
  asking: Asking,
): Promise<AskedCloud> {
  const result = (verdict: Verdict, seen: string, fault?: Fault): CheckResult => ({
    id: `cloud/${site.name}`,
    title: `the cloud of ${site.name} answers its administrator and knows its instances`,
    verdict,
    seen,
    vantage: site.name,
    at: new Date().toISOString(),
    ...(fault ? { fault } : {}),
  })
  let classroom: Classroom | null = null
  const close = async () => classroom?.close()
  try {
    classroom = await classroomOf(session, plan, site, ground)
    const instances = await instancesIn(session, site, classroom, asking)
    const seen = instances.map(({ name }) => name).join(', ')
    return { site, instances, answer: result('yes', seen), classroom, close }
  } catch (error) {
    if (!(error instanceof Trouble)) {
      await close()
      throw error
    }
    const { fault } = error
    const verdict = fault.code === 'host-unreachable' ? 'could-not-check' : 'no'
    return { site, instances: [], answer: result(verdict, fault.title, fault), classroom, close }
  }
}

/** The instances alone; throws Trouble where the cloud does not answer. */
export async function instancesOf(
  session: Session,
  plan: Plan,
  ground: Ground,
  site: Site,
  asking: Asking,
): Promise<ProofInstance[]> {
  const classroom = await classroomOf(session, plan, site, ground)
  try {
    return await instancesIn(session, site, classroom, asking)
  } finally {
    await classroom.close()
  }
}

async function instancesIn(
  session: Session,
  site: Site,
  { input, survey }: Classroom,
  { pin }: Asking,
): Promise<ProofInstance[]> {
  const instances = await proofInstances(input, survey)
  if (pin) await pinInstanceKeys(session.world, survey, instances)
  return instances.map(({ name, network, address, mac, keyFile }) => ({
    name,
    network: network === networkNames.direct ? 'direct' : 'class',
    address,
    ...(mac === null ? {} : { mac }),
    host: site.name,
    user: 'root',
    identityFile: keyFile,
    mtu: network === networkNames.direct ? 1500 : site.addressing.tenantMtu,
  }))
}

/** What others may see of it. */
export const shown = ({ name, network, address, host, user, identityFile }: ProofInstance) => ({
  name,
  network,
  address,
  host,
  user,
  identityFile,
})

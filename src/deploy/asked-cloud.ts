// Decides how the clouds of a course are asked for their instances, and stay open for further questions.
// Leaves proving that the instances work to prove.
import { type Fault, Trouble } from '../core/fault.ts'
import type { Site } from '../core/site.ts'
import type { Verdict } from '../core/verdict.ts'
import type { ProofInstance } from '../check/proof-input.ts'
import type { CheckResult } from '../check/result.ts'
import { networkNames } from '../classroom/base.ts'
import { proofInstances } from '../classroom/proof.ts'
import type { PlannedCloud } from '../plan/draft.ts'
import type { Plan } from '../plan/plan.ts'
import { adoptedClassroom } from './adopted-cloud.ts'
import { type Classroom, classroomOf } from './classroom-of.ts'
import type { Ground } from './ground.ts'
import { calledIn } from './instance-name.ts'
import { pinInstanceKeys } from './instance-keys.ts'
import type { Session } from './session.ts'

export type AskedCloud = {
  /** The server's name, or that of a cloud that existed already. */
  name: string
  /** Null for a cloud that existed already. */
  site: Site | null
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
export const askCloud = (session: Session, plan: Plan, ground: Ground, site: Site, asking: Asking) =>
  ask(session, plan, { name: site.name, site, open: () => classroomOf(session, plan, site, ground) }, asking)

/** The same of a cloud that existed already. */
export const askAdopted = (session: Session, plan: Plan, cloud: PlannedCloud, asking: Asking) =>
  ask(
    session,
    plan,
    { name: cloud.name, site: null, open: () => adoptedClassroom(session, plan, cloud) },
    asking,
  )

type Door = { name: string; site: Site | null; open: () => Promise<Classroom> }

async function ask(
  session: Session,
  plan: Plan,
  { name, site, open }: Door,
  asking: Asking,
): Promise<AskedCloud> {
  const result = (verdict: Verdict, seen: string, fault?: Fault): CheckResult => ({
    id: `cloud/${name}`,
    title: `the cloud ${site ? 'of ' : ''}${name} answers its administrator and knows its instances`,
    verdict,
    seen,
    vantage: site ? name : 'this machine',
    at: new Date().toISOString(),
    ...(fault ? { fault } : {}),
  })
  let classroom: Classroom | null = null
  const close = async () => classroom?.close()
  try {
    classroom = await open()
    const instances = await instancesIn(session, plan, name, classroom, asking)
    const seen = instances.map((one) => one.name).join(', ')
    return { name, site, instances, answer: result('yes', seen), classroom, close }
  } catch (error) {
    if (!(error instanceof Trouble)) {
      await close()
      throw error
    }
    const { fault } = error
    const away = fault.code === 'host-unreachable' || (site === null && fault.code === 'cloud-unreachable')
    const verdict = away ? 'could-not-check' : 'no'
    return { name, site, instances: [], answer: result(verdict, fault.title, fault), classroom, close }
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
    return await instancesIn(session, plan, site.name, classroom, asking)
  } finally {
    await classroom.close()
  }
}

/** As instancesOf, of a cloud that existed already. */
export async function adoptedInstances(
  session: Session,
  plan: Plan,
  cloud: PlannedCloud,
  asking: Asking,
): Promise<ProofInstance[]> {
  const classroom = await adoptedClassroom(session, plan, cloud)
  try {
    return await instancesIn(session, plan, cloud.name, classroom, asking)
  } finally {
    await classroom.close()
  }
}

async function instancesIn(
  session: Session,
  plan: Plan,
  host: string,
  { input, survey }: Classroom,
  { pin }: Asking,
): Promise<ProofInstance[]> {
  const instances = await proofInstances(input, survey)
  const { networks } = await survey.base.read()
  const { foreign, addressing } = input
  const mtuOf = (network: string) =>
    network === networkNames.direct
      ? (foreign?.direct?.mtu ?? 1500)
      : (addressing.tenantMtu ?? networks.find(({ name }) => name === network)?.mtu ?? 1500)
  if (pin) await pinInstanceKeys(session.world, survey, instances)
  return instances.map(({ name, network, address, mac, keyFile }) => ({
    name: calledIn(plan, host, name),
    inCloud: name,
    network: network === networkNames.direct ? 'direct' : 'class',
    address,
    ...(mac === null ? {} : { mac }),
    host,
    user: foreign?.image?.user ?? 'root',
    identityFile: keyFile,
    mtu: mtuOf(network),
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

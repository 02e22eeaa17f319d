// Decides what `bateau check` does: the proof again, a part of it, its list, or the path of an instance's packets.
// Leaves looking again and again to watch-course.
import { Trouble } from '../core/fault.ts'
import type { Site } from '../core/site.ts'
import { proofProbes } from '../check/proof.ts'
import type { Probe } from '../check/probe.ts'
import type { ProofInstance } from '../check/proof-input.ts'
import { yes } from '../core/verdict.ts'
import { proofsOf } from '../classroom/proof-plan.ts'
import { networkNames } from '../classroom/base.ts'
import { Address } from '../core/prefix.ts'
import type { PlannedCloud } from '../plan/draft.ts'
import { groupsPlaced } from './classroom-of.ts'
import type { Course } from '../course/course.ts'
import type { Plan } from '../plan/plan.ts'
import { sitesOf } from './ascend.ts'
import { explainCourse } from './explain-course.ts'
import { type ExitCode, exits, type Face } from './face.ts'
import { groundOf } from './ground.ts'
import { calledIn } from './instance-name.ts'
import { openCourse, type Opened, refuse } from './open-course.ts'
import { isRehearsed, openUp, planOf } from './plan-of.ts'
import { prepareSecrets } from './prepare-secrets.ts'
import { jumpProof } from './jump/proof.ts'
import { hostNameOf, type Only, patience, prove } from './prove.ts'
import { say } from './say.ts'
import { session } from './session.ts'
import { sitesOffline } from './steps-offline.ts'
import { vantagesOf } from './vantages.ts'
import { watchCourse } from './watch-course.ts'
import { homeOf } from './world.ts'

export type CheckOptions = {
  file: string | null
  /** Servers and instances that alone shall be looked at. */
  only: Only
  /** Say what would be looked at, and look at nothing. */
  list: boolean
  /** Seconds between looks; null: once. */
  watch: number | null
  /** Name of an instance whose packets shall be followed; empty: those that do not answer; null: none. */
  explain: string | null
}

/** Changes nothing but the journal. */
export async function check(options: CheckOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  const open = options.list ? openCourse : openUp
  const opened = open(homeOf(process.env), options.file)
  if (!opened.ok) return refuse(face, opened.faults)
  if (options.list) return list(opened.value, face)
  if (options.watch !== null) return watchCourse(opened.value, options.watch, options.only, face, signal)
  const { course, world, rehearsal } = opened.value
  return session('check', world, face, signal, async (run) => {
    const plan = planOf(course, rehearsal)
    const ground = groundOf(course, world, rehearsal)
    await prepareSecrets(run.vault, course, [], [])
    const sites = await sitesOf(plan, ground)
    if (options.explain !== null) return explainCourse(run, plan, ground, sites, options.explain)
    return (await prove(run, plan, ground, sites, patience.standing, options.only)).exitCode
  })
}

/** Reads no server and no cloud: the instances are those that the plan starts. */
function list({ course, world, ...opened }: Opened, face: Face): ExitCode {
  const rehearsal = opened.rehearsal || isRehearsed(course)
  try {
    const plan = planOf(course, rehearsal)
    const ground = groundOf(course, world, rehearsal)
    const probes = proofProbes({
      sites: sitesOffline(plan),
      hostShell: (name) => ground.reach.shell(name),
      outside: ground.reach.outside,
      vantages: vantagesOf(course, world, ground, rehearsal),
      instances: [
        ...sitesOffline(plan).flatMap((site) => plannedInstances(course, plan, site)),
        ...plan.clouds.flatMap((cloud) => plannedIn(course, plan, cloud)),
      ],
      outsideTargets: ground.targets,
      knownHosts: '',
      routerOf: () => Promise.resolve(yes('')),
      throughServer: (host) => (plan.servers.some(({ name }) => name === host) ? '' : undefined),
      hostName: ({ name }) => hostNameOf(plan, name),
      jump: jumpProof(plan, ground, world),
    })
    say(face, {
      type: 'report',
      kind: 'probes',
      text: listText(probes),
      data: { probes: probes.map(listed) },
    })
    return exits.done
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    return refuse(face, [error.fault])
  }
}

/** Addresses are known when the instances are; a list needs none. */
function plannedInstances(course: Course, plan: Plan, site: Site): ProofInstance[] {
  const here = new Set(plan.servers.find(({ name }) => name === site.name)?.placed.map(({ group }) => group))
  const { addressing } = site
  const groups = course.groups.filter(({ name }) => here.has(name))
  return proofsOf({ groups, direct: course.networks.direct, addressing }).map(({ name, network, group }) => {
    const direct = network === networkNames.direct
    const tenant = addressing.tenants.find((one) => one.group === group)
    return {
      name: calledIn(plan, site.name, name),
      inCloud: name,
      network: direct ? 'direct' : 'class',
      address: (direct ? addressing.public.prefix : (tenant?.prefix ?? addressing.block)).host(2),
      host: site.name,
      user: 'root',
      identityFile: '',
      mtu: direct ? 1500 : addressing.tenantMtu,
    }
  })
}

/** The same of a cloud that exists already. */
function plannedIn(course: Course, plan: Plan, { name: host, cloud, placed }: PlannedCloud): ProofInstance[] {
  const direct = course.networks.direct && cloud.direct !== null
  const groups = groupsPlaced(course, placed)
  const tenants = course.networks.class ? groups.map((group) => ({ group: group.name })) : []
  return proofsOf({ groups, direct, addressing: { tenants } }).map(({ name, network }) => ({
    name: calledIn(plan, host, name),
    inCloud: name,
    network: network === networkNames.direct ? 'direct' : 'class',
    address: Address.of('::'),
    host,
    user: 'root',
    identityFile: '',
    mtu: 1500,
  }))
}

const listed = ({ id, title, vantage, heavy = false, needs = [], causes = [] }: Probe) => ({
  id,
  title,
  vantage,
  heavy,
  needs,
  causes,
})

function listText(probes: readonly Probe[]): string {
  const width = Math.max(0, ...probes.map(({ id }) => id.length))
  const rows = probes.map(({ id, title, vantage }) => `${id.padEnd(width)}  ${title}  (from ${vantage})`)
  return [...rows, '', `${probes.length} looks; nothing was looked at`].join('\n')
}

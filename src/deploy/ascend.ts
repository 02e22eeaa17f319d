// Decides the phases from bare servers to their clouds: host network, then OpenStack.
// Leaves the servers themselves to ground, and the class to fill.
import { Trouble } from '../core/fault.ts'
import { unsupported } from '../core/release.ts'
import type { Site } from '../core/site.ts'
import type { HostStep } from '../core/step.ts'
import type { Task } from '../core/task.ts'
import { classroomSecrets } from '../classroom/input.ts'
import { agentSteps, noAgent } from '../delivery/agent.ts'
import { hostNetwork } from '../delivery/host-network.ts'
import { engineOf } from '../engine/engine.ts'
import { readFacts } from '../host/facts.ts'
import { HostSteps } from '../host/steps.ts'
import type { Plan } from '../plan/plan.ts'
import { siteOf } from '../plan/site.ts'
import type { RunSummary } from '../run/scheduler.ts'
import { agentInput, type CourseAgent, courseAgent, readBundle } from './agent.ts'
import { evidenceIn } from './evidence.ts'
import { exits } from './face.ts'
import type { Ground } from './ground.ts'
import { hostTasks } from './host-tasks.ts'
import { prepareSecrets } from './prepare-secrets.ts'
import { forgetRebuilds, rebuildTasks } from './rebuild.ts'
import { type Session, Stop } from './session.ts'

/** Reads the servers' facts and gives the sites that delivery and engine are planned on. */
export async function sitesOf(plan: Plan, ground: Ground): Promise<Site[]> {
  return Promise.all(
    plan.servers.map(async ({ name }) =>
      siteOf(plan, name, await readFacts(ground.reach.shell(name)), ground.sources),
    ),
  )
}

/** Everything that a host is given, in order: what `plan --commands` prints and `up` carries out. */
export function hostSteps(site: Site, agent: CourseAgent): HostStep[] {
  return [...hostNetwork(site), ...engineOf(site).steps(site), ...agentSteps(site, agentInput(site, agent))]
}

/** The firewall comes first, the network before the engine; the agent last, when there is something to watch. */
function siteTasks(site: Site, agent: CourseAgent, ground: Ground, { vault, world }: Session): Task[] {
  const keep = evidenceIn(world, () => vault.all())
  const hands = new HostSteps(ground.reach.shell(site.name), hostSteps(site, agent), vault, keep)
  const after = (before: readonly Task[], steps: readonly HostStep[]) =>
    hostTasks(
      site.name,
      steps,
      hands,
      before.slice(-1).map(({ id }) => id),
    )
  const network = after([], hostNetwork(site))
  const engine = after(network, engineOf(site).steps(site))
  return [...network, ...engine, ...after(engine, agentSteps(site, agentInput(site, agent)))]
}

export type Ascent = {
  /** Those whose cloud is made. */
  sites: Site[]
  /** Names of the servers where something failed, which was said. */
  unfinished: string[]
}

/** Takes the servers to clouds; throws Trouble, and Stop when none of them is one. */
export async function ascend(
  session: Session,
  plan: Plan,
  ground: Ground,
  rebuild: readonly string[],
): Promise<Ascent> {
  if (ground.tasks.length > 0) await session.phase('world', 'The servers', ground.tasks)
  if (plan.servers.length === 0) {
    await prepareSecrets(session.vault, plan.course, [], classSecretsOf(plan))
    return { sites: [], unfinished: [] }
  }
  const sites = await sitesOf(plan, ground)
  for (const site of sites) runsHere(site)
  const agent = courseAgent(ground.targets, readBundle())
  for (const site of sites) {
    const why = noAgent(site.facts)
    if (why !== null) session.emit({ type: 'note', text: `${site.name}: ${why}` })
  }
  await prepareSecrets(
    session.vault,
    plan.course,
    sites.flatMap((site) => hostSteps(site, agent)),
    classSecretsOf(plan),
  )
  await forgetRebuilds(sites, rebuild, ground)
  const anew = rebuildTasks(sites, rebuild, ground)
  if (anew.length > 0) await session.phase('rebuild', 'Clouds that are built anew', anew)
  const ofSites = sites.map((site) => ({ site, tasks: siteTasks(site, agent, ground, session) }))
  const onHosts = ofSites.flatMap(({ tasks }) => tasks)
  const ascent = ascentOf(ofSites, await session.attempt('host', 'Host network and OpenStack', onHosts))
  if (ascent.sites.length === 0) throw new Stop(exits.broken)
  if (ascent.unfinished.length > 0) session.emit({ type: 'note', text: leftOut(ascent) })
  return ascent
}

/** A site is made when all of its tasks are done. */
export function ascentOf(
  ofSites: readonly { site: Site; tasks: readonly Pick<Task, 'id'>[] }[],
  { failed, left }: Pick<RunSummary, 'failed' | 'left'>,
): Ascent {
  const missing = new Set([...failed.map(({ id }) => id), ...left])
  const isMade = (tasks: readonly Pick<Task, 'id'>[]) => !tasks.some(({ id }) => missing.has(id))
  return {
    sites: ofSites.flatMap(({ site, tasks }) => (isMade(tasks) ? [site] : [])),
    unfinished: ofSites.flatMap(({ site, tasks }) => (isMade(tasks) ? [] : [site.name])),
  }
}

const leftOut = ({ sites, unfinished }: Ascent) =>
  `no cloud yet on ${unfinished.join(', ')}; ${sites.map(({ name }) => name).join(', ')} ${sites.length === 1 ? 'goes' : 'go'} on without. When it is mended, run the same command again.`

const classSecretsOf = ({ course }: Plan) => classroomSecrets(course.groups, course.class)

/** Said before anything is changed on the server. Throws Trouble `host-unsupported`. */
function runsHere({ name, engine, facts }: Site): void {
  const reason = unsupported(engine, facts.os)
  if (reason === null) return
  throw new Trouble({
    code: 'host-unsupported',
    title: `${name} cannot have this cloud: its distribution does not fit`,
    ...reason,
    host: name,
  })
}

/** The plan of a course whose findings forbid it. */
export function refusedPlan(plan: Plan): Trouble {
  const worst = plan.findings.filter((finding) => finding.severity === 'error')
  return new Trouble({
    code: 'plan-refused',
    title: `the plan has ${worst.length} finding${worst.length === 1 ? '' : 's'} that forbid carrying it out`,
    why: worst.map((finding) => `${finding.code}: ${finding.title}`).join('\n'),
    fix: `mend the course file; or, knowing what it means, write under accept: [${worst.map((f) => f.code).join(', ')}]`,
  })
}

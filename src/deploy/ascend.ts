// Decides the phases from bare servers to a cloud with its class: host, engine, networks, students, instances.
// Leaves the servers themselves to ground, and the proof to prove.
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
import { agentInput, type CourseAgent, courseAgent, readBundle } from './agent.ts'
import { evidenceIn } from './evidence.ts'
import { CloudLocks } from './cloud-locks.ts'
import type { Ground } from './ground.ts'
import { hostTasks } from './host-tasks.ts'
import { carryOut } from './carry-out.ts'
import { classroomOf } from './classroom-of.ts'
import { prepareSecrets } from './prepare-secrets.ts'
import { forgetRebuilds, rebuildTasks } from './rebuild.ts'
import type { Session } from './session.ts'

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

/** Takes the servers to a cloud with its class; throws Stop or Trouble where it cannot. */
export async function ascend(
  session: Session,
  plan: Plan,
  ground: Ground,
  rebuild: readonly string[],
): Promise<Site[]> {
  if (ground.tasks.length > 0) await session.phase('world', 'The servers', ground.tasks)
  if (plan.servers.length === 0) {
    await prepareSecrets(session.vault, plan.course, [], classSecretsOf(plan))
    return []
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
  const onHosts = sites.flatMap((site) => siteTasks(site, agent, ground, session))
  await session.phase('host', 'Host network and OpenStack', onHosts)

  const locks = new CloudLocks(session)
  for (const site of sites) {
    const classroom = await classroomOf(session, plan, site, ground)
    try {
      const tasks = locks.guard({ name: site.name, ...classroom }, classroom.tasks)
      await carryOut(session, 'class', `Networks, students and instances on ${site.name}`, tasks)
    } finally {
      await locks.release()
      await classroom.close()
    }
  }
  return sites
}

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

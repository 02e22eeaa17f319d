// Decides the phases from bare servers to a cloud with its class: host, engine, networks, students, instances.
// Leaves the servers themselves to ground, and the proof to prove.
import { Trouble } from '../core/fault.ts'
import type { Vault } from '../core/secret.ts'
import type { Site } from '../core/site.ts'
import type { HostStep } from '../core/step.ts'
import type { Task } from '../core/task.ts'
import { classroomSecrets } from '../classroom/input.ts'
import { type AgentInput, agentSteps, noAgent } from '../delivery/agent.ts'
import { hostNetwork } from '../delivery/host-network.ts'
import { packagesEngine } from '../engine/packages/engine.ts'
import { readFacts } from '../host/facts.ts'
import { HostSteps } from '../host/steps.ts'
import type { Plan } from '../plan/plan.ts'
import { siteOf } from '../plan/site.ts'
import { agentInput, readBundle } from './agent.ts'
import type { Ground } from './ground.ts'
import { hostTasks } from './host-tasks.ts'
import { classroomOf } from './classroom-of.ts'
import { prepareSecrets } from './prepare-secrets.ts'
import type { Session } from './session.ts'

/** Reads the servers' facts and gives the sites that delivery and engine are planned on. */
export async function sitesOf(plan: Plan, ground: Ground): Promise<Site[]> {
  return Promise.all(
    plan.servers.map(async ({ name }) => siteOf(plan, name, await readFacts(ground.reach.shell(name)))),
  )
}

/** Everything that a host is given, in order: what `plan --commands` prints and `up` carries out. */
export function hostSteps(site: Site, agent: AgentInput): HostStep[] {
  return [...hostNetwork(site), ...packagesEngine(site), ...agentSteps(site, agent)]
}

/** The firewall comes first, the network before the engine; the agent last, when there is something to watch. */
function siteTasks(site: Site, agent: AgentInput, ground: Ground, vault: Vault): Task[] {
  const hands = new HostSteps(ground.reach.shell(site.name), hostSteps(site, agent), vault)
  const after = (before: readonly Task[], steps: readonly HostStep[]) =>
    hostTasks(
      site.name,
      steps,
      hands,
      before.slice(-1).map(({ id }) => id),
    )
  const network = after([], hostNetwork(site))
  const engine = after(network, packagesEngine(site))
  return [...network, ...engine, ...after(engine, agentSteps(site, agent))]
}

/** Takes the servers to a cloud with its class; throws Stop or Trouble where it cannot. */
export async function ascend(session: Session, plan: Plan, ground: Ground): Promise<Site[]> {
  await session.phase('world', 'The servers', ground.tasks)
  const sites = await sitesOf(plan, ground)
  const agent = agentInput(ground.targets, readBundle())
  for (const site of sites) {
    const why = noAgent(site.facts)
    if (why !== null) session.emit({ type: 'note', text: `${site.name}: ${why}` })
  }
  await prepareSecrets(
    session.vault,
    plan.course,
    sites.flatMap((site) => hostSteps(site, agent)),
    classroomSecrets(plan.course.groups),
  )
  const onHosts = sites.flatMap((site) => siteTasks(site, agent, ground, session.vault))
  await session.phase('host', 'Host network and OpenStack', onHosts)

  for (const site of sites) {
    const classroom = await classroomOf(session, plan, site, ground)
    try {
      await session.phase('class', `Networks, students and instances on ${site.name}`, classroom.tasks)
    } finally {
      await classroom.close()
    }
  }
  return sites
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

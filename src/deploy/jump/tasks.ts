// Decides the tasks that make a server the jump host of a course, with what is gathered for them.
// Leaves the steps to jump/, and where students' keys come from to classroom/.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Shell } from '../../core/shell.ts'
import type { Site } from '../../core/site.ts'
import type { HostStep } from '../../core/step.ts'
import type { Task } from '../../core/task.ts'
import type { Course } from '../../course/course.ts'
import { publicKeyAt } from '../../host/key-pair.ts'
import { agentSteps } from '../../delivery/agent.ts'
import { firewallStep } from '../../delivery/firewall.ts'
import { readFacts } from '../../host/facts.ts'
import { closeConnection } from '../../host/forward.ts'
import { sshShell } from '../../host/ssh.ts'
import { HostSteps } from '../../host/steps.ts'
import { readJumpFacts } from '../../jump/facts.ts'
import { type JumpInput, probeAccount, type Reached, type Traveller } from '../../jump/input.ts'
import { reachedOf } from '../../jump/reached.ts'
import { jumpSteps } from '../../jump/steps.ts'
import type { Plan } from '../../plan/plan.ts'
import { siteOf } from '../../plan/site.ts'
import { agentInput, courseAgent, readBundle } from '../agent.ts'
import type { Ground } from '../ground.ts'
import { hostTasks } from '../host-tasks.ts'
import { prepareSecrets } from '../prepare-secrets.ts'
import { thisMachine } from '../reach.ts'
import type { Session } from '../session.ts'
import type { World } from '../world.ts'
import { confirmTask } from './confirm.ts'
import { keyInHandoutsTask } from './key-in-handouts.ts'
import { jumpAddress, type JumpPlace, probeKey, probeWay } from './place.ts'

/** Seconds in which a change must be confirmed. Two log-ins take three; a link that was cut gets time to come back. */
export const jumpPatience = 120

export type JumpPlan = {
  place: JumpPlace
  /** What students type. */
  address: string
  input: JumpInput
  tasks: Task[]
}

/**
 * `surroundings`: with the firewall and the agent of a cloud's own server, which `up` has put there already; a port that
 * is new must be open, and the agent must not take it for a fault. `adopted`: what is reached in clouds that existed already.
 * Throws Trouble.
 */
export async function planJump(
  session: Session,
  plan: Plan,
  ground: Ground,
  place: JumpPlace,
  { surroundings, adopted = [] }: { surroundings: boolean; adopted?: readonly Reached[] },
): Promise<JumpPlan> {
  const { course, policy } = plan
  const { world, vault } = session
  const { jump, server } = place
  const shell = ground.reach.shell(server.name)
  const laid = reachedOf(
    plan.servers.flatMap(({ addressing }) => addressing ?? []),
    { direct: course.networks.direct, api: jump.api },
  )
  const input: JumpInput = {
    course: course.name,
    facts: await readJumpFacts(shell),
    port: jump.port,
    ports: jump.ports,
    reached: {
      prefixes: [...laid.prefixes, ...adopted.flatMap(({ prefixes }) => prefixes)],
      never: [...laid.never, ...adopted.flatMap(({ never }) => never)],
      fronts: laid.fronts,
    },
    travellers: [
      ...(await travellersOf(course, world)),
      { login: probeAccount, key: await probeKey(world, thisMachine) },
    ],
    patience: jumpPatience,
  }
  const [before, behind] =
    surroundings && server.role === 'cloud' ? await around(plan, ground, server.name, shell) : [[], []]
  const steps = jumpSteps(input)
  await prepareSecrets(vault, course, [...before, ...behind], [])
  const hands = new HostSteps(shell, [...before, ...steps, ...behind], vault)
  const own = hostTasks(server.name, [...before, ...steps], hands)
  const way = probeWay(place, ground, world, policy.rehearsal)
  const confirmed = confirmTask(
    {
      server: server.name,
      shell,
      fresh: freshly(ground, world, server.name),
      place: ground.campus.shell,
      way,
      hosts: [jump.host, server.address].filter((one) => one !== null),
    },
    own.slice(-1).map(({ id }) => id),
  )
  const handouts = { server: server.name, students: world.students, jumpKeys: way.knownHosts }
  return {
    place,
    address: jumpAddress(place, ground, policy.rehearsal),
    input,
    tasks: [
      ...own,
      confirmed,
      keyInHandoutsTask(handouts, vault, [confirmed.id]),
      ...hostTasks(server.name, behind, hands, [confirmed.id]),
    ],
  }
}

async function around(
  plan: Plan,
  ground: Ground,
  name: string,
  shell: Shell,
): Promise<[before: HostStep[], behind: HostStep[]]> {
  const site: Site = siteOf(plan, name, await readFacts(shell), ground.sources)
  const agent = courseAgent(ground.targets, readBundle())
  return [[firewallStep(site)], agentSteps(site, agentInput(site, agent))]
}

/** Every student and teacher, with the key that they brought or the one that bateau made. */
function travellersOf(course: Course, world: World): Promise<Traveller[]> {
  return Promise.all(
    [...course.students, ...course.class.teachers].map(async ({ login, sshKey }) => ({
      login,
      key: sshKey ?? (await publicKeyAt(join(world.students, login, 'id_ed25519'))) ?? null,
    })),
  )
}

/** A connection of the administrator that shares nothing with those that are open. */
const freshly =
  (ground: Ground, world: World, server: string) =>
  async <T>(body: (shell: Shell) => Promise<T>): Promise<T> => {
    const sockets = join(world.runtime, 'fresh')
    const target = { ...ground.reach.target(server), patienceSeconds: 10 }
    try {
      return await body(sshShell(target, sockets))
    } finally {
      await closeConnection(target, sockets)
      rmSync(sockets, { recursive: true, force: true })
    }
  }

// Decides in which order what a project owns is deleted: what leans on something goes before it. Keystone and Neutron keep
// networks, default groups, quotas and key pairs of a project that is deleted without them.
// Leaves whose project it is, and consent, to leaving and the command.
import { rm } from 'node:fs/promises'
import { type Fault, Trouble } from '../core/fault.ts'
import type { Progress, Task } from '../core/task.ts'
import type { Clock } from '../cloud/clock.ts'
import type { Cloud } from '../cloud/open.ts'
import { unlessGone } from './base-removal.ts'
import { handoutDir } from './handout-files.ts'
import type { HoldingsReader } from './holdings.ts'
import type { ClassroomDeps, ClassroomInput } from './input.ts'
import type { Leaver } from './leaving.ts'
import { put } from './parts.ts'
import type { Survey } from './survey.ts'

/** An instance on a busy hypervisor was gone in 2 to 20 s. */
const goneWithinMilliseconds = 300_000
const pollMilliseconds = 1_000

export const deleteTaskId = (site: string, name: string) => `${site}/delete/${name}`

/** One a leaver; where several have accounts that are open, all of those are closed first. */
export function deleteTasks(
  input: ClassroomInput,
  deps: Pick<ClassroomDeps, 'cloud' | 'clock'>,
  survey: Survey,
  leavers: readonly Leaver[],
): Task[] {
  const open = leavers.filter(({ users }) => users.some(({ enabled }) => enabled))
  for (const { project } of leavers.filter((one) => !open.includes(one)))
    if (project !== null) survey.holdings.expect(project.id)
  const lock = open.length > 1 ? [lockTask(input, deps, survey, open)] : []
  const after = lock.map(({ id }) => id)
  return [...lock, ...leavers.map((one) => deleteTask(input, deps, survey, one, after))]
}

/** Nobody may make anything new while the old is deleted. */
function lockTask(
  { site }: Pick<ClassroomInput, 'site'>,
  deps: Pick<ClassroomDeps, 'cloud'>,
  survey: Survey,
  leavers: readonly Leaver[],
): Task {
  let tried = false
  const openNow = async () => {
    const { users } = await survey.people.read()
    const theirs = new Set(leavers.flatMap((one) => one.users.map(({ id }) => id)))
    return users.filter((one) => theirs.has(one.id) && one.enabled)
  }
  return {
    id: `${site}/delete/accounts`,
    title: 'Lock out who leaves',
    because: 'nobody may make anything new while the old is deleted',
    lane: `cloud:${site}`,
    after: [],
    async look() {
      const { length } = await openNow()
      // One that was refused is refused again in its own task, which says so, and keeps nobody else.
      return { done: length === 0 || tried, seen: length === 0 ? 'none is open' : `${length} are open` }
    },
    async act() {
      const cloud = await deps.cloud()
      const closing = (await openNow()).map(({ id }) => lockOut(cloud, survey, id))
      const ended = await Promise.allSettled(closing)
      tried = true
      for (const one of ended)
        if (one.status === 'rejected' && !(one.reason instanceof Trouble)) throw one.reason
      const left = new Set((await openNow()).map(({ id }) => id))
      for (const { project, users } of leavers)
        if (project !== null && !users.some(({ id }) => left.has(id))) survey.holdings.expect(project.id)
    },
  }
}

async function lockOut(cloud: Cloud, survey: Survey, userId: string): Promise<void> {
  const closed = await unlessGone(cloud.identity.updateUser(userId, { enabled: false }))
  const { users } = await survey.people.read()
  if (closed !== undefined) put(users, closed)
}

function deleteTask(
  input: ClassroomInput,
  deps: Pick<ClassroomDeps, 'cloud' | 'clock'>,
  survey: Survey,
  { name, project, users, because, owns, moved }: Leaver,
  after: readonly string[],
): Task {
  const { site } = input
  const holdings = survey.holdings
  return {
    id: deleteTaskId(site, name),
    title: `Delete ${name}`,
    because: owns.length === 0 ? because : `${because}; with ${owns.join(', ')}`,
    lane: `cloud:${site}`,
    after,
    async look() {
      const people = await survey.people.read()
      const left = [
        ...people.users.filter((one) => users.some(({ id }) => id === one.id)),
        ...people.projects.filter((one) => one.id === project?.id),
      ]
      return left.length === 0
        ? { done: true, seen: 'gone' }
        : { done: false, seen: `there: ${left.map((one) => one.name).join(', ')}` }
    },
    async act(progress) {
      const cloud = await deps.cloud()
      try {
        const seen = (await survey.people.read()).users
        const open = users.filter(({ id }) => seen.some((one) => one.id === id && one.enabled))
        await Promise.all(open.map(({ id }) => lockOut(cloud, survey, id)))
        if (project !== null) await emptyProject(cloud, deps.clock, holdings, project.id, progress)
        for (const user of users) {
          progress.line(`account ${user.name}`)
          const pairs = await cloud.compute.keypairs(user.id)
          await Promise.all(pairs.map((pair) => unlessGone(cloud.compute.deleteKeypair(user.id, pair.name))))
          await unlessGone(cloud.identity.deleteUser(user.id))
          // It holds the private key of who has moved to another cloud: that one's, by now.
          if (!moved.includes(user.name))
            await rm(handoutDir(input, user.name), { recursive: true, force: true })
        }
        if (project !== null) await unlessGone(cloud.identity.deleteProject(project.id))
        await survey.leave(
          project?.id ?? null,
          users.map(({ id }) => id),
        )
      } catch (error) {
        survey.people.forget()
        survey.servers.forget()
        throw error
      }
    },
  }
}

/**
 * Deletes everything in a project but the project itself. Can be cut and begun again. Throws Trouble `still-there` for
 * what does not go, and those of the cloud.
 */
export async function emptyProject(
  cloud: Cloud,
  clock: Clock,
  holdings: HoldingsReader,
  projectId: string,
  progress: Pick<Progress, 'line' | 'signal'>,
): Promise<void> {
  const { compute, network } = cloud
  const step = async <T>(what: string, all: readonly T[], drop: (one: T) => Promise<unknown>) => {
    progress.signal.throwIfAborted()
    if (all.length > 0) progress.line(`${what}: ${all.length}`)
    await Promise.all(all.map((one) => unlessGone(drop(one))))
  }
  const untilNone = (what: string, list: () => Promise<readonly unknown[]>) =>
    settled(clock, progress, what, list)

  const servers = await compute.serversOf(projectId)
  await step('instances', servers, ({ id }) => compute.deleteServer(id))
  if (servers.length > 0) await untilNone('instances', () => compute.serversOf(projectId))
  await emptyVolumes(cloud, step, untilNone, projectId)

  // After the instances: their ports went with them.
  const all = await holdings.of(projectId)
  await step('floating addresses', all.floatingIps, ({ id }) => network.delete('floatingips', id))
  await step('router interfaces', all.plugs, ({ router, subnet }) =>
    network.removeRouterInterface(router, subnet),
  )
  await step('routers', all.routers, ({ id }) => network.delete('routers', id))
  const loose = all.ports.filter(({ device_owner: owner }) => !owner.startsWith('network:'))
  await step('ports', loose, ({ id }) => network.delete('ports', id))
  // Neutron deletes the subnets of a network with it.
  await step('networks', all.networks, ({ id }) => network.delete('networks', id))
  await step('subnet pools', all.pools, ({ id }) => network.delete('subnetpools', id))
  await step('uses of networks', all.shares, ({ id }) => network.delete('rbac-policies', id))
  const own = all.groups.filter(({ name }) => name !== 'default')
  // A rule may name another group: those fall with the group that they are in.
  await step('security groups', own, ({ id }) => network.delete('security-groups', id))
  await step(
    'default groups',
    all.groups.filter((one) => !own.includes(one)),
    ({ id }) => network.delete('security-groups', id),
  )

  await step('images and snapshots', all.images, ({ id }) => cloud.image.delete(id))
  await step('server groups', all.serverGroups, ({ id }) => compute.deleteServerGroup(id))
  await Promise.all([
    unlessGone(compute.deleteQuota(projectId)),
    unlessGone(network.deleteQuota(projectId)),
    cloud.volume === null ? undefined : unlessGone(cloud.volume.deleteQuota(projectId)),
  ])
}

async function emptyVolumes(
  { volume }: Cloud,
  step: <T>(what: string, all: readonly T[], drop: (one: T) => Promise<unknown>) => Promise<void>,
  untilNone: (what: string, list: () => Promise<readonly unknown[]>) => Promise<void>,
  projectId: string,
): Promise<void> {
  if (volume === null) return
  const snapshots = await volume.snapshots(projectId)
  await step('volume snapshots', snapshots, ({ id }) => volume.delete('snapshots', id))
  if (snapshots.length > 0) await untilNone('volume snapshots', () => volume.snapshots(projectId))
  const volumes = await volume.volumes(projectId)
  await step('volumes', volumes, ({ id }) => volume.delete('volumes', id))
  if (volumes.length > 0) await untilNone('volumes', () => volume.volumes(projectId))
}

async function settled(
  clock: Clock,
  { signal }: Pick<Progress, 'signal'>,
  what: string,
  list: () => Promise<readonly unknown[]>,
): Promise<void> {
  const begun = clock.now()
  for (;;) {
    const { length } = await list()
    if (length === 0) return
    if (clock.now() - begun > goneWithinMilliseconds) throw new Trouble(stillThere(what, length))
    await clock.wait(pollMilliseconds, signal)
  }
}

function stillThere(what: string, count: number): Fault {
  return {
    code: 'still-there',
    title: `${count} ${what} do not go`,
    why: `they were told to ${goneWithinMilliseconds / 60_000} minutes ago, and the cloud still lists them`,
    fix: 'see what the service logs, then run the same command again; it goes on from there',
  }
}

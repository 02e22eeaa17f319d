// Decides in which order what a project owns is deleted: what leans on something goes before it. Keystone and Neutron keep
// networks, default groups, quotas and key pairs of a project that is deleted without them.
// Leaves whose project it is, and consent, to leaving and the command.
import { rm } from 'node:fs/promises'
import { type Fault, Trouble } from '../core/fault.ts'
import type { Progress, Task } from '../core/task.ts'
import type { Clock } from '../cloud/clock.ts'
import { CallFailure } from '../cloud/failure.ts'
import type { Cloud } from '../cloud/open.ts'
import { handoutDir } from './handout-files.ts'
import type { ClassroomDeps, ClassroomInput } from './input.ts'
import type { Leaver } from './leaving.ts'
import type { Survey } from './survey.ts'

/** An instance on a busy hypervisor was gone in 2 to 20 s. */
const goneWithinMilliseconds = 300_000
const pollMilliseconds = 1_000

export const deleteTaskId = (site: string, name: string) => `${site}/delete/${name}`

export function deleteTask(
  input: ClassroomInput,
  deps: Pick<ClassroomDeps, 'cloud' | 'clock'>,
  survey: Survey,
  { name, project, users, because, owns, moved }: Leaver,
): Task {
  const { site } = input
  return {
    id: deleteTaskId(site, name),
    title: `Delete ${name}`,
    because: owns.length === 0 ? because : `${because}; with ${owns.join(', ')}`,
    lane: `cloud:${site}`,
    after: [],
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
        // Nobody may make anything new while the old is deleted.
        for (const { id } of users) await gone(cloud.identity.updateUser(id, { enabled: false }))
        if (project !== null) await emptyProject(cloud, deps.clock, project.id, progress)
        for (const user of users) {
          progress.line(`account ${user.name}`)
          const pairs = await cloud.compute.keypairs(user.id)
          await Promise.all(pairs.map((pair) => gone(cloud.compute.deleteKeypair(user.id, pair.name))))
          await gone(cloud.identity.deleteUser(user.id))
          // It holds the private key of who has moved to another cloud: that one's, by now.
          if (!moved.includes(user.name))
            await rm(handoutDir(input, user.name), { recursive: true, force: true })
        }
        if (project !== null) await gone(cloud.identity.deleteProject(project.id))
      } finally {
        survey.people.forget()
        survey.servers.forget()
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
  projectId: string,
  progress: Pick<Progress, 'line' | 'signal'>,
): Promise<void> {
  const { compute, network } = cloud
  const step = async <T>(what: string, all: readonly T[], drop: (one: T) => Promise<unknown>) => {
    progress.signal.throwIfAborted()
    if (all.length > 0) progress.line(`${what}: ${all.length}`)
    await Promise.all(all.map((one) => gone(drop(one))))
  }
  const untilNone = (what: string, list: () => Promise<readonly unknown[]>) =>
    settled(clock, progress, what, list)

  await step('instances', await compute.serversOf(projectId), ({ id }) => compute.deleteServer(id))
  await untilNone('instances', () => compute.serversOf(projectId))
  await emptyVolumes(cloud, step, untilNone, projectId)
  await step('floating addresses', await network.floatingIps(projectId), ({ id }) =>
    network.delete('floatingips', id),
  )

  const [routers, networks, ports] = await Promise.all([
    network.of('routers', projectId),
    network.of('networks', projectId),
    network.of('ports', projectId),
  ])
  // The group's router, which is not the project's, may be plugged into a network of the project.
  const plugs = [
    ...(await Promise.all(routers.map(({ id }) => network.ports({ device_id: id })))).flat(),
    ...(await Promise.all(networks.map(({ id }) => network.ports({ network_id: id })))).flat(),
  ].filter(({ device_owner: owner }) => owner.startsWith('network:router_interface'))
  const pairs = plugs.flatMap(({ device_id: router, fixed_ips: ips }) =>
    ips.map((ip) => ({ router, subnet: ip.subnet_id })),
  )
  const once = [...new Map(pairs.map((one) => [`${one.router} ${one.subnet}`, one])).values()]
  await step('router interfaces', once, ({ router, subnet }) => network.removeRouterInterface(router, subnet))
  await step('routers', routers, ({ id }) => network.delete('routers', id))
  const loose = ports.filter(({ device_owner: owner }) => !owner.startsWith('network:'))
  await step('ports', loose, ({ id }) => network.delete('ports', id))
  // Neutron deletes the subnets of a network with it.
  await step('networks', networks, ({ id }) => network.delete('networks', id))
  await step('subnet pools', await network.of('subnetpools', projectId), ({ id }) =>
    network.delete('subnetpools', id),
  )

  const shares = (await network.rbacPolicies()).filter(
    (one) => one.target_tenant === projectId || one.project_id === projectId,
  )
  await step('uses of networks', shares, ({ id }) => network.delete('rbac-policies', id))
  const groups = await network.securityGroups({ project_id: projectId })
  const own = groups.filter(({ name }) => name !== 'default')
  // A rule may name another group: those fall with the group that they are in.
  await step('security groups', own, ({ id }) => network.delete('security-groups', id))
  await step(
    'default groups',
    groups.filter((one) => !own.includes(one)),
    ({ id }) => network.delete('security-groups', id),
  )

  const images = (await cloud.image.images()).filter((one) => one['owner'] === projectId)
  await step('images and snapshots', images, ({ id }) => cloud.image.delete(id))
  await step('server groups', await compute.serverGroupsOf(projectId), ({ id }) =>
    compute.deleteServerGroup(id),
  )
  await gone(compute.deleteQuota(projectId))
  await gone(network.deleteQuota(projectId))
  if (cloud.volume !== null) await gone(cloud.volume.deleteQuota(projectId))
}

async function emptyVolumes(
  { volume }: Cloud,
  step: <T>(what: string, all: readonly T[], drop: (one: T) => Promise<unknown>) => Promise<void>,
  untilNone: (what: string, list: () => Promise<readonly unknown[]>) => Promise<void>,
  projectId: string,
): Promise<void> {
  if (volume === null) return
  await step('volume snapshots', await volume.snapshots(projectId), ({ id }) =>
    volume.delete('snapshots', id),
  )
  await untilNone('volume snapshots', () => volume.snapshots(projectId))
  await step('volumes', await volume.volumes(projectId), ({ id }) => volume.delete('volumes', id))
  await untilNone('volumes', () => volume.volumes(projectId))
}

/** What is gone already needs no deleting. */
async function gone(deleting: Promise<unknown>): Promise<void> {
  try {
    await deleting
  } catch (error) {
    if (!(error instanceof CallFailure) || error.status !== 404) throw error
  }
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

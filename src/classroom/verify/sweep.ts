// Decides what a verification leaves: nothing. Finds everything that carries its mark, of this run or of one that was killed.
// Leaves making it to decoy, sample and the walls.
import type { Clock } from '../../cloud/clock.ts'
import { computeHeaders, type Server } from '../../cloud/compute.ts'
import type { Cloud } from '../../cloud/open.ts'
import type { ServiceCall } from '../../cloud/session.ts'
import type { Volume } from '../../cloud/volume.ts'
import { isMarked } from '../mark.ts'
import { decoyName, sampleKeypair, throughName, verifyMark } from './mark.ts'

const goneWithinMilliseconds = 90_000
const pollMilliseconds = 500

export type Swept = {
  /** For people: `instance verify-g1`. */
  removed: string[]
  /** What could not be removed, in the words of the service. */
  left: string[]
}

/**
 * Removes what carries the mark of the course's verification, and what lies in its projects, in the order in which
 * things lean on each other. `carriers`: ids of users who may have a sample's key pair. Throws Trouble when the cloud does
 * not answer.
 */
export async function sweep(
  cloud: Cloud,
  course: string,
  clock: Clock,
  carriers: Iterable<string> = [],
): Promise<Swept> {
  const swept: Swept = { removed: [], left: [] }
  const remove = async (what: string, call: ServiceCall) => {
    const { status, said } = await cloud.attempt(call)
    if (status < 300) swept.removed.push(what)
    else if (status !== 404) swept.left.push(`${what}: ${said}`)
  }
  const found = await find(cloud, course)
  const { projects, users } = found

  await Promise.all(
    found.servers.map((one) => remove(`instance ${one.name}`, del('compute', `/servers/${one.id}`))),
  )
  const still = await goneServers(
    cloud,
    clock,
    found.servers.map(({ id }) => id),
  )
  swept.left.push(...still.map(({ name, status }) => `instance ${name}: still ${status}`))
  const pairs = [
    ...users.flatMap(({ id }) =>
      [decoyName(course), throughName(course)].map((name) => ({ user: id, name })),
    ),
    ...[...new Set([...carriers, ...found.servers.map((one) => one.user_id)])].map((user) => ({
      user,
      name: sampleKeypair,
    })),
  ]
  await Promise.all(
    pairs.map(({ user, name }) =>
      remove(`key pair ${name}`, del('compute', `/os-keypairs/${name}`, { user_id: user })),
    ),
  )
  const all = <T>(things: readonly T[], act: (thing: T) => Promise<unknown>) => Promise.all(things.map(act))
  const each = (kind: string, things: readonly { id: string; name: string }[], path = kind) =>
    all(things, (one) => remove(`${kind} ${one.name || one.id}`, del('network', `/${path}s/${one.id}`)))
  const networks = async () => {
    const plugs = found.interfaces.flatMap(({ device_id: router, fixed_ips: ips }) =>
      ips.map(({ subnet_id: subnet }) => ({ router, subnet })),
    )
    await all(plugs, ({ router, subnet }) => cloud.attempt(unplug(router, subnet)))
    await Promise.all([each('router', found.routers), each('port', found.ports)])
    await Promise.all([
      each('network', found.networks),
      each('security group', found.groups, 'security-group'),
    ])
  }
  const volumes = async () => {
    await all(found.volumes, ({ id, name }) => remove(`volume ${name ?? ''}`, forceDelete(id)))
    if (found.volumes.length === 0) return
    const left = await goneVolumes(cloud, clock, verifyMark(course))
    swept.left.push(...left.map(({ name, status }) => `volume ${name ?? ''}: still ${status}`))
  }
  await Promise.all([
    networks(),
    volumes(),
    all(found.images, (one) => remove(`image ${one.name ?? ''}`, del('image', `/images/${one.id}`))),
    all(found.flavors, (one) => remove(`flavor ${one.name}`, del('compute', `/flavors/${one.id}`))),
    all(projects, ({ id }) => cloud.attempt(del('compute', `/os-quota-sets/${id}`))),
    all(projects, ({ id }) => cloud.attempt(del('network', `/quotas/${id}`))),
  ])
  if (cloud.volume !== null)
    await all(projects, ({ id }) => cloud.attempt(del('volume', `/os-quota-sets/${id}`)))
  for (const one of users) await remove(`user ${one.name}`, del('identity', `/users/${one.id}`))
  for (const one of projects) await remove(`project ${one.name}`, del('identity', `/projects/${one.id}`))
  for (const one of found.roles) await remove(`role ${one.name}`, del('identity', `/roles/${one.id}`))
  return swept
}

async function find(cloud: Cloud, course: string) {
  const mark = verifyMark(course)
  const [projects, users, roles, servers, flavors, images] = await Promise.all([
    cloud.identity.projects(),
    cloud.identity.users(),
    cloud.identity.roles(),
    cloud.compute.servers('all'),
    cloud.compute.flavors(),
    cloud.image.images(),
  ])
  const [networks, routers, ports, groups] = await Promise.all([
    cloud.network.networks(),
    cloud.network.routers(),
    cloud.network.ports({}),
    cloud.network.securityGroups({}),
  ])
  const ours = projects.filter((one) => isMarked(mark, one))
  const ids = new Set(ours.map(({ id }) => id))
  const volumes = await volumesOf(cloud, mark)
  const isOurs = (one: { project_id: string; description?: string | null | undefined; tags?: string[] }) =>
    ids.has(one.project_id) || isMarked(mark, one)
  const ownRouters = routers.filter(isOurs)
  const own = new Set(ownRouters.map(({ id }) => id))
  const isPlug = (owner: string) => owner.startsWith('network:')
  return {
    projects: ours,
    users: users.filter((one) => isMarked(mark, one)),
    // Roles had no description for long: the name says whose it is.
    roles: roles.filter(({ name }) => name === throughName(course)),
    servers: servers.filter((one) => ids.has(one.tenant_id) || isMarked(mark, one)),
    flavors: flavors.filter((one) => isMarked(mark, one)),
    volumes,
    images: images.filter((one) => isMarked(mark, { tags: one.tags })),
    networks: networks.filter(isOurs),
    routers: ownRouters,
    interfaces: ports.filter((one) => own.has(one.device_id) && isPlug(one.device_owner)),
    ports: ports.filter((one) => isOurs(one) && !isPlug(one.device_owner) && one.device_owner === ''),
    groups: groups.filter(isOurs),
  }
}

/** By its mark: the project may be gone, where a wall was broken. */
const volumesOf = async ({ volume }: Cloud, mark: string): Promise<Volume[]> =>
  volume === null ? [] : (await volume.all()).filter(({ description }) => isMarked(mark, { description }))

/** Waits until none of them is there; gives those that stay. */
async function goneVolumes(cloud: Cloud, clock: Clock, mark: string): Promise<Volume[]> {
  const begun = clock.now()
  for (;;) {
    const still = await volumesOf(cloud, mark)
    if (still.length === 0 || clock.now() - begun > goneWithinMilliseconds) return still
    await clock.wait(pollMilliseconds)
  }
}

/** Waits until none of them is there; gives those that stay. */
export async function goneServers(cloud: Cloud, clock: Clock, ids: readonly string[]): Promise<Server[]> {
  const begun = clock.now()
  for (;;) {
    if (ids.length === 0) return []
    const still = (await cloud.compute.servers('all')).filter(({ id }) => ids.includes(id))
    if (still.length === 0 || clock.now() - begun > goneWithinMilliseconds) return still
    await clock.wait(pollMilliseconds)
  }
}

/** In whatever state it is; only administrators may. */
const forceDelete = (id: string): ServiceCall => ({
  service: 'volume',
  what: `delete volume ${id}`,
  method: 'POST',
  path: `/volumes/${id}/action`,
  json: { 'os-force_delete': {} },
})

const unplug = (router: string, subnet: string): ServiceCall => ({
  service: 'network',
  what: `unplug router ${router}`,
  method: 'PUT',
  path: `/routers/${router}/remove_router_interface`,
  json: { subnet_id: subnet },
})

const del = (service: ServiceCall['service'], path: string, query?: Record<string, string>): ServiceCall => ({
  service,
  what: `delete ${path}`,
  method: 'DELETE',
  path,
  ...(query === undefined ? {} : { query }),
  ...(service === 'compute' ? { headers: computeHeaders } : {}),
})

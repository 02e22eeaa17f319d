// Decides what is a student's own in a project, beside what the course gave: that goes when the session starts anew.
// Leaves taking it away to clear.
import { estateKinds, type EstateKind, type Owned } from '../../cloud/estate.ts'
import type { Image } from '../../cloud/image.ts'
import type { Server } from '../../cloud/compute.ts'
import type { Snapshot, Volume } from '../../cloud/volume.ts'
import { isMarked } from '../mark.ts'
import { ownName } from '../own-parts.ts'
import type { Seat } from '../seats.ts'
import { Held } from '../survey.ts'
import type { Roll } from './roll.ts'
import { isStarter, isStarterName } from './tags.ts'

/** What everybody owns on one cloud, read once; after a change that of one project is read again. */
export class Estate {
  readonly roll: Roll
  readonly images: Held<Image[]>
  readonly #things: Map<EstateKind, Held<Owned[]>>

  constructor(roll: Roll) {
    this.roll = roll
    this.images = new Held(async () => (await roll.cloud()).image.images())
    this.#things = new Map(
      estateKinds.map((kind) => [kind, new Held(async () => (await roll.cloud()).estate.owned(kind))]),
    )
  }

  /** Of all projects. */
  async all(kind: EstateKind): Promise<Owned[]> {
    return (await this.#things.get(kind)?.read()) ?? []
  }
  async of(kind: EstateKind, projectId: string): Promise<Owned[]> {
    return (await this.all(kind)).filter((one) => one.project_id === projectId)
  }

  async refresh(projectId: string): Promise<void> {
    const { estate } = await this.roll.cloud()
    for (const kind of estateKinds) {
      const [held, now] = [await this.all(kind), await estate.owned(kind, projectId)]
      // Nothing may be awaited between reading what is held and replacing it: other seats are refreshed as well.
      const others = held.filter((one) => one.project_id !== projectId)
      held.splice(0, held.length, ...others, ...now)
    }
  }
}

/** What goes, by kind, in the order in which it can: each leans only on what comes after it. */
export type Doomed = {
  servers: Server[]
  /** Of volumes. */
  snapshots: Snapshot[]
  volumes: Volume[]
  images: Image[]
  floatingips: Owned[]
  ports: Owned[]
  /** Interfaces: the router stays or not, the network behind does not, or the other way round. */
  plugs: Owned[]
  routers: Owned[]
  networks: Owned[]
  groups: Owned[]
  /** Rules of the default group that neither Neutron nor bateau put there. */
  rules: Owned['security_group_rules']
}

const plugOwners = ['network:router_interface', 'network:ha_router_replicated_interface']

export async function doomed(estate: Estate, seat: Seat): Promise<Doomed> {
  const { roll } = estate
  const { course } = roll.input
  const project = await roll.enrolled(seat)
  // A student can put the mark on anything in the project: bateau makes these there, by these names, and nothing else.
  const own = async (kind: EstateKind) =>
    (await estate.of(kind, project.id)).filter(
      (one) => !(one.name === ownName(seat.name) && isMarked(course, one)),
    )
  const servers = (await roll.serversOf(seat)).filter((one) => !isGiven(course, one))
  const images = (await estate.images.read()).filter((one) => one['owner'] === project.id)
  const [floatingips, routers, networks] = [
    await estate.of('floatingips', project.id),
    await own('routers'),
    await own('networks'),
  ]
  const goes = (all: readonly { id: string }[], id: string | null | undefined) =>
    all.some((one) => one.id === id)
  const plugs = (await estate.all('ports')).filter(
    (one) =>
      plugOwners.includes(one.device_owner ?? '') &&
      (goes(routers, one.device_id) || goes(networks, one.network_id)),
  )
  // Ports of instances go with them; those of a starter on a network that goes are unplugged from it.
  const ports = (await estate.all('ports')).filter((one) => {
    const owner = one.device_owner ?? ''
    if (owner === '') return one.project_id === project.id
    return owner.startsWith('compute:') && goes(networks, one.network_id) && !goes(servers, one.device_id)
  })
  const all = await estate.of('security-groups', project.id)
  const groups = all.filter((one) => one.name !== 'default')
  const rules = all.filter((one) => one.name === 'default').flatMap((one) => strange(course, one))
  const { volume } = await roll.cloud()
  const [snapshots, volumes] = volume
    ? await Promise.all([volume.snapshots(project.id), volume.volumes(project.id)])
    : [[], []]
  return { servers, snapshots, volumes, images, floatingips, ports, plugs, routers, networks, groups, rules }
}

/** A starter, or an instance of the proof. */
const isGiven = (course: string, server: Server): boolean =>
  (isStarter(course, server) && isStarterName(server.name)) ||
  (server.name.startsWith('proof-') && isMarked(course, { tags: server.tags }))

/** Neutron's own rules let everything out, and the group's members in. */
function strange(course: string, group: Owned): Owned['security_group_rules'] {
  const isAll = (one: Owned['security_group_rules'][number]) => !one.protocol && !one.remote_ip_prefix
  return group.security_group_rules.filter((one) => {
    if (isMarked(course, { description: one.description })) return false
    if (one.direction === 'egress') return !(isAll(one) && !one.remote_group_id)
    return !(isAll(one) && one.remote_group_id === group.id)
  })
}

/** Starter instances that stay and get a new disk. */
export async function startersOf(roll: Roll, seat: Seat): Promise<Server[]> {
  return (await roll.serversOf(seat)).filter((one) => isStarter(roll.input.course, one))
}

export function isEmpty(all: Doomed): boolean {
  return Object.values(all).every((one) => one.length === 0)
}

/** "2 instances, 1 router": empty where nothing goes. */
export function doomedText(all: Doomed): string {
  const words: Record<keyof Doomed, readonly [string, string]> = {
    servers: ['instance', 'instances'],
    snapshots: ['volume snapshot', 'volume snapshots'],
    volumes: ['volume', 'volumes'],
    images: ['image', 'images'],
    floatingips: ['floating address', 'floating addresses'],
    ports: ['port', 'ports'],
    plugs: ['router interface', 'router interfaces'],
    routers: ['router', 'routers'],
    networks: ['network', 'networks'],
    groups: ['security group', 'security groups'],
    rules: ['rule of the default group', 'rules of the default group'],
  }
  return (Object.keys(words) as (keyof Doomed)[])
    .filter((kind) => all[kind].length > 0)
    .map((kind) => `${all[kind].length} ${words[kind][all[kind].length === 1 ? 0 : 1]}`)
    .join(', ')
}

// Decides how what projects own is read before they are deleted: that of several in the same lists. One list a project and
// kind would be most of the calls of a removal.
// Leaves the order in which it goes to removal.
import type { Image } from '../cloud/image.ts'
import type {
  FloatingIp,
  Network,
  Port,
  RbacPolicy,
  Router,
  SecurityGroup,
  SubnetPool,
} from '../cloud/network.ts'
import type { Cloud } from '../cloud/open.ts'

/** Of one project; instances and volumes are not among it: those are asked for until none is left. */
export type Holdings = {
  floatingIps: FloatingIp[]
  routers: Router[]
  networks: Network[]
  ports: Port[]
  pools: SubnetPool[]
  /** Once each: subnets of the project's networks in whichever router, and those of others in the project's routers. */
  plugs: { router: string; subnet: string }[]
  /** Uses of others' networks that it was given, and uses of its own that it gave. */
  shares: RbacPolicy[]
  groups: SecurityGroup[]
  images: Image[]
  serverGroups: { id: string }[]
}

/** Ids in one list: each takes 45 characters of an address, of which servers bear 4 to 8 thousand. */
const most = 40

export class HoldingsReader {
  readonly #cloud: () => Promise<Cloud>
  readonly #expected = new Set<string>()
  readonly #read = new Map<string, Promise<Holdings>>()

  constructor(cloud: () => Promise<Cloud>) {
    this.#cloud = cloud
  }

  /** It will be asked for, and nobody who is in the project can change anything there any more: it may be read before. */
  expect(projectId: string): void {
    this.#expected.add(projectId)
  }

  /** Once: asked again, it is read again. Throws those of the cloud. */
  async of(projectId: string): Promise<Holdings> {
    const reading = this.#read.get(projectId) ?? this.#begin(projectId)
    this.#read.delete(projectId)
    return reading
  }

  #begin(first: string): Promise<Holdings> {
    const ids = [...new Set([first, ...this.#expected])].slice(0, most)
    const all = this.#cloud().then((cloud) => read(cloud, ids))
    for (const [i, id] of ids.entries()) {
      this.#expected.delete(id)
      const one = all.then((found) => found[i] as Holdings)
      // Whoever asks for it is told.
      one.catch(() => undefined)
      this.#read.set(id, one)
    }
    return this.#read.get(first) as Promise<Holdings>
  }
}

async function read({ network, image, compute }: Cloud, ids: readonly string[]): Promise<Holdings[]> {
  const lists = Promise.all([
    network.floatingIps(ids),
    network.of('routers', ids),
    network.of('networks', ids),
    network.of('ports', ids),
    network.of('subnetpools', ids),
    network.rbacPolicies({ target_tenant: ids }),
    network.rbacPolicies({ project_id: ids }),
    network.securityGroups({ project_id: ids }),
    image.images(),
    compute.serverGroups(),
  ])
  const [floatingIps, routers, networks, ports, pools, given, gave, groups, images, serverGroups] =
    await lists
  // The group's router, which is not the project's, may be plugged into a network of the project.
  const interfaces = [
    ...(await inParts(routers, (some) => network.ports({ device_id: some }))),
    ...(await inParts(networks, (some) => network.ports({ network_id: some }))),
  ].filter(({ device_owner: owner }) => owner.startsWith('network:router_interface'))
  return ids.map((id) => {
    const of = <T extends { project_id?: string | undefined }>(all: readonly T[]) =>
      all.filter((one) => one.project_id === id)
    const mine = new Set([...of(routers), ...of(networks)].map((one) => one.id))
    const plugs = interfaces
      .filter((one) => mine.has(one.device_id) || mine.has(one.network_id))
      .flatMap(({ device_id: router, fixed_ips: ips }) => ips.map((ip) => ({ router, subnet: ip.subnet_id })))
    return {
      floatingIps: of(floatingIps),
      routers: of(routers),
      networks: of(networks),
      ports: of(ports),
      pools: of(pools),
      plugs: [...new Map(plugs.map((one) => [`${one.router} ${one.subnet}`, one])).values()],
      shares: [...given.filter((one) => one.target_tenant === id), ...of(gave)],
      groups: of(groups),
      images: images.filter((one) => one['owner'] === id),
      serverGroups: of(serverGroups),
    }
  })
}

/** One list for `most` of them: a student may own many. */
async function inParts<T>(
  all: readonly { id: string }[],
  list: (ids: readonly string[]) => Promise<T[]>,
): Promise<T[]> {
  const ids = all.map(({ id }) => id)
  const parts = Array.from({ length: Math.ceil(ids.length / most) }, (_, i) =>
    ids.slice(i * most, (i + 1) * most),
  )
  return (await Promise.all(parts.map(list))).flat()
}

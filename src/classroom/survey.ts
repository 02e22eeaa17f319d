// Decides how the actual state of a cloud is read: once for a run, in a few lists, and kept true by those who write.
// Leaves comparing it with the desired state to the tasks.
import { Trouble } from '../core/fault.ts'
import type { ComputeQuota, Flavor, Keypair, Server } from '../cloud/compute.ts'
import type { ApplicationCredential, Assignment, Project, User } from '../cloud/identity.ts'
import type { Image } from '../cloud/image.ts'
import type {
  Network,
  NetworkQuota,
  Port,
  RbacPolicy,
  Router,
  SecurityGroup,
  Subnet,
  SubnetPool,
} from '../cloud/network.ts'
import type { Cloud } from '../cloud/open.ts'
import type { VolumeQuota } from '../cloud/volume.ts'
import { courseKey } from './day/snapshot-mark.ts'
import { HoldingsReader } from './holdings.ts'
import { isMarked, isOfAnotherCourse } from './mark.ts'

/** Arrays are written through: who makes something adds what the cloud answered. */
export type Base = {
  networks: Network[]
  subnets: Subnet[]
  pools: SubnetPool[]
  routers: Router[]
  /** Ports by which routers are in subnets. */
  interfaces: Port[]
  flavors: Flavor[]
  images: Image[]
}

export type People = {
  domainId: string
  memberRoleId: string
  projects: Project[]
  users: User[]
  assignments: Assignment[]
  /** Security groups named `default`. */
  defaultGroups: SecurityGroup[]
  shares: RbacPolicy[]
  networkQuotas: NetworkQuota[]
  /** Of all projects, students' own beside bateau's. */
  networks: Network[]
  subnets: Subnet[]
  routers: Router[]
  interfaces: Port[]
  /** Ids of projects and users that this run made: nothing is set for them but what it has set. */
  fresh: Set<string>
  /** By project id. Nova and Cinder list no quotas: read one by one, where the seal of a seat does not vouch for them. */
  computeQuotas: OneByOne<ComputeQuota>
  volumeQuotas: OneByOne<VolumeQuota>
  /** By user id; as with quotas. */
  keypairs: OneByOne<Keypair[]>
  credentials: OneByOne<ApplicationCredential[]>
}

type Networks = { networks: Network[]; subnets: Subnet[]; routers: Router[]; interfaces: Port[] }

/** One run's view of one cloud. */
export class Survey {
  readonly #open: () => Promise<Cloud>
  readonly #course: string
  readonly base: Held<Base>
  readonly people: Held<People>
  readonly servers: Held<Server[]>
  /** Read once for both of those above. */
  readonly #networks: Held<Networks>
  /** Takes no seal for granted: quotas, key pairs and credentials are read of each seat (docs/decisions/010). */
  deep = false
  /** What projects own, as it is when it is asked for. */
  readonly holdings: HoldingsReader
  /** Prefixes that this run has begun to give away. */
  readonly given = new Set<string>()

  constructor(course: string, open: () => Promise<Cloud>) {
    this.#open = open
    this.#course = course
    this.holdings = new HoldingsReader(open)
    this.#networks = new Held(() => this.#readNetworks())
    this.base = new Held(() => this.#readBase(), this.#networks)
    this.people = new Held(() => this.#readPeople(), this.#networks)
    this.servers = new Held(async () => (await this.#open()).compute.servers('all'))
  }

  /** Everything is read anew. */
  forget(): void {
    for (const held of [this.base, this.people, this.servers]) held.forget()
  }

  /** They and all they owned were deleted: what is held stays true without reading every list again for each who leaves. */
  async leave(project: string | null, users: readonly string[]): Promise<void> {
    const [people, servers] = [await this.people.read(), await this.servers.read()]
    const notTheirs = (one: { project_id: string }) => one.project_id !== project
    const networks = new Set(people.networks.filter((one) => !notTheirs(one)).map(({ id }) => id))
    const notThere = (one: { network_id: string }) => !networks.has(one.network_id)
    keep(people.users, ({ id }) => !users.includes(id))
    keep(people.projects, ({ id }) => id !== project)
    keep(
      people.assignments,
      ({ user, scope }) => !users.includes(user?.id ?? '') && (scope.project?.id ?? '') !== project,
    )
    keep(people.shares, (one) => one.target_tenant !== project)
    for (const all of [people.networkQuotas, people.defaultGroups, people.networks, people.routers])
      keep<{ project_id: string }>(all, notTheirs)
    for (const all of [people.subnets, people.interfaces]) keep<{ network_id: string }>(all, notThere)
    keep(servers, (one) => one.tenant_id !== project)
  }

  cloud(): Promise<Cloud> {
    return this.#open()
  }

  async #readNetworks(): Promise<Networks> {
    const { network } = await this.#open()
    const [networks, subnets, routers, interfaces] = await Promise.all([
      network.networks(),
      network.subnets(),
      network.routers(),
      network.ports({ device_owner: 'network:router_interface' }),
    ])
    return { networks, subnets, routers, interfaces }
  }

  /**
   * Only what the administrator's own project holds is for everybody; students' networks of the same name are theirs, and
   * those of another course in the same cloud are that course's.
   */
  async #readBase(): Promise<Base> {
    const cloud = await this.#open()
    const own = <T extends { name: string; project_id: string }>(all: T[]) =>
      all.filter((one) => one.project_id === cloud.projectId && !isOfAnotherCourse(this.#course, one))
    const [{ networks, subnets, routers, interfaces }, pools, flavors, images] = await Promise.all([
      this.#networks.read(),
      cloud.network.subnetPools(),
      cloud.compute.flavors(),
      cloud.image.images(),
    ])
    return {
      networks: own(networks),
      subnets: own(subnets),
      pools: own(pools),
      routers: own(routers),
      interfaces: [...interfaces],
      flavors,
      // Students may upload images of any name, mark and property.
      images: images.filter(
        (one) =>
          typeof one['owner'] !== 'string' ||
          one['owner'] === cloud.projectId ||
          !(isMarked(this.#course, { tags: one.tags }) || one[courseKey] === this.#course),
      ),
    }
  }

  async #readPeople(): Promise<People> {
    const cloud = await this.#open()
    const [domains, projects, users, roles, assignments, defaultGroups, shares, networkQuotas, lists] =
      await Promise.all([
        cloud.identity.domains(),
        cloud.identity.projects(),
        cloud.identity.users(),
        cloud.identity.roles(),
        cloud.identity.assignments(),
        cloud.network.securityGroups({ name: 'default' }),
        cloud.network.rbacPolicies(),
        cloud.network.quotas(),
        this.#networks.read(),
      ])
    const domainId = idOf(domains, 'Default')
    const fresh = new Set<string>()
    return {
      domainId,
      memberRoleId: idOf(roles, 'member'),
      projects: projects.filter((one) => one.domain_id === domainId),
      users: users.filter((one) => one.domain_id === domainId),
      assignments,
      defaultGroups,
      shares,
      networkQuotas,
      networks: [...lists.networks],
      subnets: [...lists.subnets],
      routers: [...lists.routers],
      interfaces: [...lists.interfaces],
      fresh,
      computeQuotas: new OneByOne(fresh, (id) => cloud.compute.quota(id)),
      volumeQuotas: new OneByOne(fresh, async (id) => cloud.volume?.quota(id)),
      keypairs: new OneByOne(fresh, (id) => cloud.compute.keypairs(id)),
      credentials: new OneByOne(fresh, (id) => cloud.identity.applicationCredentials(id)),
    }
  }
}

/** In place: others hold the same list. */
function keep<T>(all: T[], stays: (one: T) => boolean): void {
  all.splice(0, all.length, ...all.filter(stays))
}

/** Something that has to be read for each project or user alone, kept once it was. */
export class OneByOne<T> {
  readonly #held = new Map<string, Promise<T | undefined>>()
  readonly #fresh: ReadonlySet<string>
  readonly #read: (id: string) => Promise<T | undefined>

  constructor(fresh: ReadonlySet<string>, read: (id: string) => Promise<T | undefined>) {
    this.#fresh = fresh
    this.#read = read
  }

  /** Undefined for what is not there, and for one that this run made and has set nothing for. */
  async get(id: string | undefined): Promise<T | undefined> {
    if (id === undefined) return undefined
    const held = this.#held.get(id)
    if (held !== undefined || this.#fresh.has(id)) return held
    const reading = this.#read(id)
    this.#held.set(id, reading)
    return reading.catch((error: unknown) => {
      this.#held.delete(id)
      throw error
    })
  }

  set(id: string, value: T): void {
    this.#held.set(id, Promise.resolve(value))
  }
}

/** Something read once, shared by all who ask, and read again after it was forgotten. */
export class Held<T> {
  readonly #read: () => Promise<T>
  /** What it is read out of; forgotten with it. */
  readonly #source: Held<unknown> | undefined
  #held: Promise<T> | undefined

  constructor(read: () => Promise<T>, source?: Held<unknown>) {
    this.#read = read
    this.#source = source
  }

  read(): Promise<T> {
    this.#held ??= this.#read().catch((error: unknown) => {
      this.#held = undefined
      throw error
    })
    return this.#held
  }

  forget(): void {
    this.#source?.forget()
    this.#held = undefined
  }
}

function idOf(all: readonly { id: string; name: string }[], name: string): string {
  const found = all.find((one) => one.name === name)
  if (found !== undefined) return found.id
  throw new Trouble({
    code: 'cloud-incomplete',
    title: `the cloud has no ${name}`,
    why: 'keystone-manage bootstrap makes the domain Default and the role member',
    fix: 'see that the deployment finished with: bateau status',
  })
}

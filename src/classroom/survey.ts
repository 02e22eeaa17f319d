// Decides how the actual state of a cloud is read: once for a run, in a few lists, and kept true by those who write.
// Leaves comparing it with the desired state to the tasks.
import { Trouble } from '../core/fault.ts'
import type { ComputeQuota, Flavor, Keypair, Server } from '../cloud/compute.ts'
import type { Assignment, Project, User } from '../cloud/identity.ts'
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
  /** By project id; of this course's projects. */
  computeQuotas: Map<string, ComputeQuota>
  /** By user id; of this course's users. */
  keypairs: Map<string, Keypair[]>
}

/** One run's view of one cloud. */
export class Survey {
  readonly #open: () => Promise<Cloud>
  readonly #course: string
  readonly base: Held<Base>
  readonly people: Held<People>
  readonly servers: Held<Server[]>

  constructor(course: string, open: () => Promise<Cloud>) {
    this.#course = course
    this.#open = open
    this.base = new Held(() => this.#readBase())
    this.people = new Held(() => this.#readPeople())
    this.servers = new Held(async () => (await this.#open()).compute.servers('all'))
  }

  cloud(): Promise<Cloud> {
    return this.#open()
  }

  /**
   * Only what the administrator's own project holds can be bateau's; students' networks of the same name are theirs, and
   * those of another course in the same cloud are that course's.
   */
  async #readBase(): Promise<Base> {
    const cloud = await this.#open()
    const own = <T extends { name: string; project_id: string }>(all: T[]) =>
      all.filter((one) => one.project_id === cloud.projectId && !isOfAnotherCourse(this.#course, one))
    const [networks, subnets, pools, routers, interfaces, flavors, images] = await Promise.all([
      cloud.network.networks(),
      cloud.network.subnets(),
      cloud.network.subnetPools(),
      cloud.network.routers(),
      cloud.network.ports({ device_owner: 'network:router_interface' }),
      cloud.compute.flavors(),
      cloud.image.images(),
    ])
    return {
      networks: own(networks),
      subnets: own(subnets),
      pools: own(pools),
      routers: own(routers),
      interfaces,
      flavors,
      images,
    }
  }

  async #readPeople(): Promise<People> {
    const cloud = await this.#open()
    const [domains, projects, users, roles, assignments, defaultGroups, shares, networkQuotas] =
      await Promise.all([
        cloud.identity.domains(),
        cloud.identity.projects(),
        cloud.identity.users(),
        cloud.identity.roles(),
        cloud.identity.assignments(),
        cloud.network.securityGroups({ name: 'default' }),
        cloud.network.rbacPolicies(),
        cloud.network.quotas(),
      ])
    const marked = <T extends { name: string; description?: string | null | undefined }>(all: T[]) =>
      all.filter((one) => isMarked(this.#course, one))
    const [computeQuotas, keypairs] = await Promise.all([
      by(marked(projects), (id) => cloud.compute.quota(id)),
      by(marked(users), (id) => cloud.compute.keypairs(id)),
    ])
    const domainId = idOf(domains, 'Default')
    return {
      domainId,
      memberRoleId: idOf(roles, 'member'),
      projects: projects.filter((one) => one.domain_id === domainId),
      users: users.filter((one) => one.domain_id === domainId),
      assignments,
      defaultGroups,
      shares,
      networkQuotas,
      computeQuotas,
      keypairs,
    }
  }
}

/** Something read once, shared by all who ask, and read again after it was forgotten. */
export class Held<T> {
  readonly #read: () => Promise<T>
  #held: Promise<T> | undefined

  constructor(read: () => Promise<T>) {
    this.#read = read
  }

  read(): Promise<T> {
    this.#held ??= this.#read().catch((error: unknown) => {
      this.#held = undefined
      throw error
    })
    return this.#held
  }

  forget(): void {
    this.#held = undefined
  }
}

async function by<T>(
  all: readonly { id: string }[],
  read: (id: string) => Promise<T>,
): Promise<Map<string, T>> {
  return new Map(await Promise.all(all.map(async ({ id }) => [id, await read(id)] as const)))
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

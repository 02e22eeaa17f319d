// Decides the calls of Nova that bateau makes (Compute API v2.1), at which microversion, and what it reads of answers.
// Leaves which instances, flavors and quotas there should be to classroom/.
import { z } from 'zod'
import { list } from './list.ts'
import type { ServiceCall, Session } from './session.ts'

/**
 * 2.10 key pairs of other users, 2.52 tags at creation, 2.55 flavor descriptions, 2.79 is Train's; 2.88 took memory and
 * processors out of the hypervisors' answer, so not later.
 */
const microversion = '2.79'

const flavor = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  vcpus: z.number(),
  /** MiB. */
  ram: z.number(),
  /** GiB. */
  disk: z.number(),
})
const server = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  tenant_id: z.string(),
  user_id: z.string(),
  tags: z.array(z.string()).default([]),
  key_name: z.string().nullish(),
  'OS-EXT-STS:task_state': z.string().nullish(),
  fault: z.object({ message: z.string() }).optional(),
  created: z.string().optional(),
  /** Of the last change of its state. */
  updated: z.string().optional(),
  /** UTC without saying so; null before the first start. */
  'OS-SRV-USG:launched_at': z.string().nullish(),
  /** An empty text where it boots from a volume. */
  image: z.union([z.object({ id: z.string() }), z.string()]).optional(),
  flavor: z.looseObject({ original_name: z.string().optional() }).optional(),
  metadata: z.record(z.string(), z.string()).default({}),
  addresses: z.record(
    z.string(),
    z.array(
      z.object({
        addr: z.string(),
        version: z.number(),
        'OS-EXT-IPS:type': z.string().optional(),
        'OS-EXT-IPS-MAC:mac_addr': z.string().optional(),
      }),
    ),
  ),
})
const keypair = z.object({ name: z.string(), public_key: z.string(), fingerprint: z.string() })
const quota = z.object({
  instances: z.number(),
  cores: z.number(),
  /** MiB. */
  ram: z.number(),
  /** Of each user. */
  key_pairs: z.number(),
  server_groups: z.number(),
  server_group_members: z.number(),
})
const hypervisor = z.object({
  hypervisor_hostname: z.string(),
  state: z.string(),
  status: z.string(),
  vcpus: z.number(),
  vcpus_used: z.number(),
  memory_mb: z.number(),
  memory_mb_used: z.number(),
  running_vms: z.number(),
})
const computeService = z.object({
  binary: z.string(),
  host: z.string(),
  state: z.string(),
  status: z.string(),
})

const serverGroup = z.object({ id: z.string(), project_id: z.string() })

export type Flavor = z.infer<typeof flavor>
export type Server = z.infer<typeof server>
export type Keypair = z.infer<typeof keypair>
export type ComputeQuota = z.infer<typeof quota>
export type Hypervisor = z.infer<typeof hypervisor>
export type ComputeService = z.infer<typeof computeService>
export type ServerGroup = z.infer<typeof serverGroup>

export type NewFlavor = { name: string; vcpus: number; ramMiB: number; diskGiB: number; description: string }
export type NewServer = {
  name: string
  imageId: string
  flavorId: string
  networkId: string
  keyName?: string
  tags: readonly string[]
  metadata?: Readonly<Record<string, string>>
  /** As the guest reads it; encoded on the way. */
  userData?: string
}

export class Compute {
  readonly #session: Session
  constructor(session: Session) {
    this.#session = session
  }

  flavors(): Promise<Flavor[]> {
    return this.#list('list flavors', '/flavors/detail', 'flavors', flavor, { is_public: 'None' })
  }
  async createFlavor(wanted: NewFlavor): Promise<Flavor> {
    const { name, vcpus, ramMiB, diskGiB, description } = wanted
    const json = { flavor: { name, vcpus, ram: ramMiB, disk: diskGiB, description } }
    const made = await this.#call('POST', `create flavor ${name}`, '/flavors', z.object({ flavor }), { json })
    return made.flavor
  }
  /** Instances made from it keep their size: Nova copies the flavor into each. */
  async deleteFlavor(id: string): Promise<void> {
    await this.#do('DELETE', `delete flavor ${id}`, `/flavors/${id}`)
  }

  /** Servers of this project, or of all. */
  servers(scope: 'project' | 'all'): Promise<Server[]> {
    const query: Record<string, string> = scope === 'all' ? { all_tenants: '1' } : {}
    return this.#list('list instances', '/servers/detail', 'servers', server, query)
  }
  /** Servers of another project, as the administrator sees them. */
  serversOf(projectId: string): Promise<Server[]> {
    const query = { all_tenants: '1', project_id: projectId }
    return this.#list('list instances', '/servers/detail', 'servers', server, query)
  }
  async server(id: string): Promise<Server> {
    const read = await this.#call('GET', `show instance ${id}`, `/servers/${id}`, z.object({ server }))
    return read.server
  }
  /** On the hypervisor's own disk, with a config drive; gives the id, as the rest is not known yet. */
  async createServer(wanted: NewServer): Promise<{ id: string }> {
    const json = {
      server: {
        name: wanted.name,
        imageRef: wanted.imageId,
        flavorRef: wanted.flavorId,
        networks: [{ uuid: wanted.networkId }],
        ...(wanted.keyName === undefined ? {} : { key_name: wanted.keyName }),
        ...(wanted.metadata === undefined ? {} : { metadata: wanted.metadata }),
        ...(wanted.userData === undefined
          ? {}
          : { user_data: Buffer.from(wanted.userData).toString('base64') }),
        config_drive: true,
        tags: wanted.tags,
      },
    }
    const form = z.object({ server: z.object({ id: z.string() }) })
    return (await this.#call('POST', `create instance ${wanted.name}`, '/servers', form, { json })).server
  }
  async deleteServer(id: string): Promise<void> {
    await this.#do('DELETE', `delete instance ${id}`, `/servers/${id}`)
  }
  async startServer(id: string): Promise<void> {
    await this.#do('POST', `start instance ${id}`, `/servers/${id}/action`, { json: { 'os-start': null } })
  }
  async stopServer(id: string): Promise<void> {
    await this.#do('POST', `stop instance ${id}`, `/servers/${id}/action`, { json: { 'os-stop': null } })
  }
  /** The last lines of the serial console. */
  async consoleLog(id: string, lines: number): Promise<string> {
    const read = await this.#call(
      'POST',
      `read the console of instance ${id}`,
      `/servers/${id}/action`,
      z.object({ output: z.string() }),
      { json: { 'os-getConsoleOutput': { length: lines } }, repeatable: true },
    )
    return read.output
  }

  /** Key pairs of a user; an administrator may ask for another's. */
  async keypairs(userId: string): Promise<Keypair[]> {
    const item = z.object({ keypair })
    const all = await this.#list('list key pairs', '/os-keypairs', 'keypairs', item, { user_id: userId })
    return all.map((one) => one.keypair)
  }
  async createKeypair(userId: string, name: string, publicKey: string): Promise<Keypair> {
    const json = { keypair: { name, public_key: publicKey, type: 'ssh', user_id: userId } }
    const made = await this.#call('POST', `create key pair ${name}`, '/os-keypairs', z.object({ keypair }), {
      json,
    })
    return made.keypair
  }
  async deleteKeypair(userId: string, name: string): Promise<void> {
    await this.#do('DELETE', `delete key pair ${name}`, `/os-keypairs/${encodeURIComponent(name)}`, {
      query: { user_id: userId },
    })
  }

  async quota(projectId: string): Promise<ComputeQuota> {
    const form = z.object({ quota_set: quota })
    return (
      await this.#call('GET', `read quotas of project ${projectId}`, `/os-quota-sets/${projectId}`, form)
    ).quota_set
  }
  async setQuota(projectId: string, wanted: Partial<ComputeQuota>): Promise<ComputeQuota> {
    const set = await this.#call(
      'PUT',
      `set quotas of project ${projectId}`,
      `/os-quota-sets/${projectId}`,
      z.object({ quota_set: quota }),
      { json: { quota_set: { ...wanted, force: true } } },
    )
    return set.quota_set
  }

  /** Takes the project's quotas back to the cloud's own. */
  async deleteQuota(projectId: string): Promise<void> {
    await this.#do('DELETE', `forget quotas of project ${projectId}`, `/os-quota-sets/${projectId}`)
  }
  /** Of all projects. */
  serverGroups(): Promise<ServerGroup[]> {
    const query = { all_projects: 'true' }
    return this.#list('list server groups', '/os-server-groups', 'server_groups', serverGroup, query)
  }
  async deleteServerGroup(id: string): Promise<void> {
    await this.#do('DELETE', `delete server group ${id}`, `/os-server-groups/${id}`)
  }

  hypervisors(): Promise<Hypervisor[]> {
    return this.#list('list hypervisors', '/os-hypervisors/detail', 'hypervisors', hypervisor)
  }
  services(): Promise<ComputeService[]> {
    return this.#list('list compute services', '/os-services', 'services', computeService)
  }

  #list<T>(what: string, path: string, key: string, item: z.ZodType<T>, query: Record<string, string> = {}) {
    return list(this.#session, { service: 'compute', what, path, query, headers }, key, item)
  }
  #call<T>(
    method: ServiceCall['method'],
    what: string,
    path: string,
    schema: z.ZodType<T>,
    more: More = {},
  ): Promise<T> {
    return this.#session.call({ service: 'compute', what, method, path, headers, ...more }, schema)
  }
  async #do(method: ServiceCall['method'], what: string, path: string, more: More = {}): Promise<void> {
    await this.#session.answer({ service: 'compute', what, method, path, headers, ...more })
  }
}

type More = Pick<ServiceCall, 'json' | 'query' | 'repeatable'>
/** For a call of Nova that has no method here. */
export const computeHeaders = { 'openstack-api-version': `compute ${microversion}` }
const headers = computeHeaders

// Decides the calls of Neutron that bateau makes (Networking API v2.0), and what of their answers it reads.
// Leaves which networks there should be to classroom/.
import { z } from 'zod'
import { list } from './list.ts'
import type { Query, ServiceCall, Session } from './session.ts'

const marked = {
  id: z.string(),
  name: z.string(),
  project_id: z.string(),
  description: z.string().nullish(),
  tags: z.array(z.string()).default([]),
}
const network = z.object({
  ...marked,
  mtu: z.number().optional(),
  shared: z.boolean(),
  'router:external': z.boolean(),
  'provider:network_type': z.string().nullish(),
  'provider:physical_network': z.string().nullish(),
})
const subnet = z.object({
  ...marked,
  network_id: z.string(),
  cidr: z.string(),
  gateway_ip: z.string().nullish(),
  enable_dhcp: z.boolean(),
  ipv6_ra_mode: z.string().nullish(),
  ipv6_address_mode: z.string().nullish(),
  dns_nameservers: z.array(z.string()),
  subnetpool_id: z.string().nullish(),
})
const subnetPool = z.object({
  ...marked,
  prefixes: z.array(z.string()),
  shared: z.boolean(),
  is_default: z.boolean(),
})
const fixedIp = z.object({ subnet_id: z.string(), ip_address: z.string() })
const router = z.object({
  ...marked,
  status: z.string().default('ACTIVE'),
  admin_state_up: z.boolean().default(true),
  external_gateway_info: z
    .object({ network_id: z.string(), external_fixed_ips: z.array(fixedIp).default([]) })
    .nullish(),
})
const port = z.object({
  ...marked,
  network_id: z.string(),
  device_id: z.string(),
  device_owner: z.string(),
  mac_address: z.string(),
  status: z.string(),
  fixed_ips: z.array(fixedIp),
})
const rule = z.object({
  id: z.string(),
  description: z.string().nullish(),
  direction: z.string(),
  ethertype: z.string(),
  protocol: z.string().nullish(),
  port_range_min: z.number().nullish(),
  port_range_max: z.number().nullish(),
  remote_ip_prefix: z.string().nullish(),
  remote_group_id: z.string().nullish(),
})
const securityGroup = z.object({ ...marked, security_group_rules: z.array(rule).default([]) })
const rbacPolicy = z.object({
  id: z.string(),
  object_type: z.string(),
  object_id: z.string(),
  target_tenant: z.string(),
  action: z.string(),
  project_id: z.string().optional(),
})
const quota = z.object({
  project_id: z.string(),
  network: z.number(),
  subnet: z.number(),
  router: z.number(),
  port: z.number(),
  security_group: z.number(),
  security_group_rule: z.number(),
  /** Left out by a cloud without the extension. */
  floatingip: z.number().optional(),
  rbac_policy: z.number().optional(),
})
const quotaUse = z.record(z.string(), z.object({ limit: z.number(), used: z.number() }))
const floatingIp = z.object({ id: z.string(), project_id: z.string() })
const agent = z.object({ agent_type: z.string(), host: z.string(), alive: z.boolean(), binary: z.string() })

export type Network = z.infer<typeof network>
export type Subnet = z.infer<typeof subnet>
export type SubnetPool = z.infer<typeof subnetPool>
export type Router = z.infer<typeof router>
export type Port = z.infer<typeof port>
export type Rule = z.infer<typeof rule>
export type SecurityGroup = z.infer<typeof securityGroup>
export type RbacPolicy = z.infer<typeof rbacPolicy>
export type NetworkQuota = z.infer<typeof quota>
/** By resource; a limit of -1 is none. */
export type QuotaUse = z.infer<typeof quotaUse>
export type FloatingIp = z.infer<typeof floatingIp>
export type Agent = z.infer<typeof agent>

/** Fields as Neutron names them. */
export type NewNetwork = { name: string; description: string } & Record<string, unknown>
export type NewRule = {
  direction: 'ingress' | 'egress'
  ethertype: 'IPv6' | 'IPv4'
  protocol: string
  port_range_min?: number
  port_range_max?: number
  remote_ip_prefix: string
  description: string
}

const kinds = {
  networks: network,
  subnets: subnet,
  subnetpools: subnetPool,
  routers: router,
  ports: port,
} as const
type Kind = keyof typeof kinds

export class Networking {
  readonly #session: Session
  constructor(session: Session) {
    this.#session = session
  }

  networks(): Promise<Network[]> {
    return this.#list('networks', network)
  }
  subnets(): Promise<Subnet[]> {
    return this.#list('subnets', subnet)
  }
  subnetPools(): Promise<SubnetPool[]> {
    return this.#list('subnetpools', subnetPool)
  }
  routers(): Promise<Router[]> {
    return this.#list('routers', router)
  }
  /** All ports that match, for example `{device_owner: 'network:router_interface'}`. */
  ports(query: Query): Promise<Port[]> {
    return this.#list('ports', port, query)
  }
  /** With their rules; `{name: 'default'}` for those that each project gets. */
  securityGroups(query: Query): Promise<SecurityGroup[]> {
    return this.#list('security_groups', securityGroup, query, '/security-groups')
  }
  /** Of networks; all that match, for example `{target_tenant: ID}`. */
  rbacPolicies(query: Query = {}): Promise<RbacPolicy[]> {
    return this.#list('rbac_policies', rbacPolicy, { object_type: 'network', ...query }, '/rbac-policies')
  }
  /** Of the projects whose quotas were ever set, in one call. */
  quotas(): Promise<NetworkQuota[]> {
    return this.#list('quotas', quota)
  }
  agents(): Promise<Agent[]> {
    return this.#list('agents', agent)
  }

  createNetwork(wanted: NewNetwork): Promise<Network> {
    return this.#create('network', network, wanted)
  }
  createSubnet(wanted: NewNetwork): Promise<Subnet> {
    return this.#create('subnet', subnet, wanted)
  }
  async updateSubnet(id: string, change: { dns_nameservers: readonly string[] }): Promise<void> {
    await this.#session.answer({
      service: 'network',
      what: `change subnet ${id}`,
      method: 'PUT',
      path: `/subnets/${id}`,
      json: { subnet: change },
    })
  }
  createSubnetPool(wanted: NewNetwork): Promise<SubnetPool> {
    return this.#create('subnetpool', subnetPool, wanted)
  }
  createRouter(wanted: NewNetwork): Promise<Router> {
    return this.#create('router', router, wanted)
  }
  /** The id of the port. A second time is refused with 400 or 409, which says that it is there. */
  async addRouterInterface(routerId: string, subnetId: string): Promise<string> {
    const made = await this.#session.call(
      {
        service: 'network',
        what: `plug a subnet into router ${routerId}`,
        method: 'PUT',
        path: `/routers/${routerId}/add_router_interface`,
        json: { subnet_id: subnetId },
        repeatable: false,
      },
      z.object({ port_id: z.string() }),
    )
    return made.port_id
  }
  async removeRouterInterface(routerId: string, subnetId: string): Promise<void> {
    await this.#session.answer({
      service: 'network',
      what: `unplug a subnet from router ${routerId}`,
      method: 'PUT',
      path: `/routers/${routerId}/remove_router_interface`,
      json: { subnet_id: subnetId },
      repeatable: false,
    })
  }

  /** Adds rules to one group in one call: Neutron refuses several groups at once (SecurityGroupNotSingleGroupRules). */
  async createRules(groupId: string, projectId: string, rules: readonly NewRule[]): Promise<Rule[]> {
    const made = await this.#session.call(
      {
        service: 'network',
        what: `add ${rules.length} rules to security group ${groupId}`,
        method: 'POST',
        path: '/security-group-rules',
        json: {
          security_group_rules: rules.map((one) => ({
            ...one,
            security_group_id: groupId,
            project_id: projectId,
          })),
        },
      },
      z.object({ security_group_rules: z.array(rule) }),
    )
    return made.security_group_rules
  }

  /** Lets a project use a network that is not its own. */
  async shareNetwork(networkId: string, projectId: string): Promise<RbacPolicy> {
    const json = {
      rbac_policy: {
        object_type: 'network',
        object_id: networkId,
        action: 'access_as_shared',
        target_tenant: projectId,
      },
    }
    const made = await this.#session.call(
      {
        service: 'network',
        what: `share network ${networkId}`,
        method: 'POST',
        path: '/rbac-policies',
        json,
      },
      z.object({ rbac_policy: rbacPolicy }),
    )
    return made.rbac_policy
  }

  async setQuota(projectId: string, wanted: Partial<Omit<NetworkQuota, 'project_id'>>): Promise<void> {
    await this.#session.answer({
      service: 'network',
      what: `set network quotas of project ${projectId}`,
      method: 'PUT',
      path: `/quotas/${projectId}`,
      json: { quota: wanted },
    })
  }

  /** Replaces all tags. */
  async setTags(kind: Kind, id: string, tags: readonly string[]): Promise<void> {
    const call = { service: 'network', what: `tag ${kind} ${id}`, method: 'PUT' } as const
    await this.#session.answer({ ...call, path: `/${kind}/${id}/tags`, json: { tags } })
  }

  /** Of the extension `quota_details`. */
  async quotaUse(projectId: string): Promise<QuotaUse> {
    const what = `read network quotas of project ${projectId}`
    const path = `/quotas/${projectId}/details.json`
    const form = z.object({ quota: quotaUse })
    return (await this.#session.call({ service: 'network', what, method: 'GET', path }, form)).quota
  }
  /** Takes the project's quotas back to the cloud's own. */
  async deleteQuota(projectId: string): Promise<void> {
    const what = `forget network quotas of project ${projectId}`
    await this.#session.answer({ service: 'network', what, method: 'DELETE', path: `/quotas/${projectId}` })
  }
  /** What a project, or each of several, has of a kind. */
  of<K extends Kind>(kind: K, projectIds: string | readonly string[]): Promise<z.infer<(typeof kinds)[K]>[]> {
    const item: z.ZodType = kinds[kind]
    return this.#list(kind, item as z.ZodType<z.infer<(typeof kinds)[K]>>, { project_id: projectIds })
  }
  floatingIps(projectIds: string | readonly string[]): Promise<FloatingIp[]> {
    return this.#list('floatingips', floatingIp, { project_id: projectIds })
  }

  async delete(
    kind: Kind | 'rbac-policies' | 'security-groups' | 'security-group-rules' | 'floatingips',
    id: string,
  ): Promise<void> {
    const call = { service: 'network', what: `delete ${kind} ${id}`, method: 'DELETE' } as const
    await this.#session.answer({ ...call, path: `/${kind}/${id}` })
  }

  #list<T>(key: string, item: z.ZodType<T>, query: Query = {}, path = `/${key}`) {
    const what = `list ${key.replace('_', ' ')}`
    return list(this.#session, { service: 'network', what, path, query }, key, item)
  }

  async #create<T>(singular: string, schema: z.ZodType<T>, wanted: NewNetwork): Promise<T> {
    const call: ServiceCall = {
      service: 'network',
      what: `create ${singular} ${wanted.name}`,
      method: 'POST',
      path: `/${singular}s`,
      json: { [singular]: wanted },
    }
    const made: Record<string, unknown> = await this.#session.call(
      call,
      z.looseObject({ [singular]: schema }),
    )
    return made[singular] as T
  }
}

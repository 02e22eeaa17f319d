// Decides what the fake cloud remembers, and with which ids: those of one run are those of every run.
// Leaves the API's form to the services' files.

export type Thing = Record<string, unknown> & { id: string; name: string }
export type Reply = { status: number; body?: unknown; headers?: Record<string, string> }
export type Ask = {
  method: string
  /** Below the service's root, without query. */
  path: string
  query: URLSearchParams
  body: Record<string, Record<string, unknown>>
  /** Bytes received, for uploads. */
  bytes: number
  /** Whose token it is. */
  as: { userId: string; projectId: string; admin: boolean }
}
export type Service = (state: State, ask: Ask) => Reply | undefined

export class State {
  #next = 1
  /** Things in one answer of Neutron. */
  page = Infinity
  /** In one answer of Keystone. */
  mostListed = 1000
  readonly projects: Thing[] = []
  readonly users: Thing[] = []
  /** By user id. */
  readonly passwords = new Map<string, string>()
  readonly roles: Thing[] = []
  /** Application credentials; `user_id` is whose. */
  credentials: Thing[] = []
  readonly assignments: { role: string; user: string; project: string }[] = []
  readonly flavors: Thing[] = []
  readonly servers: Thing[] = []
  readonly hypervisors: Thing[] = []
  readonly keypairs: (Thing & { user: string })[] = []
  readonly computeQuotas = new Map<string, Record<string, number>>()
  readonly networks: Thing[] = []
  readonly subnets: Thing[] = []
  readonly subnetpools: Thing[] = []
  readonly routers: Thing[] = []
  readonly ports: Thing[] = []
  readonly groups: (Thing & { project_id: string; security_group_rules: Record<string, unknown>[] })[] = []
  readonly rbac: Thing[] = []
  readonly networkQuotas = new Map<string, Record<string, number>>()
  readonly volumes: Thing[] = []
  readonly volumeQuotas = new Map<string, Record<string, number>>()
  readonly images: Thing[] = []
  readonly serverGroups: Thing[] = []
  /** Of a teaching day: boots that end in ERROR next, and what was seen. */
  readonly day = { failingBoots: 0, mostBuilding: 0, rebuilds: 0 }
  readonly admin: { userId: string; projectId: string }

  constructor() {
    const project = { id: this.id(), name: 'admin', domain_id: 'default', enabled: true, tags: [] }
    const user = { id: this.id(), name: 'admin', domain_id: 'default', enabled: true }
    this.projects.push(project)
    this.users.push(user)
    this.passwords.set(user.id, 'admin-password')
    for (const name of ['admin', 'member', 'reader']) this.roles.push({ id: this.id(), name })
    this.assignments.push({ role: this.roles[0]!.id, user: user.id, project: project.id })
    this.admin = { userId: user.id, projectId: project.id }
  }

  id(): string {
    return (this.#next++).toString(16).padStart(32, '0')
  }

  /** What matters of the state, without ids and order: two clouds that are the same compare equal. */
  picture(): unknown {
    const names = new Map(
      [
        ...this.projects,
        ...this.users,
        ...this.networks,
        ...this.subnets,
        ...this.roles,
        ...this.routers,
      ].map(({ id, name }) => [id, name]),
    )
    const name = (id: unknown) => names.get(String(id)) ?? String(id)
    const sorted = (lines: string[]) => lines.sort()
    return {
      projects: sorted(
        this.projects.map((one) => `${one.name} ${String(one['tags'])} ${String(one['description'])}`),
      ),
      users: sorted(
        this.users.map(
          (one) =>
            `${one.name} ${this.passwords.get(one.id)} ${name(one['default_project_id'])} ${String(one['description'])}`,
        ),
      ),
      roles: sorted([
        ...new Set(this.assignments.map((one) => `${name(one.user)} ${name(one.role)} ${name(one.project)}`)),
      ]),
      computeQuotas: sorted(
        [...this.computeQuotas].map(([id, quota]) => `${name(id)} ${JSON.stringify(quota)}`),
      ),
      networkQuotas: sorted(
        [...this.networkQuotas].map(([id, quota]) => `${name(id)} ${JSON.stringify(quota)}`),
      ),
      rules: sorted(
        this.groups.map(
          (one) =>
            `${name(one.project_id)} ${one.security_group_rules
              .map((rule) => `${String(rule['protocol'])}:${String(rule['port_range_min'])}`)
              .sort()
              .join(' ')}`,
        ),
      ),
      shares: sorted(this.rbac.map((one) => `${name(one['object_id'])} ${name(one['target_tenant'])}`)),
      keypairs: sorted(
        this.keypairs.map((one) => `${name(one.user)} ${one.name} ${String(one['public_key'])}`),
      ),
      credentials: sorted(
        this.credentials.map((one) => `${name(one['user_id'])} ${one.name} ${String(one['secret'])}`),
      ),
      flavors: sorted(this.flavors.map((one) => `${one.name} ${String(one['ram'])}`)),
      images: sorted(
        this.images.map(
          (one) =>
            `${one.name} ${String(one['status'])} ${String(one['size'])} ${String(one['bateau_digest'])}`,
        ),
      ),
      networks: sorted(this.networks.map((one) => `${one.name} ${String(one['tags'])}`)),
      subnets: sorted(this.subnets.map((one) => `${one.name} ${String(one['cidr'])} ${String(one['tags'])}`)),
      pools: sorted(
        this.subnetpools.map((one) => `${one.name} ${String(one['prefixes'])} ${String(one['tags'])}`),
      ),
      routers: sorted(
        this.routers.map(
          (one) =>
            `${one.name} ${String(one['tags'])} ${JSON.stringify(one['external_gateway_info']).replaceAll(/[0-9a-f]{32}/g, name)}`,
        ),
      ),
      interfaces: sorted(
        this.ports
          .filter((one) => one['device_owner'] === 'network:router_interface')
          .map(
            (one) =>
              `${name(one['device_id'])} ${JSON.stringify(one['fixed_ips']).replaceAll(/[0-9a-f]{32}/g, name)}`,
          ),
      ),
      servers: sorted(
        this.servers.map((one) => `${one.name} ${String(one['status'])} ${name(one['tenant_id'])}`),
      ),
    }
  }
}

export const ok = (body: unknown, status = 200): Reply => ({ status, body })
export const gone: Reply = { status: 404, body: { error: { message: 'not found', code: 404 } } }
export const refuse = (status: number, message: string): Reply => ({
  status,
  body: { error: { message, code: status } },
})

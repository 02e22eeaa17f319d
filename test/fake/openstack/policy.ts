// Decides what the fake cloud refuses to whoever is not its administrator, as the real services of 2025.1 were seen to do it.
// Leaves carrying out what is allowed to the services' files. Each refusal has a name, by which a test takes it away.
import { cinderWall } from './cinder.ts'
import { type Ask, gone, refuse, type Reply, type State, type Thing } from './state.ts'

type Refusal = { wall: string; reply: Reply }

const forbidden = (what: string): Reply => refuse(403, `Policy doesn't allow ${what} to be performed.`)
const hidden: Reply = gone

/** What a member may not; undefined: it may. `port` is the service's. */
export function refusalOf(state: State, port: string, ask: Ask): Refusal | undefined {
  if (ask.as.admin) return undefined
  switch (port) {
    case '5000':
      return keystone(ask)
    case '8774':
      return nova(state, ask)
    case '9696':
      return neutron(state, ask)
    case '8776':
      return cinderWall(state, ask)
    default:
      return glance(state, ask)
  }
}

/** Only reading and changing oneself is free, and making application credentials of one's own. */
function keystone({ method, path, as }: Ask): Refusal | undefined {
  const [, kind = '', id, below] = path.split('/')
  const no = (wall: string): Refusal => ({ wall, reply: forbidden(`identity:${wall}`) })
  if (kind === 'auth' || kind === 'domains') return undefined
  if (below === 'application_credentials') {
    if (id === as.userId) return undefined
    return no(`credential-${method === 'DELETE' ? 'delete' : path.split('/').length > 4 ? 'get' : 'list'}`)
  }
  if (below === 'users') return no('role-give')
  const one = kind.slice(0, -1)
  if (id === as.userId || id === as.projectId) return undefined
  if (method === 'POST') return no(`${one}-add`)
  if (method === 'PATCH') return no(`${one}-change`)
  if (method === 'DELETE') return no(`${one}-delete`)
  return no(id === undefined ? `${one}-list` : `${one}-get`)
}

const actions: Record<string, string> = {
  'os-getConsoleOutput': 'server-console-log',
  'os-start': 'server-start',
  'os-stop': 'server-stop',
  reboot: 'server-reboot',
}

function nova(state: State, { method, path, query, body, as }: Ask): Refusal | undefined {
  const [, kind = '', id, below] = path.split('/')
  if (kind === 'os-quota-sets' && method !== 'GET') {
    const wall = id === as.projectId ? 'quota-compute-own' : 'quota-compute-other'
    return { wall, reply: forbidden('os_compute_api:os-quota-sets:update') }
  }
  if (kind === 'flavors' && method !== 'GET') return { wall: 'flavor-add', reply: forbidden('flavor-manage') }
  if (kind === 'os-hypervisors') return { wall: 'hypervisor-list', reply: forbidden('os-hypervisors:list') }
  if (kind === 'os-keypairs') {
    const user = query.get('user_id') ?? body['keypair']?.['user_id'] ?? as.userId
    if (user === as.userId) return undefined
    const deed = { POST: 'add', DELETE: 'delete' }[method] ?? (id === undefined ? 'list' : 'get')
    return { wall: `keypair-${deed}`, reply: forbidden('os-keypairs') }
  }
  if (kind !== 'servers') return undefined
  if (query.has('all_tenants'))
    return { wall: 'server-list-all', reply: forbidden('servers:detail:get_all_tenants') }
  if (id === 'detail') return undefined
  if (id === undefined) return boots(state, body['server'] ?? {}, as)
  const server = state.servers.find((one) => one.id === id)
  if (server === undefined || server['tenant_id'] === as.projectId) return undefined
  const [action = ''] = Object.keys(body)
  const wall =
    below === 'action'
      ? (actions[action] ?? action)
      : below === 'remote-consoles'
        ? 'server-console'
        : below === 'os-interface'
          ? 'server-attach'
          : ({ PUT: 'server-rename', DELETE: 'server-delete' }[method] ?? 'server-get')
  return { wall, reply: refuse(404, `Instance ${id} could not be found.`) }
}

function boots(state: State, wanted: Record<string, unknown>, as: Ask['as']): Refusal | undefined {
  const networks = wanted['networks']
  if (!Array.isArray(networks)) return undefined
  const [first] = networks as { uuid?: string; port?: string }[]
  const port = state.ports.find(({ id }) => id === first?.port)
  if (port && port['project_id'] !== as.projectId)
    return { wall: 'server-on-port', reply: refuse(400, `Port id ${port.id} could not be found.`) }
  const network = state.networks.find(({ id }) => id === first?.uuid)
  if (network === undefined || isFor(state, network, as.projectId)) return undefined
  return { wall: 'server-on-network', reply: refuse(400, `Network ${network.id} could not be found.`) }
}

/** Own, shared with all, or shared with the project. */
export const isFor = (state: State, network: Thing, project: string): boolean =>
  network['project_id'] === project ||
  network['shared'] === true ||
  network['router:external'] === true ||
  state.rbac.some((one) => one['object_id'] === network.id && one['target_tenant'] === project)

const parts: Record<string, string> = {
  networks: 'network',
  subnets: 'subnet',
  ports: 'port',
  routers: 'router',
  'security-groups': 'group',
  'security-group-rules': 'rule',
}

function neutron(state: State, { method, path, body, as }: Ask): Refusal | undefined {
  const [, kind = '', id, below] = path.split('/')
  const own = (one: Thing | undefined) => one === undefined || one['project_id'] === as.projectId
  if (kind === 'quotas' && method !== 'GET') {
    const wall = id === as.projectId ? 'quota-network-own' : 'quota-network-other'
    return { wall, reply: forbidden('update_quota') }
  }
  const part = parts[kind] ?? kind
  const all = thingsOf(state, kind)
  const one = all.find((thing) => thing.id === id)
  if (id !== undefined) {
    if (own(one)) return undefined
    if (method === 'GET' && kind === 'networks' && one && isFor(state, one, as.projectId)) return undefined
    if (below === 'add_router_interface') return { wall: 'router-plug', reply: hidden }
    return { wall: `${part}-${{ PUT: 'change', DELETE: 'delete' }[method] ?? 'get'}`, reply: hidden }
  }
  if (method !== 'POST') return undefined
  const wanted = Object.values(body)[0] ?? {}
  const network = state.networks.find((thing) => thing.id === wanted['network_id'])
  switch (kind) {
    case 'rbac-policies':
      return own(state.networks.find((thing) => thing.id === wanted['object_id']))
        ? undefined
        : { wall: 'network-share', reply: refuse(400, 'Only admins can manipulate policies on objects') }
    case 'networks':
      return wanted['shared'] === true ? { wall: 'network-for-all', reply: forbidden('shared') } : undefined
    case 'security-group-rules':
      return own(state.groups.find((thing) => thing.id === wanted['security_group_id']))
        ? undefined
        : { wall: 'rule-add', reply: forbidden('create_security_group_rule') }
    case 'subnets':
      return own(network) ? undefined : { wall: 'subnet-add', reply: hidden }
    case 'ports':
      if (network === undefined || own(network)) return undefined
      if (!isFor(state, network, as.projectId)) {
        const ofClass = network.name.startsWith('class-')
        return { wall: ofClass ? 'port-on-group' : 'port-add', reply: hidden }
      }
      return wanted['port_security_enabled'] === false
        ? { wall: 'port-unguarded', reply: forbidden('create_port:port_security_enabled') }
        : undefined
    default:
      return undefined
  }
}

export function thingsOf(state: State, kind: string): Thing[] {
  switch (kind) {
    case 'networks':
    case 'subnets':
    case 'ports':
    case 'routers':
      return state[kind]
    case 'security-groups':
      return state.groups
    case 'security-group-rules':
      return state.groups.flatMap((group) =>
        group.security_group_rules.map((rule) => ({
          ...rule,
          id: String(rule['id']),
          name: '',
          project_id: group.project_id,
        })),
      )
    default:
      return []
  }
}

function glance(state: State, { method, path, body, as }: Ask): Refusal | undefined {
  const [, , id] = path.split('/')
  if (id === undefined) {
    const isPublic = (body as Record<string, unknown>)['visibility'] === 'public'
    return method === 'POST' && isPublic
      ? { wall: 'image-for-all', reply: forbidden('publicize_image') }
      : undefined
  }
  const image = state.images.find((one) => one.id === id)
  if (image?.['visibility'] !== 'private' || image['owner'] === as.projectId) return undefined
  return { wall: method === 'DELETE' ? 'image-delete' : 'image-get', reply: hidden }
}

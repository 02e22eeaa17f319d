// Decides how the fake cloud answers what students ask, and what is asked about single things: reading, making, deleting one.
// Leaves who may ask to policy, and what administrators make of a class to the services' files.
import { cinderList } from './cinder.ts'
import { isFor, thingsOf } from './policy.ts'
import { type Ask, gone, ok, type Reply, type State, type Thing } from './state.ts'

/** Names of lists that show everything to everybody. */
export type Open = ReadonlySet<string>

/** Undefined: the service's own file answers. `port` is the service's. */
export function beyond(state: State, port: string, ask: Ask, open: Open): Reply | undefined {
  switch (port) {
    case '5000':
      return keystone(state, ask)
    case '8774':
      return nova(state, ask, open)
    case '9696':
      return neutron(state, ask, open)
    case '8776':
      return cinderList(state, ask, open)
    default:
      return glance(state, ask, open)
  }
}

/** What a call does that a broken wall lets through: deletions are real, the rest is only said to be done. */
export function through(state: State, port: string, { method, path }: Ask): Reply | undefined {
  if (method === 'DELETE') {
    const id = path.split('/').at(-1) ?? ''
    for (const all of everything(state, port)) drop(all, id)
    return { status: 204 }
  }
  if (method !== 'GET') return ok({}, method === 'POST' ? 201 : 200)
  return /^[/]servers[/]detail|^[/](projects|users)$|^[/]os-keypairs$|application_credentials$/.test(path)
    ? undefined
    : ok({})
}

function everything(state: State, port: string): { id: string; name: string }[][] {
  if (port === '9696') {
    return [state.networks, state.subnets, state.ports, state.routers, state.groups]
  }
  if (port === '8776') return [state.volumes]
  return [state.projects, state.users, state.servers, state.keypairs, state.images, state.credentials]
}

/** By id, or by name: key pairs have no other. */
function drop(all: { id: string; name: string }[], id: string): boolean {
  const at = all.findIndex((one) => one.id === id || one.name === id)
  if (at >= 0) all.splice(at, 1)
  return at >= 0
}
const dropped = (all: { id: string; name: string }[], id: string): Reply =>
  drop(all, id) ? { status: 204 } : gone

function keystone(state: State, { method, path, as }: Ask): Reply | undefined {
  const [, kind = '', id = '', below, one] = path.split('/')
  if (path === '/auth/projects') {
    const mine = state.assignments.filter(({ user }) => user === as.userId).map(({ project }) => project)
    return ok({ projects: state.projects.filter((project) => mine.includes(project.id)) })
  }
  if (below === 'application_credentials' && method === 'GET' && one !== undefined) {
    const found = state.credentials.find((credential) => credential.id === one)
    return found ? ok({ application_credential: found }) : gone
  }
  if (method === 'DELETE' && (kind === 'projects' || kind === 'users')) {
    for (const held of state.assignments.filter(({ user, project }) => user === id || project === id))
      state.assignments.splice(state.assignments.indexOf(held), 1)
  }
  return undefined
}

function nova(state: State, { method, path, query, body, as }: Ask, open: Open): Reply | undefined {
  const [, kind = '', id = '', below] = path.split('/')
  if (kind === 'os-quota-sets' && method === 'DELETE') {
    state.computeQuotas.delete(id)
    return { status: 202 }
  }
  if (kind === 'flavors' && below === 'action') return ok({ flavor_access: [] })
  if (kind === 'os-keypairs' && id !== '' && method === 'GET') {
    const user = query.get('user_id') ?? as.userId
    const found = state.keypairs.find((one) => one.user === user && one.name === id)
    return found ? ok({ keypair: found }) : gone
  }
  if (path === '/servers/detail' && open.has('server-list')) return ok({ servers: state.servers })
  const wanted = body['server'] ?? {}
  if (path === '/servers' && method === 'POST' && wanted['networks'] === 'none') {
    const made = {
      ...wanted,
      id: state.id(),
      name: String(wanted['name']),
      status: 'ERROR',
      tenant_id: as.projectId,
      user_id: as.userId,
      addresses: {},
      looks: 0,
    }
    state.servers.push(made)
    return ok({ server: { id: made.id } }, 202)
  }
  return undefined
}

const singular: Record<string, string> = { 'security-groups': 'security_group' }

function neutron(state: State, { method, path, query, body, as }: Ask, open: Open): Reply | undefined {
  const [, kind = '', id, action] = path.split('/')
  if (kind === 'quotas') {
    if (method === 'DELETE') {
      state.networkQuotas.delete(id ?? '')
      return { status: 204 }
    }
    const quota = state.networkQuotas.get(id ?? '')
    return method === 'GET' && id !== undefined && action === undefined
      ? ok({ quota: { port: 50, ...quota } })
      : undefined
  }
  const one = singular[kind] ?? kind.slice(0, -1)
  const all = thingsOf(state, kind)
  if (method === 'DELETE' && id !== undefined && action === undefined) {
    for (const subnet of state.subnets.filter((thing) => thing['network_id'] === id))
      drop(state.subnets, subnet.id)
    return dropped(all, id)
  }
  if (method === 'GET' && id !== undefined) {
    const found = all.find((thing) => thing.id === id)
    return found ? ok({ [one]: found }) : gone
  }
  if (method === 'GET' && !as.admin && query.size === 0) return listed(state, kind, all, as.projectId, open)
  if (method !== 'POST') return undefined
  const made = {
    ...body[one],
    id: state.id(),
    name: (body[one]?.['name'] as string | undefined) ?? '',
    project_id: as.projectId,
  }
  if (kind === 'security-groups') {
    state.groups.push({ ...made, security_group_rules: [] })
    return ok({ security_group: made }, 201)
  }
  if (kind === 'ports') {
    const port = { ...made, device_id: '', device_owner: '', mac_address: 'fa:16:3e:00:00:09' }
    state.ports.push({ ...port, status: 'DOWN', fixed_ips: [] })
    return ok({ port }, 201)
  }
  if (kind === 'security-group-rules' && body['security_group_rule']) {
    const rule = { ...body['security_group_rule'], id: state.id() }
    const group = state.groups.find(
      (thing) => thing.id === body['security_group_rule']?.['security_group_id'],
    )
    group?.security_group_rules.push(rule)
    return ok({ security_group_rule: rule }, 201)
  }
  if (kind === 'routers' && body['router']?.['external_gateway_info'] === undefined) {
    state.routers.push({ ...made, tags: [] })
    return ok({ router: made }, 201)
  }
  return undefined
}

function listed(state: State, kind: string, all: readonly Thing[], project: string, open: Open) {
  const [wall, key] = { networks: ['network-list', kind], ports: ['port-list', kind] }[kind] ?? [
    'group-list',
    'security_groups',
  ]
  if (open.has(wall ?? '')) return ok({ [key ?? kind]: all })
  const seen = all.filter((one) =>
    kind === 'networks' ? isFor(state, one, project) : one['project_id'] === project,
  )
  return ok({ [key ?? kind]: seen })
}

function glance(state: State, { method, path, body, as }: Ask, open: Open): Reply | undefined {
  const [, , id] = path.split('/')
  if (as.admin || id !== undefined) return undefined
  if (method === 'POST') {
    const wanted = body as Record<string, unknown>
    const made = {
      ...wanted,
      id: state.id(),
      name: String(wanted['name']),
      status: 'queued',
      owner: as.projectId,
    }
    state.images.push(made)
    return ok(made, 201)
  }
  const seen = state.images.filter(
    (one) => open.has('image-list') || one['visibility'] !== 'private' || one['owner'] === as.projectId,
  )
  return ok({ images: seen })
}

// Decides how the fake cloud answers as Nova (Compute API v2.1): flavors, key pairs, quotas, instances that take a few looks to start.
// Leaves networks to neutron.
import { type Ask, gone, ok, refuse, type Reply, type State } from './state.ts'

const defaults = {
  instances: 10,
  cores: 20,
  ram: 51_200,
  key_pairs: 100,
  server_groups: 10,
  server_group_members: 10,
}
/** Looks at a new instance before it is ACTIVE. */
const looksToStart = 3

export function nova(state: State, ask: Ask): Reply | undefined {
  const { method, path } = ask
  if (path === '/flavors/detail') return ok({ flavors: state.flavors })
  if (path === '/flavors') return addFlavor(state, ask)
  if (path.startsWith('/flavors/') && method === 'DELETE') return drop(state.flavors, path)
  if (path === '/os-quota-sets/') return gone
  if (path.startsWith('/os-quota-sets/')) return quotas(state, ask, path.split('/')[2] ?? '')
  if (path.startsWith('/os-server-groups'))
    return method === 'GET' ? ok({ server_groups: state.serverGroups }) : drop(state.serverGroups, path)
  if (path === '/os-hypervisors/detail') return ok({ hypervisors: state.hypervisors })
  if (path.startsWith('/os-keypairs')) return keypairs(state, ask)
  if (path.startsWith('/servers')) return servers(state, ask)
  return undefined
}

function addFlavor(state: State, { body }: Ask): Reply {
  const wanted = body['flavor'] ?? {}
  const name = String(wanted['name'])
  if (state.flavors.some((one) => one.name === name))
    return refuse(409, `Flavor with name ${name} already exists.`)
  const made = { ...wanted, id: state.id(), name }
  state.flavors.push(made)
  return ok({ flavor: made })
}

function quotas(state: State, { method, body }: Ask, project: string): Reply {
  if (method === 'DELETE') {
    state.computeQuotas.delete(project)
    return { status: 202 }
  }
  if (method === 'PUT') {
    const { force: _, ...wanted } = body['quota_set'] ?? {}
    state.computeQuotas.set(project, {
      ...state.computeQuotas.get(project),
      ...(wanted as Record<string, number>),
    })
  }
  return ok({ quota_set: { ...defaults, ...state.computeQuotas.get(project) } })
}

function keypairs(state: State, { method, path, query, body, as }: Ask): Reply {
  const wanted = body['keypair'] ?? {}
  const user = query.get('user_id') ?? (wanted['user_id'] as string | undefined) ?? as.userId
  const of = state.keypairs.filter((one) => one.user === user)
  if (method === 'GET') return ok({ keypairs: of.map((keypair) => ({ keypair })) })
  const name = method === 'DELETE' ? path.slice('/os-keypairs/'.length) : String(wanted['name'])
  const there = of.find((one) => one.name === name)
  if (method === 'DELETE') {
    if (!there) return gone
    state.keypairs.splice(state.keypairs.indexOf(there), 1)
    return { status: 204 }
  }
  if (there) return refuse(409, `Key pair '${name}' already exists.`)
  const made = { id: state.id(), name, user, public_key: wanted['public_key'], fingerprint: 'aa:bb' }
  state.keypairs.push(made)
  return ok({ keypair: made }, 201)
}

function servers(state: State, ask: Ask): Reply {
  const { method, path, query, as, body } = ask
  if (path === '/servers/detail')
    return ok({
      servers: state.servers.filter((one) =>
        query.has('all_tenants')
          ? [null, one['tenant_id']].includes(query.get('project_id'))
          : one['tenant_id'] === as.projectId,
      ),
    })
  if (path === '/servers') return boot(state, ask)
  const id = path.split('/')[2]
  const server = state.servers.find((one) => one.id === id)
  if (!server) return gone
  if (path.endsWith('/action')) {
    if ('os-stop' in body) server['status'] = 'SHUTOFF'
    if ('os-start' in body) server['status'] = 'ACTIVE'
    return ok({ output: 'console of ' + server.name })
  }
  if (method === 'DELETE') return drop(state.servers, path)
  const looks = Number(server['looks']) + 1
  server['looks'] = looks
  if (looks >= looksToStart && server['status'] === 'BUILD') {
    server['status'] = 'ACTIVE'
    server['addresses'] = {
      net: [
        { addr: '2001:2:0:1:f816:3eff:fe00:1', version: 6, 'OS-EXT-IPS-MAC:mac_addr': 'fa:16:3e:00:00:01' },
      ],
    }
  }
  return ok({ server })
}

function boot(state: State, { body, as }: Ask): Reply {
  const wanted = body['server'] ?? {}
  const [{ uuid }] = wanted['networks'] as [{ uuid: string }]
  const network = state.networks.find(({ id }) => id === uuid)
  const shared =
    network?.['shared'] === true ||
    state.rbac.some((one) => one['object_id'] === uuid && one['target_tenant'] === as.projectId)
  if (!network || !shared) return refuse(400, `Network ${uuid} could not be found.`)
  if (!state.images.some((one) => one.id === wanted['imageRef'] && one['status'] === 'active'))
    return refuse(400, 'Image not active')
  const key = wanted['key_name']
  if (key !== undefined && !state.keypairs.some((one) => one.user === as.userId && one.name === key))
    return refuse(400, 'Invalid key_name provided.')
  const of = state.servers.filter((one) => one['tenant_id'] === as.projectId)
  const limit = state.computeQuotas.get(as.projectId)?.['instances'] ?? defaults.instances
  if (of.length >= limit) return refuse(403, 'Quota exceeded for instances')
  const made = {
    ...wanted,
    id: state.id(),
    name: String(wanted['name']),
    status: 'BUILD',
    tenant_id: as.projectId,
    user_id: as.userId,
    addresses: {},
    looks: 0,
  }
  state.servers.push(made)
  return ok({ server: { id: made.id } }, 202)
}

function drop(all: { id: string }[], path: string): Reply {
  const at = all.findIndex(({ id }) => path.endsWith(id))
  if (at < 0) return gone
  all.splice(at, 1)
  return { status: 204 }
}

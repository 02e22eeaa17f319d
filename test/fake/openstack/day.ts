// Decides how the fake cloud answers to what a teaching day does: power, rebuild, snapshots, tags, walls, deletions.
// Leaves making things to the services' own files.
import { nova } from './nova.ts'
import { type Ask, gone, ok, refuse, type Reply, type State, type Thing } from './state.ts'

/** Looks at an instance before what was asked of it is done. */
const looksToEnd = 2
const task = 'OS-EXT-STS:task_state'

export function novaDay(state: State, ask: Ask): Reply | undefined {
  const { method, path, query } = ask
  if (path === '/os-simple-tenant-usage') return usage(state)
  if (path === '/servers' && method === 'GET')
    return ok({ servers: state.servers.filter((one) => one['status'] === query.get('status')) })
  if (path === '/servers' && method === 'POST') return boot(state, ask)
  const [, id = '', what, tag] = /^\/servers\/(\w+)(?:\/(action|tags)(?:\/(.+))?)?$/.exec(path) ?? []
  const server = state.servers.find((one) => one.id === id)
  if (!server || id === 'detail') return undefined
  if (what === 'tags') return tags(server, method, decodeURIComponent(tag ?? ''))
  if (what === 'action') return act(state, server, ask.body)
  if (method === 'GET') step(server)
  if (method === 'DELETE') {
    const left = state.ports.filter((one) => one['device_id'] !== id)
    state.ports.splice(0, state.ports.length, ...left)
  }
  return undefined
}

function boot(state: State, ask: Ask): Reply | undefined {
  const reply = nova(state, ask)
  const server = state.servers.at(-1)
  if (reply?.status !== 202 || !server) return reply
  const building = state.servers.filter((one) => one['status'] === 'BUILD').length
  state.day.mostBuilding = Math.max(state.day.mostBuilding, building)
  server['image'] = { id: server['imageRef'] }
  server['created'] = '2026-09-01T08:00:00Z'
  const [{ uuid }] = server['networks'] as [{ uuid: string }]
  const subnet = state.subnets.find((one) => one['network_id'] === uuid)
  const group = state.groups.find((one) => one.project_id === ask.as.projectId && one.name === 'default')
  state.ports.push({
    id: state.id(),
    name: '',
    project_id: ask.as.projectId,
    network_id: uuid,
    device_id: server.id,
    device_owner: 'compute:nova',
    mac_address: 'fa:16:3e:00:00:01',
    status: 'ACTIVE',
    fixed_ips: [{ subnet_id: subnet?.id ?? '', ip_address: '2001:2:0:1:f816:3eff:fe00:1' }],
    security_groups: group ? [group.id] : [],
    port_security_enabled: true,
    tags: [],
  })
  if (state.day.failingBoots > 0) {
    state.day.failingBoots--
    server['status'] = 'ERROR'
    server['fault'] = { message: 'No valid host was found.' }
  }
  return reply
}

function tags(server: Thing, method: string, tag: string, longest = 60): Reply {
  const all = (server['tags'] ?? []) as string[]
  if (tag.length > longest || /[/,]/.test(tag)) return refuse(400, `Invalid tag ${tag}`)
  if (method === 'DELETE' && !all.includes(tag)) return gone
  server['tags'] = method === 'DELETE' ? all.filter((one) => one !== tag) : [...new Set([...all, tag])]
  return { status: method === 'DELETE' ? 204 : 201 }
}

/** States from which Nova takes an action, and what it ends in. */
const actions: Record<string, { from: string[]; during: Record<string, unknown>; end: string }> = {
  'os-start': { from: ['SHUTOFF'], during: { [task]: 'powering-on' }, end: 'ACTIVE' },
  /** At once, as closing of who left does not wait for it. */
  'os-stop': { from: ['ACTIVE', 'ERROR'], during: {}, end: 'SHUTOFF' },
  rebuild: { from: ['ACTIVE', 'SHUTOFF', 'ERROR'], during: { status: 'REBUILD' }, end: 'ACTIVE' },
}

function act(state: State, server: Thing, body: Record<string, unknown>): Reply | undefined {
  const [name = '', wanted] = Object.entries(body)[0] ?? []
  if (name === 'createImage') return snapshot(state, server, wanted as never)
  const action = actions[name]
  if (!action) return undefined
  const status = String(server['status'])
  if (server[task] || !action.from.includes(status))
    return refuse(409, `Cannot '${name}' instance ${server.id} while it is in vm_state ${status}`)
  if (name === 'rebuild') {
    const { imageRef } = wanted as { imageRef: string }
    if (!state.images.some((one) => one.id === imageRef)) return refuse(400, 'Image not found')
    server['next_image'] = imageRef
    state.day.rebuilds++
  }
  if (name === 'os-stop') {
    server['status'] = action.end
    return { status: 202 }
  }
  Object.assign(server, action.during)
  server['ends'] = { in: looksToEnd, as: name === 'rebuild' && status === 'SHUTOFF' ? 'SHUTOFF' : action.end }
  return { status: 202 }
}

function step(server: Thing): void {
  const ends = server['ends'] as { in: number; as: string } | undefined
  if (!ends || --ends.in > 0) return
  Object.assign(server, { status: ends.as, [task]: null, ends: undefined })
  if (server['next_image'] !== undefined) server['image'] = { id: server['next_image'] }
  delete server['next_image']
}

function snapshot(
  state: State,
  server: Thing,
  { name, metadata }: { name: string; metadata: Record<string, string> },
): Reply {
  const image = { ...metadata, id: state.id(), name, status: 'active', visibility: 'private', size: 1 }
  state.images.push({ ...image, owner: state.admin.projectId, tags: [], of: server.id })
  return { status: 202, body: { image_id: image.id } }
}

function usage(state: State): Reply {
  const projects = [...new Set(state.servers.map((one) => String(one['tenant_id'])))]
  const tenant_usages = projects.map((tenant_id) => {
    const hours = state.servers.filter((one) => one['tenant_id'] === tenant_id).length
    return {
      tenant_id,
      total_hours: hours,
      total_vcpus_usage: hours,
      total_memory_mb_usage: hours * 1024,
      total_local_gb_usage: hours * 5,
    }
  })
  return ok({ tenant_usages })
}

export function keystoneDay(state: State, { method, path }: Ask): Reply | undefined {
  const [, project, tag] = /^\/projects\/(\w+)\/tags\/(.+)$/.exec(path) ?? []
  if (project !== undefined && tag !== undefined) {
    const found = state.projects.find(({ id }) => id === project)
    return found ? tags(found, method, decodeURIComponent(tag), 255) : gone
  }
  const [, at, user, role] = /^\/projects\/(\w+)\/users\/(\w+)\/roles\/(\w+)$/.exec(path) ?? []
  if (at === undefined || method !== 'DELETE') return undefined
  const index = state.assignments.findIndex(
    (one) => one.project === at && one.user === user && one.role === role,
  )
  if (index < 0) return gone
  state.assignments.splice(index, 1)
  // Keystone deletes them with any role of theirs in that project (keystone/application_credential/core.py).
  const kept = state.credentials.filter((one) => one['user_id'] !== user || one['project_id'] !== at)
  state.credentials.splice(0, state.credentials.length, ...kept)
  return { status: 204 }
}

export function neutronDay(state: State, ask: Ask): Reply | undefined {
  const { method, path, body, as } = ask
  const [, kind = '', id, action] = path.split('/')
  if (kind === 'floatingips' && method === 'GET') return ok({ floatingips: [] })
  if (kind === 'security-group-rules' && method === 'DELETE') {
    for (const group of state.groups) {
      const at = group.security_group_rules.findIndex((one) => one['id'] === id)
      if (at >= 0) {
        group.security_group_rules.splice(at, 1)
        return { status: 204 }
      }
    }
    return gone
  }
  if (kind === 'security-groups' && method === 'POST') {
    const wanted = body['security_group'] ?? {}
    const rule = () => ({ id: state.id(), direction: 'egress', ethertype: 'IPv6' })
    const made = {
      ...wanted,
      id: state.id(),
      name: String(wanted['name']),
      project_id: as.projectId,
      tags: [],
      security_group_rules: [rule(), rule()],
    }
    state.groups.push(made)
    return ok({ security_group: made }, 201)
  }
  const kinds: Record<string, Thing[]> = {
    'security-groups': state.groups,
    ports: state.ports,
    routers: state.routers,
    networks: state.networks,
    subnets: state.subnets,
  }
  const all = kinds[kind]
  if (!all) return undefined
  const one = all.find((thing) => thing.id === id)
  if (method === 'DELETE' && id !== undefined) return one ? remove(state, kind, all, one) : gone
  if (kind === 'ports' && method === 'PUT' && one) {
    if (action === 'tags') one['tags'] = (body as unknown as { tags: string[] }).tags
    else Object.assign(one, body['port'])
    return ok({ port: one })
  }
  if (action === 'remove_router_interface' && one) {
    const { subnet_id: subnet } = body as unknown as { subnet_id: string }
    const at = state.ports.findIndex(
      (port) => port['device_id'] === id && JSON.stringify(port['fixed_ips']).includes(subnet),
    )
    if (at < 0) return gone
    state.ports.splice(at, 1)
    return ok({ id })
  }
  return undefined
}

function remove(state: State, kind: string, all: Thing[], one: Thing): Reply {
  const { id } = one
  const uses = (port: Thing) =>
    (kind === 'networks' && port['network_id'] === id) ||
    (kind === 'routers' && port['device_id'] === id) ||
    (kind === 'security-groups' && ((port['security_groups'] ?? []) as string[]).includes(id))
  if (state.ports.some(uses)) return refuse(409, `${kind} ${id} is in use`)
  all.splice(all.indexOf(one), 1)
  if (kind === 'networks') {
    const left = state.subnets.filter((subnet) => subnet['network_id'] !== id)
    state.subnets.splice(0, state.subnets.length, ...left)
  }
  return { status: 204 }
}

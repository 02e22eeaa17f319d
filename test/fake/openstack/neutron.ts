// Decides how the fake cloud answers as Neutron (Networking API v2.0), with the refusals that matter: overlapping
// subnets, taken gateway addresses, a second interface, a second rule, a second policy.
import { Prefix } from '../../../src/core/prefix.ts'
import { type Ask, gone, ok, refuse, type Reply, type State, type Thing } from './state.ts'

const plain = ['networks', 'subnets', 'subnetpools', 'routers', 'ports'] as const

export function neutron(state: State, ask: Ask): Reply | undefined {
  const { method, path, query, body, as } = ask
  const [, kind = '', id, action] = path.split('/')
  if (kind === 'security-groups')
    return method === 'DELETE'
      ? drop(state.groups, id)
      : groups(state, query.get('project_id') ?? undefined, query)
  if (kind === 'security-group-rules')
    return method === 'DELETE' ? dropRule(state, id) : rules(state, body as never)
  if (kind === 'rbac-policies')
    return method === 'GET'
      ? ok({
          rbac_policies: state.rbac.filter(matching(query, ['target_tenant', 'project_id', 'object_id'])),
        })
      : method === 'DELETE'
        ? unshare(state, id)
        : share(state, body['rbac_policy'], as.projectId)
  if (kind === 'quotas')
    return action === 'details.json' ? quotaUse(state, String(id)) : quotas(state, ask, id)
  if (kind === 'floatingips') return ok({ floatingips: [] })
  if (!plain.includes(kind as never)) return undefined
  const all = state[kind as (typeof plain)[number]]
  const singular = kind.slice(0, -1)
  if (method === 'GET') return paged(state, kind, all, query)
  if (method === 'POST') return add(state, kind, all, singular, body[singular] ?? {}, as.projectId)
  const one = all.find((thing) => thing.id === id)
  if (!one) return gone
  if (method === 'DELETE') return remove(state, kind, all, one)
  if (action === 'tags') {
    one['tags'] = (body as unknown as { tags: string[] }).tags
    return ok({ tags: one['tags'] })
  }
  if (action === 'add_router_interface')
    return plug(state, one, String((body as Record<string, unknown>)['subnet_id']))
  if (action === 'remove_router_interface') {
    const subnet = String((body as Record<string, unknown>)['subnet_id'])
    const port = state.ports.find(
      (each) => each['device_id'] === one.id && JSON.stringify(each['fixed_ips']).includes(subnet),
    )
    return port ? drop(state.ports, port.id) : gone
  }
  if (method === 'PUT') Object.assign(one, body[singular])
  return ok({ [singular]: one })
}

/** As many as `pagination_max_limit` says; the next page is told by its address, whole. */
function paged({ page }: State, kind: string, all: readonly Thing[], query: URLSearchParams): Reply {
  const { marker, ...filters } = Object.fromEntries(query)
  const found = all.filter(matching(query, Object.keys(filters)))
  const from = marker === undefined ? 0 : found.findIndex(({ id }) => id === marker) + 1
  const some = found.slice(from, from + page)
  const last = some.at(-1)
  if (last === undefined || from + page >= found.length) return ok({ [kind]: some })
  const next = new URLSearchParams(query)
  next.set('marker', last.id)
  return ok({
    [kind]: some,
    [`${kind}_links`]: [{ rel: 'next', href: `http://neutron/v2.0/${kind}?${next.toString()}` }],
  })
}

/** Of a key that is named several times, any of its values. */
function matching(query: URLSearchParams, keys: readonly string[] = [...query.keys()]) {
  return (one: Record<string, unknown>) =>
    keys.every((key) => !query.has(key) || query.getAll(key).includes(one[key] as string))
}

/** What is in use is not deleted, as Neutron has it. */
function remove(state: State, kind: string, all: Thing[], one: Thing): Reply {
  const inUse =
    kind === 'networks'
      ? state.ports.some((port) => port['network_id'] === one.id)
      : kind === 'routers' && state.ports.some((port) => port['device_id'] === one.id)
  if (inUse) return refuse(409, `Unable to complete operation on ${kind} ${one.id}. It is in use.`)
  if (kind === 'networks')
    for (const subnet of state.subnets.filter((each) => each['network_id'] === one.id))
      drop(state.subnets, subnet.id)
  return drop(all, one.id)
}

function drop(all: { id: string }[], id: string | undefined): Reply {
  const at = all.findIndex((one) => one.id === id)
  if (at < 0) return gone
  all.splice(at, 1)
  return { status: 204 }
}

function dropRule(state: State, id: string | undefined): Reply {
  for (const group of state.groups) {
    const at = group.security_group_rules.findIndex((rule) => rule['id'] === id)
    if (at < 0) continue
    group.security_group_rules.splice(at, 1)
    return { status: 204 }
  }
  return gone
}

function unshare(state: State, id: string | undefined): Reply {
  const policy = state.rbac.find((one) => one.id === id)
  const used = state.ports.some(
    (port) =>
      port['network_id'] === policy?.['object_id'] && port['project_id'] === policy?.['target_tenant'],
  )
  return used ? refuse(409, `RBAC policy ${String(id)} is in use.`) : drop(state.rbac, id)
}

function add(
  state: State,
  kind: string,
  all: Thing[],
  singular: string,
  wanted: Record<string, unknown>,
  projectId: string,
): Reply {
  const owner = typeof wanted['project_id'] === 'string' ? wanted['project_id'] : projectId
  if (kind === 'networks') ensureDefault(state, owner)
  const limit = state.networkQuotas.get(owner)?.[singular]
  if (limit !== undefined && all.filter((one) => one['project_id'] === owner).length >= limit)
    return refuse(409, `Quota exceeded for resources: ['${singular}'].`)
  if (kind === 'subnets' && state.subnets.some((one) => one['cidr'] === wanted['cidr']))
    return refuse(409, 'Requested subnet with cidr overlaps with another subnet')
  if (kind === 'routers') {
    const taken = state.routers.some(
      (one) => gatewayOf(one) !== undefined && gatewayOf(one) === gatewayOf(wanted),
    )
    if (taken) return refuse(409, `IP address ${gatewayOf(wanted)} already allocated in subnet`)
  }
  const given = kind === 'subnets' && wanted['cidr'] === undefined ? allocate(state, wanted) : wanted
  if (given === undefined)
    return refuse(404, 'Failed to allocate subnet: no such pool, or nothing left of it')
  const made = {
    ...defaultsOf[kind],
    ...given,
    id: state.id(),
    name: String(wanted['name']),
    tags: [],
    project_id: owner,
  }
  all.push(made)
  return ok({ [singular]: made }, 201)
}

/** The first /64 of the pool that no subnet has, and its first address as gateway. */
function allocate(
  { subnets, subnetpools }: State,
  wanted: Record<string, unknown>,
): Record<string, unknown> | undefined {
  const pool = subnetpools.find(({ id }) => id === wanted['subnetpool_id'])
  const [prefix] = (pool?.['prefixes'] as string[] | undefined) ?? []
  if (prefix === undefined) return undefined
  const range = Prefix.of(prefix)
  for (let n = 0n; n < range.count(64); n++) {
    const cidr = range.nth(64, n)
    if (cidr === undefined || subnets.some((one) => one['cidr'] === String(cidr))) continue
    return { ...wanted, cidr: String(cidr), gateway_ip: String(cidr.host(1)) }
  }
  return undefined
}

const defaultsOf: Record<string, Record<string, unknown>> = {
  networks: { mtu: 1500, shared: false, 'router:external': false },
  subnets: { enable_dhcp: true, dns_nameservers: [] },
  subnetpools: {},
  routers: {},
  ports: {},
}

function gatewayOf(router: Record<string, unknown>): string | undefined {
  const info = router['external_gateway_info'] as { external_fixed_ips?: [{ ip_address: string }] } | null
  return info?.external_fixed_ips?.[0].ip_address
}

function plug(state: State, router: Thing, subnetId: string): Reply {
  const there = state.ports.some(
    (one) => one['device_id'] === router.id && JSON.stringify(one['fixed_ips']).includes(subnetId),
  )
  if (there)
    return {
      status: 400,
      body: {
        NeutronError: {
          type: 'BadRequest',
          message: `Router already has a port on subnet ${subnetId}`,
          detail: '',
        },
      },
    }
  const subnet = state.subnets.find(({ id }) => id === subnetId)
  if (!subnet) return gone
  const id = state.id()
  state.ports.push({
    id,
    name: '',
    project_id: router['project_id'],
    network_id: subnet['network_id'],
    device_id: router.id,
    device_owner: 'network:router_interface',
    mac_address: 'fa:16:3e:00:00:02',
    status: 'ACTIVE',
    fixed_ips: [{ subnet_id: subnetId, ip_address: subnet['gateway_ip'] }],
  })
  return ok({ subnet_id: subnetId, id: router.id, port_id: id })
}

/** Neutron makes the group when its project first asks, or makes a network. */
function ensureDefault(state: State, projectId: string): void {
  if (state.groups.some((one) => one.project_id === projectId)) return
  state.groups.push({ id: state.id(), name: 'default', project_id: projectId, security_group_rules: [] })
}

function groups(state: State, projectId: string | undefined, query: URLSearchParams): Reply {
  if (projectId !== undefined) ensureDefault(state, projectId)
  return ok({ security_groups: state.groups.filter(matching(query)) })
}

function rules(
  state: State,
  { security_group_rules: wanted }: { security_group_rules: Record<string, unknown>[] },
): Reply {
  const ids = new Set(wanted.map((one) => one['security_group_id']))
  if (ids.size > 1) return refuse(400, 'SecurityGroupNotSingleGroupRules')
  const group = state.groups.find(({ id }) => ids.has(id))
  if (!group) return gone
  const key = (rule: Record<string, unknown>) =>
    [rule['protocol'], rule['port_range_min'], rule['port_range_max'], rule['remote_ip_prefix']].join(' ')
  if (wanted.some((rule) => group.security_group_rules.some((one) => key(one) === key(rule))))
    return refuse(409, 'Security group rule already exists')
  const made = wanted.map((rule): Record<string, unknown> => ({ ...rule, id: state.id() }))
  group.security_group_rules.push(...made)
  return ok({ security_group_rules: made }, 201)
}

function share(state: State, wanted: Record<string, unknown> = {}, projectId = ''): Reply {
  const same = state.rbac.some(
    (one) => one['object_id'] === wanted['object_id'] && one['target_tenant'] === wanted['target_tenant'],
  )
  if (same) return refuse(409, 'An RBAC policy already exists with those values.')
  const limit = state.networkQuotas.get(projectId)?.['rbac_policy'] ?? defaultPolicies
  if (state.rbac.filter((one) => one['project_id'] === projectId).length >= limit)
    return refuse(409, "Quota exceeded for resources: ['rbac_policy'].")
  const made = { ...wanted, id: state.id(), name: '', project_id: projectId }
  state.rbac.push(made)
  return ok({ rbac_policy: made }, 201)
}

const defaultQuota = {
  network: 100,
  subnet: 100,
  router: 10,
  port: 500,
  security_group: 10,
  security_group_rule: 100,
}

/** Neutron's default for what is shared; the rest has room. */
const defaultPolicies = 10

function quotaUse(state: State, project: string): Reply {
  const limits = state.networkQuotas.get(project) ?? {}
  const use = (kind: string, all: readonly Record<string, unknown>[], limit: number) => [
    kind,
    {
      limit: limits[kind] ?? limit,
      used: all.filter((one) => one['project_id'] === project).length,
      reserved: 0,
    },
  ]
  return ok({
    quota: Object.fromEntries([
      use('network', state.networks, 100),
      use('subnet', state.subnets, 100),
      use('router', state.routers, 10),
      use('port', state.ports, 500),
      use('rbac_policy', state.rbac, defaultPolicies),
    ]),
  })
}

function quotas(state: State, { method, body }: Ask, projectId: string | undefined): Reply {
  if (method === 'GET')
    return ok({
      quotas: [...state.networkQuotas].map(([id, quota]) => ({ project_id: id, ...defaultQuota, ...quota })),
    })
  if (method === 'DELETE') {
    state.networkQuotas.delete(String(projectId))
    return { status: 204 }
  }
  state.networkQuotas.set(String(projectId), {
    ...state.networkQuotas.get(String(projectId)),
    ...(body['quota'] as Record<string, number>),
  })
  return ok({ quota: body['quota'] })
}

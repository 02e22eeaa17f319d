// Decides how the fake cloud answers as Neutron (Networking API v2.0), with the refusals that matter: overlapping
// subnets, taken gateway addresses, a second interface, a second rule, a second policy.
import { type Ask, gone, ok, refuse, type Reply, type State, type Thing } from './state.ts'

const plain = ['networks', 'subnets', 'subnetpools', 'routers'] as const

export function neutron(state: State, ask: Ask): Reply | undefined {
  const { method, path, query, body, as } = ask
  const [, kind = '', id, action] = path.split('/')
  if (kind === 'security-groups') return groups(state, query.get('project_id') ?? undefined, query)
  if (kind === 'security-group-rules') return rules(state, body as never)
  if (kind === 'rbac-policies')
    return method === 'GET' ? ok({ rbac_policies: state.rbac }) : share(state, body['rbac_policy'])
  if (kind === 'quotas') return quotas(state, ask, id)
  if (kind === 'ports') {
    const found = state.ports.filter((one) => [...query].every(([key, value]) => one[key] === value))
    return ok({ ports: found })
  }
  if (!plain.includes(kind as never)) return undefined
  const all = state[kind as (typeof plain)[number]]
  const singular = kind.slice(0, -1)
  if (method === 'GET') return ok({ [kind]: all })
  if (method === 'POST') return add(state, kind, all, singular, body[singular] ?? {}, as.projectId)
  const one = all.find((thing) => thing.id === id)
  if (!one) return gone
  if (action === 'tags') {
    one['tags'] = (body as unknown as { tags: string[] }).tags
    return ok({ tags: one['tags'] })
  }
  if (action === 'add_router_interface')
    return plug(state, one, String((body as Record<string, unknown>)['subnet_id']))
  if (method === 'PUT') Object.assign(one, body[singular])
  return ok({ [singular]: one })
}

function add(
  state: State,
  kind: string,
  all: Thing[],
  singular: string,
  wanted: Record<string, unknown>,
  projectId: string,
): Reply {
  if (kind === 'networks') ensureDefault(state, projectId)
  if (kind === 'subnets' && state.subnets.some((one) => one['cidr'] === wanted['cidr']))
    return refuse(409, 'Requested subnet with cidr overlaps with another subnet')
  if (kind === 'routers') {
    const taken = state.routers.some((one) => gatewayOf(one) === gatewayOf(wanted))
    if (taken) return refuse(409, `IP address ${gatewayOf(wanted)} already allocated in subnet`)
  }
  const made = {
    ...defaultsOf[kind],
    ...wanted,
    id: state.id(),
    name: String(wanted['name']),
    tags: [],
    project_id: projectId,
  }
  all.push(made)
  return ok({ [singular]: made }, 201)
}

const defaultsOf: Record<string, Record<string, unknown>> = {
  networks: { mtu: 1500, shared: false, 'router:external': false },
  subnets: { enable_dhcp: true, dns_nameservers: [] },
  subnetpools: {},
  routers: {},
}

function gatewayOf(router: Record<string, unknown>): string {
  const info = router['external_gateway_info'] as { external_fixed_ips: [{ ip_address: string }] }
  return info.external_fixed_ips[0].ip_address
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
  const found = state.groups.filter((one) =>
    [...query].every(([key, value]) => (one as Record<string, unknown>)[key] === value),
  )
  return ok({ security_groups: found })
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
    `${String(rule['protocol'])} ${String(rule['port_range_min'])}`
  if (wanted.some((rule) => group.security_group_rules.some((one) => key(one) === key(rule))))
    return refuse(409, 'Security group rule already exists')
  const made = wanted.map((rule): Record<string, unknown> => ({ ...rule, id: state.id() }))
  group.security_group_rules.push(...made)
  return ok({ security_group_rules: made }, 201)
}

function share(state: State, wanted: Record<string, unknown> = {}): Reply {
  const same = state.rbac.some(
    (one) => one['object_id'] === wanted['object_id'] && one['target_tenant'] === wanted['target_tenant'],
  )
  if (same) return refuse(409, 'An RBAC policy already exists with those values.')
  const made = { ...wanted, id: state.id(), name: '' }
  state.rbac.push(made)
  return ok({ rbac_policy: made }, 201)
}

function quotas(state: State, { method, body }: Ask, projectId: string | undefined): Reply {
  if (method === 'GET')
    return ok({ quotas: [...state.networkQuotas].map(([id, quota]) => ({ project_id: id, ...quota })) })
  state.networkQuotas.set(String(projectId), body['quota'] as Record<string, number>)
  return ok({ quota: body['quota'] })
}

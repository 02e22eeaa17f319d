// Decides how the fake cloud answers as Cinder (Block Storage API v3), in clouds that are started with it: volumes and quotas.
// Leaves snapshots, and storage itself, out: a volume is there at once, and gone at once.
import { type Ask, gone, ok, refuse, type Reply, type State, type Thing } from './state.ts'

const tenant = 'os-vol-tenant-attr:tenant_id'
const defaults = { volumes: 10, snapshots: 10, gigabytes: 1000 }

export function cinder(state: State, { method, path, query, body, as }: Ask): Reply | undefined {
  const [, kind = '', id = '', below] = path.split('/')
  if (kind === 'os-quota-sets') {
    if (method === 'DELETE') state.volumeQuotas.delete(id)
    if (method === 'PUT')
      state.volumeQuotas.set(id, { ...state.volumeQuotas.get(id), ...(body['quota_set'] as object) })
    return ok({ quota_set: { ...defaults, ...state.volumeQuotas.get(id) } })
  }
  if (path === '/snapshots/detail') return ok({ snapshots: [] })
  if (kind !== 'volumes') return undefined
  if (id === 'detail') {
    const project = as.admin && query.has('all_tenants') ? query.get('project_id') : as.projectId
    return ok({ volumes: state.volumes.filter((one) => project === null || one[tenant] === project) })
  }
  if (method === 'POST' && id === '') return create(state, body['volume'] ?? {}, as.projectId)
  const one = state.volumes.find((volume) => volume.id === id)
  if (one === undefined) return gone
  if (method === 'DELETE' || (below === 'action' && 'os-force_delete' in body)) {
    state.volumes.splice(state.volumes.indexOf(one), 1)
    return { status: 202 }
  }
  if (method === 'GET') return ok({ volume: one })
  return undefined
}

function create(state: State, wanted: Record<string, unknown>, project: string): Reply {
  const most = { ...defaults, ...state.volumeQuotas.get(project) }.volumes
  if (state.volumes.filter((one) => one[tenant] === project).length >= most)
    return refuse(413, "VolumeLimitExceeded: Maximum number of volumes allowed exceeded for quota 'volumes'.")
  const made: Thing = {
    ...wanted,
    id: state.id(),
    name: String(wanted['name']),
    status: 'available',
    [tenant]: project,
  }
  state.volumes.push(made)
  return ok({ volume: made }, 202)
}

const actions: Record<string, string> = { 'os-reserve': 'volume-attach', 'os-reset_status': 'volume-reset' }

/** The wall that a member meets: another's volume is not found, and quotas are the administrator's. */
export function cinderWall(state: State, { method, path, body, as }: Ask) {
  const [, kind = '', id = '', below] = path.split('/')
  if (kind === 'os-quota-sets' && method !== 'GET') {
    const wall = id === as.projectId ? 'quota-volume-own' : 'quota-volume-other'
    const why = "Policy doesn't allow volume_extension:quotas:update to be performed."
    return { wall, reply: refuse(403, why) }
  }
  const one = state.volumes.find((volume) => volume.id === id)
  if (kind !== 'volumes' || one === undefined || one[tenant] === as.projectId) return undefined
  const [action = ''] = Object.keys(body)
  const wall =
    below === 'action'
      ? (actions[action] ?? action)
      : ({ PUT: 'volume-rename', DELETE: 'volume-delete' }[method] ?? 'volume-get')
  return { wall, reply: refuse(404, `Volume ${id} could not be found.`) }
}

/** A list that shows everything to everybody. Real Cinder shows a member the own ones, whatever `all_tenants` asks for. */
export function cinderList(state: State, { path, query }: Ask, open: ReadonlySet<string>): Reply | undefined {
  const wall = query.has('all_tenants') ? 'volume-list-all' : 'volume-list'
  return path === '/volumes/detail' && open.has(wall) ? ok({ volumes: state.volumes }) : undefined
}

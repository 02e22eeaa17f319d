// Decides how the fake cloud answers as Keystone (Identity API v3).
// Leaves tokens to server.
import { type Ask, gone, ok, refuse, type Reply, type State, type Thing } from './state.ts'

/** Never more than `max_db_limit`; that there is more is said only to who asked for a limit (keystone/common/driver_hints.py). */
function page({ mostListed }: State, { query }: Ask, kind: string, all: readonly Thing[]): Reply {
  const [marker, limit] = [query.get('marker'), query.get('limit')]
  const from = marker === null ? 0 : all.findIndex(({ id }) => id === marker) + 1
  const size = Math.min(limit === null ? Infinity : Number(limit), mostListed)
  const some = all.slice(from, from + size)
  const last = limit !== null && some.length === size ? some.at(-1) : undefined
  const next = last ? `http://keystone/v3/${kind}?limit=${size}&marker=${last.id}` : null
  return ok({ [kind]: some, links: { next } })
}

export function keystone(state: State, ask: Ask): Reply | undefined {
  const { method, path, body } = ask
  if (path === '/domains') return ok({ domains: [{ id: 'default', name: 'Default' }], links: { next: null } })
  if (path === '/roles') return ok({ roles: state.roles })
  if (path === '/role_assignments')
    return ok({
      role_assignments: state.assignments.map(({ role, user, project }) => ({
        role: { id: role },
        user: { id: user },
        scope: { project: { id: project } },
      })),
    })
  if (path === '/projects' && method === 'GET') {
    const name = ask.query.get('name')
    const found = state.projects.filter((one) => name === null || one.name === name)
    return page(state, ask, 'projects', found)
  }
  if (path === '/users' && method === 'GET') return page(state, ask, 'users', state.users)
  if (path === '/projects') return add(state, state.projects, 'project', body['project'])
  const project = state.projects.find(({ id }) => path === `/projects/${id}`)
  if (project && method === 'PATCH') return ok({ project: Object.assign(project, body['project']) })
  if (project) {
    forget(state, (one) => one.project === project.id)
    return drop(state.projects, project.id)
  }
  if (path.endsWith('/application_credentials') || path.includes('/application_credentials/'))
    return credentials(state, ask)
  const { password, ...wanted } = body['user'] ?? {}
  if (path === '/users') {
    const reply = add(state, state.users, 'user', wanted)
    if (reply.status === 201) state.passwords.set(state.users.at(-1)?.id ?? '', String(password))
    return reply
  }
  const user = state.users.find(({ id }) => path === `/users/${id}`)
  if (user && method === 'PATCH') {
    Object.assign(user, wanted)
    if (password !== undefined) state.passwords.set(user.id, password as string)
    return ok({ user })
  }
  if (user && method === 'DELETE') {
    for (const one of state.credentials.filter((one) => one['user_id'] === user.id))
      drop(state.credentials, one.id)
    forget(state, (one) => one.user === user.id)
    return drop(state.users, user.id)
  }
  const grant = /^\/projects\/(\w+)\/users\/(\w+)\/roles\/(\w+)$/.exec(path)
  if (grant) {
    const [, project = '', holder = '', role = ''] = grant
    if (!state.projects.some(({ id }) => id === project) || !state.users.some(({ id }) => id === holder))
      return gone
    if (method === 'DELETE') {
      const at = state.assignments.findIndex(
        (one) => one.project === project && one.user === holder && one.role === role,
      )
      if (at < 0) return gone
      state.assignments.splice(at, 1)
      return { status: 204 }
    }
    state.assignments.push({ project, user: holder, role })
    return { status: 204 }
  }
  return undefined
}

/** Names are unique in a domain, as in Keystone. */
function add(state: State, all: Thing[], kind: string, wanted: Record<string, unknown> = {}): Reply {
  const name = String(wanted['name'])
  if (all.some((one) => one.name === name))
    return refuse(
      409,
      `Conflict occurred attempting to store ${kind} - Duplicate entry found with name ${name}`,
    )
  const made = { enabled: true, ...wanted, id: state.id(), name }
  all.push(made)
  return ok({ [kind]: made }, 201)
}

/** Roles go with what they are of. */
function forget(state: State, of: (one: State['assignments'][number]) => boolean): void {
  state.assignments.splice(0, Infinity, ...state.assignments.filter((one) => !of(one)))
}

function drop(all: Thing[], id: string): Reply {
  all.splice(
    all.findIndex((one) => one.id === id),
    1,
  )
  return { status: 204 }
}

function credentials(state: State, { method, path, body, as }: Ask): Reply {
  const [, , user = '', , id] = path.split('/')
  if (method === 'GET')
    return ok({ application_credentials: state.credentials.filter((one) => one['user_id'] === user) })
  if (method === 'DELETE') {
    if (!state.credentials.some((one) => one.id === id)) return gone
    return drop(state.credentials, id ?? '')
  }
  if (as.userId !== user) return refuse(403, 'You are not authorized to perform the requested action.')
  const wanted = body['application_credential'] ?? {}
  if (state.credentials.some((one) => one['user_id'] === user && one.name === wanted['name']))
    return refuse(409, 'Conflict occurred attempting to store application_credential - Duplicate entry.')
  const made = {
    ...wanted,
    id: state.id(),
    name: String(wanted['name']),
    user_id: user,
    project_id: as.projectId,
  }
  state.credentials.push(made)
  return ok({ application_credential: made }, 201)
}

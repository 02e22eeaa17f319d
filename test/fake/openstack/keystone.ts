// Decides how the fake cloud answers as Keystone (Identity API v3).
// Leaves tokens to server.
import { type Ask, gone, ok, refuse, type Reply, type State, type Thing } from './state.ts'

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
  if (path === '/projects' && method === 'GET') return ok({ projects: state.projects })
  if (path === '/users' && method === 'GET') return ok({ users: state.users })
  if (path === '/projects') return add(state, state.projects, 'project', body['project'])
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
  const grant = /^\/projects\/(\w+)\/users\/(\w+)\/roles\/(\w+)$/.exec(path)
  if (grant) {
    const [, project = '', holder = '', role = ''] = grant
    if (!state.projects.some(({ id }) => id === project) || !state.users.some(({ id }) => id === holder))
      return gone
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
  const made = { ...wanted, id: state.id(), name, enabled: true }
  all.push(made)
  return ok({ [kind]: made }, 201)
}

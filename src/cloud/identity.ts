// Decides the calls of Keystone that bateau makes (Identity API v3), and what of their answers it reads.
// Leaves which projects and users there should be to classroom/.
import { z } from 'zod'
import type { Secret } from '../core/secret.ts'
import { list } from './list.ts'
import type { Query, Session } from './session.ts'

const domain = z.object({ id: z.string(), name: z.string() })
const project = z.object({
  id: z.string(),
  name: z.string(),
  domain_id: z.string(),
  description: z.string().nullish(),
  enabled: z.boolean(),
  tags: z.array(z.string()).default([]),
})
const user = z.object({
  id: z.string(),
  name: z.string(),
  domain_id: z.string(),
  description: z.string().nullish(),
  enabled: z.boolean(),
  default_project_id: z.string().nullish(),
})
const role = z.object({ id: z.string(), name: z.string() })
const assignment = z.object({
  role: z.object({ id: z.string() }),
  user: z.object({ id: z.string() }).optional(),
  scope: z.object({ project: z.object({ id: z.string() }).optional() }),
})
const applicationCredential = z.object({
  id: z.string(),
  name: z.string(),
  project_id: z.string(),
  description: z.string().nullish(),
})

export type Domain = z.infer<typeof domain>
export type Project = z.infer<typeof project>
export type User = z.infer<typeof user>
export type Role = z.infer<typeof role>
export type Assignment = z.infer<typeof assignment>
export type ApplicationCredential = z.infer<typeof applicationCredential>

export type NewProject = { name: string; domainId: string; description: string; tags: readonly string[] }
export type NewUser = {
  name: string
  domainId: string
  description: string
  password: Secret
  defaultProjectId: string
}

/**
 * Without a limit Keystone gives the first 1000 (`max_db_limit`, since 2025.1) and says nothing of the rest: neither
 * `truncated` nor a next page. Older ones take no notice of it and give all.
 */
const paged: Query = { limit: '1000' }

export class Identity {
  readonly #session: Session
  constructor(session: Session) {
    this.#session = session
  }

  domains(): Promise<Domain[]> {
    return this.#list('/domains', 'domains', domain)
  }
  projects(): Promise<Project[]> {
    return this.#list('/projects', 'projects', project, paged)
  }
  users(): Promise<User[]> {
    return this.#list('/users', 'users', user, paged)
  }
  roles(): Promise<Role[]> {
    return this.#list('/roles', 'roles', role)
  }
  /** Direct assignments of every user and project, in one call. */
  assignments(): Promise<Assignment[]> {
    return this.#list('/role_assignments', 'role_assignments', assignment)
  }

  async createProject(wanted: NewProject): Promise<Project> {
    const { name, domainId, description, tags } = wanted
    const json = { project: { name, domain_id: domainId, description, tags } }
    const made = await this.#session.call(
      { service: 'identity', what: `create project ${name}`, method: 'POST', path: '/projects', json },
      z.object({ project }),
    )
    return made.project
  }

  /** Replaces all tags of the project. */
  async setProjectTags(id: string, tags: readonly string[]): Promise<void> {
    const what = `tag project ${id}`
    await this.#do(what, 'PUT', `/projects/${id}/tags`, { json: { tags } })
  }

  async createUser(wanted: NewUser): Promise<User> {
    const { name, domainId, description, password, defaultProjectId } = wanted
    const json = {
      user: {
        name,
        domain_id: domainId,
        description,
        password: password.reveal(),
        default_project_id: defaultProjectId,
      },
    }
    const made = await this.#session.call(
      {
        service: 'identity',
        what: `create user ${name}`,
        method: 'POST',
        path: '/users',
        json,
        hide: [password],
      },
      z.object({ user }),
    )
    return made.user
  }

  /** Sets what is given, all at once. Repeatable: the same values end the same. */
  async updateUser(
    id: string,
    change: { description?: string; password?: Secret; defaultProjectId?: string; enabled?: boolean },
  ): Promise<User> {
    const { description, password, defaultProjectId, enabled } = change
    const json = {
      user: {
        ...(description === undefined ? {} : { description }),
        ...(password === undefined ? {} : { password: password.reveal() }),
        ...(defaultProjectId === undefined ? {} : { default_project_id: defaultProjectId }),
        ...(enabled === undefined ? {} : { enabled }),
      },
    }
    const changed = await this.#session.call(
      {
        service: 'identity',
        what: `change user ${id}`,
        method: 'PATCH',
        path: `/users/${id}`,
        json,
        repeatable: true,
        hide: password ? [password] : [],
      },
      z.object({ user }),
    )
    return changed.user
  }

  /** Gives the user the role in the project; giving it again is no error. */
  async grant(projectId: string, userId: string, roleId: string): Promise<void> {
    const path = `/projects/${projectId}/users/${userId}/roles/${roleId}`
    await this.#do(`give user ${userId} a role`, 'PUT', path)
  }

  async deleteProject(id: string): Promise<void> {
    await this.#do(`delete project ${id}`, 'DELETE', `/projects/${id}`)
  }
  async deleteUser(id: string): Promise<void> {
    await this.#do(`delete user ${id}`, 'DELETE', `/users/${id}`)
  }

  /** Sets the description of a project. Repeatable. */
  async describeProject(id: string, description: string): Promise<Project> {
    const changed = await this.#session.call(
      {
        service: 'identity',
        what: `describe project ${id}`,
        method: 'PATCH',
        path: `/projects/${id}`,
        json: { project: { description } },
        repeatable: true,
      },
      z.object({ project }),
    )
    return changed.project
  }
  /** Takes the role away; one that is not there is 404. */
  async revoke(projectId: string, userId: string, roleId: string): Promise<void> {
    await this.#do(
      `take a role from user ${userId}`,
      'DELETE',
      `/projects/${projectId}/users/${userId}/roles/${roleId}`,
    )
  }

  applicationCredentials(userId: string): Promise<ApplicationCredential[]> {
    return this.#list(
      `/users/${userId}/application_credentials`,
      'application_credentials',
      applicationCredential,
    )
  }
  /** Only the user itself may make one, for the project it is logged in to; the secret may be chosen. */
  async createApplicationCredential(
    userId: string,
    wanted: { name: string; description: string; secret: Secret },
  ): Promise<ApplicationCredential> {
    const { name, description, secret } = wanted
    const made = await this.#session.call(
      {
        service: 'identity',
        what: `create application credential ${name}`,
        method: 'POST',
        path: `/users/${userId}/application_credentials`,
        json: { application_credential: { name, description, secret: secret.reveal() } },
        hide: [secret],
      },
      z.object({ application_credential: applicationCredential }),
    )
    return made.application_credential
  }
  async deleteApplicationCredential(userId: string, id: string): Promise<void> {
    const path = `/users/${userId}/application_credentials/${id}`
    await this.#do(`delete application credential ${id}`, 'DELETE', path)
  }

  #list<T>(path: string, key: string, item: z.ZodType<T>, query: Query = {}): Promise<T[]> {
    return list(
      this.#session,
      { service: 'identity', what: `list ${key.replace('_', ' ')}`, path, query },
      key,
      item,
    )
  }

  async #do(what: string, method: 'PUT' | 'DELETE', path: string, more: { json?: object } = {}) {
    await this.#session.answer({ service: 'identity', what, method, path, ...more })
  }
}

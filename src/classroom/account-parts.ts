// Decides a student's account: project, user, password, role.
// Leaves what the account may use to seat-parts.
import { createHash } from 'node:crypto'
import type { Secret } from '../core/secret.ts'
import type { Project, User } from '../cloud/identity.ts'
import { once } from '../cloud/once.ts'
import { type ClassroomDeps, passwordName, projectName } from './input.ts'
import { describe, ours, tagOf } from './mark.ts'
import { type Part, put } from './parts.ts'
import { sure } from './network-parts.ts'
import type { People } from './survey.ts'

export const findProject = (course: string, login: string, all: readonly Project[]): Project | undefined =>
  ours(course, 'project', projectName(course, login), all)
export const findUser = (course: string, login: string, all: readonly User[]): User | undefined =>
  ours(course, 'user', login, all)

export function accountParts(
  course: string,
  deps: Pick<ClassroomDeps, 'clock' | 'vault'>,
  login: string,
  group: string,
): Part<People>[] {
  const name = projectName(course, login)
  const project = (state: People) => findProject(course, login, state.projects)
  const user = (state: People) => findUser(course, login, state.users)
  /** Asked for at the moment of use: the vault is filled after the plan is made. */
  const account = () => {
    const password = deps.vault.get(passwordName(login))
    return {
      password,
      description: describe(course, `group ${group}, password ${fingerprint(login, password)}`),
    }
  }
  return [
    {
      name: `project ${name}`,
      there: (state) => project(state) !== undefined,
      async make(cloud, { domainId }) {
        const description = describe(course, `student ${login} of group ${group}`)
        const made = await once(
          deps.clock,
          () => cloud.identity.createProject({ name, domainId, description, tags: [tagOf(course)] }),
          async () => findProject(course, login, await cloud.identity.projects()),
        )
        return (state) => put(state.projects, made)
      },
    },
    {
      name: `user ${login}`,
      there: (state) => user(state) !== undefined,
      async make(cloud, now) {
        const defaultProjectId = sure(project(now), name).id
        const { domainId } = now
        const made = await once(
          deps.clock,
          () => cloud.identity.createUser({ name: login, domainId, defaultProjectId, ...account() }),
          async () => findUser(course, login, await cloud.identity.users()),
        )
        return (state) => {
          put(state.users, made)
          state.keypairs.set(made.id, state.keypairs.get(made.id) ?? [])
        }
      },
    },
    {
      name: 'password and default project',
      there(state) {
        const found = user(state)
        return found?.description === account().description && found.default_project_id === project(state)?.id
      },
      async make(cloud, now) {
        const defaultProjectId = sure(project(now), name).id
        const changed = await cloud.identity.updateUser(sure(user(now), login).id, {
          ...account(),
          defaultProjectId,
        })
        return (state) => put(state.users, changed)
      },
    },
    {
      name: 'role member',
      there(state) {
        const [projectId, userId] = [project(state)?.id, user(state)?.id]
        return state.assignments.some(
          (one) =>
            one.role.id === state.memberRoleId &&
            one.user?.id === userId &&
            one.scope.project?.id === projectId,
        )
      },
      async make(cloud, now) {
        const [projectId, userId] = [sure(project(now), name).id, sure(user(now), login).id]
        await cloud.identity.grant(projectId, userId, now.memberRoleId)
        const role = { id: now.memberRoleId }
        return (state) => {
          state.assignments.push({ role, user: { id: userId }, scope: { project: { id: projectId } } })
        }
      },
    },
  ]
}

/**
 * Says in the user's description which password was set, so that a vault that was lost and made anew is noticed without
 * logging in as everybody. 32 bits of a hash: nothing to guess a password of 190 bits by.
 */
function fingerprint(login: string, password: Secret): string {
  return createHash('sha256').update(`${login}\n${password.reveal()}`).digest('hex').slice(0, 8)
}

// Decides the accounts of a seat: its project, its members' users and passwords, who has the role member in it.
// Leaves what the project may use to seat-parts, and what is written into descriptions to seat-mark.
import type { Project, User } from '../cloud/identity.ts'
import { once } from '../cloud/once.ts'
import { frozenTag } from './day/tags.ts'
import { type ClassroomDeps, type ClassroomStudent, passwordName, projectName } from './input.ts'
import { isMarked, ours, tagOf } from './mark.ts'
import { sure } from './network-parts.ts'
import { type Part, put } from './parts.ts'
import { closedIn, projectText, userText } from './seat-mark.ts'
import type { Seat } from './seats.ts'
import type { People } from './survey.ts'

export const findProject = (course: string, seat: string, all: readonly Project[]): Project | undefined =>
  ours(course, 'project', projectName(course, seat), all)
export const findUser = (course: string, login: string, all: readonly User[]): User | undefined =>
  ours(course, 'user', login, all)

type Deps = Pick<ClassroomDeps, 'clock' | 'vault'>

/** Names that other parts wait for. */
export const accountNames = {
  project: (course: string, seat: Seat) => `project ${projectName(course, seat.name)}`,
  user: (login: string) => `user ${login}`,
  password: (login: string) => `password and default project of ${login}`,
  role: (login: string) => `role member of ${login}`,
  former: (login: string) => `former seat of ${login}`,
}

export function accountParts(course: string, deps: Deps, seat: Seat): Part<People>[] {
  return [
    projectPart(course, deps, seat),
    ...seat.members.flatMap((member) => memberParts(course, deps, seat, member)),
  ]
}

function projectPart(course: string, deps: Deps, seat: Seat): Part<People> {
  const name = projectName(course, seat.name)
  return {
    name: accountNames.project(course, seat),
    needs: [],
    there: ({ projects }) => findProject(course, seat.name, projects) !== undefined,
    async make(cloud, { domainId }) {
      const wanted = { name, domainId, description: projectText(course, seat), tags: [tagOf(course)] }
      const made = await once(
        deps.clock,
        () => cloud.identity.createProject(wanted),
        async () => findProject(course, seat.name, await cloud.identity.projects()),
      )
      return (state) => {
        put(state.projects, made)
        state.fresh.add(made.id)
      }
    },
  }
}

function memberParts(
  course: string,
  deps: Deps,
  seat: Seat,
  { login }: Pick<ClassroomStudent, 'login'>,
): Part<People>[] {
  const name = projectName(course, seat.name)
  const project = (state: People) => findProject(course, seat.name, state.projects)
  const user = (state: People) => findUser(course, login, state.users)
  /** Asked for at the moment of use: the vault is filled after the plan is made. */
  const account = () => {
    const password = deps.vault.get(passwordName(login))
    return { password, description: userText(course, seat.group, login, password) }
  }
  return [
    {
      name: accountNames.user(login),
      needs: [accountNames.project(course, seat)],
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
          state.fresh.add(made.id)
        }
      },
    },
    formerPart(course, login, project),
    {
      name: accountNames.password(login),
      // The default project says where the person was until now.
      needs: [accountNames.user(login), accountNames.former(login)],
      there(state) {
        const found = user(state)
        return found?.description === account().description && found.default_project_id === project(state)?.id
      },
      async make(cloud, now) {
        const defaultProjectId = sure(project(now), name).id
        const found = sure(user(now), login)
        // Only what bateau itself closed is opened again: an account that somebody disabled stays so.
        const reopened = closedIn(found.description) === undefined ? {} : { enabled: true }
        const change = { ...account(), defaultProjectId, ...reopened }
        const changed = await cloud.identity.updateUser(found.id, change)
        return (state) => put(state.users, changed)
      },
    },
    rolePart(course, seat, login),
  ]
}

/** Who changes to another team has no part in the old one, which others go on with. A role that somebody gave elsewhere stays. */
function formerPart(
  course: string,
  login: string,
  seatOf: (state: People) => Project | undefined,
): Part<People> {
  const former = (state: People) => {
    const user = findUser(course, login, state.users)
    const old = state.projects.find(
      ({ id, ...one }) => id === user?.default_project_id && isMarked(course, one),
    )
    return user && old && old.id !== seatOf(state)?.id && isMember(state, user.id, old.id)
      ? { userId: user.id, projectId: old.id }
      : undefined
  }
  return {
    name: accountNames.former(login),
    needs: [accountNames.user(login)],
    there: (state) => former(state) === undefined,
    async make(cloud, now) {
      const { userId, projectId } = sure(former(now), login)
      await cloud.identity.revoke(projectId, userId, now.memberRoleId)
      return (state) => {
        state.assignments = state.assignments.filter(
          (one) =>
            one.user?.id !== userId ||
            one.scope.project?.id !== projectId ||
            one.role.id !== state.memberRoleId,
        )
      }
    },
  }
}

/** The user is a member of the seat's project. */
function rolePart(course: string, seat: Seat, login: string): Part<People> {
  const project = (state: People) => findProject(course, seat.name, state.projects)
  const user = (state: People) => findUser(course, login, state.users)
  return {
    name: accountNames.role(login),
    needs: [accountNames.user(login)],
    // In an exam the members only read, and thaw gives the role back.
    there: (state) =>
      project(state)?.tags.includes(frozenTag) === true ||
      isMember(state, user(state)?.id, project(state)?.id),
    async make(cloud, now) {
      const [projectId, userId] = [sure(project(now), seat.name).id, sure(user(now), login).id]
      await cloud.identity.grant(projectId, userId, now.memberRoleId)
      const role = { id: now.memberRoleId }
      return (state) => {
        state.assignments.push({ role, user: { id: userId }, scope: { project: { id: projectId } } })
      }
    },
  }
}

/**
 * A teacher's role in a seat's project. As long as the teacher has no account there is nothing to give: what keeps it
 * from being made is reported by the teacher's own task, and stops no student.
 */
export function teacherRolePart(course: string, seat: Seat, login: string): Part<People> {
  const part = rolePart(course, seat, login)
  return {
    name: part.name,
    make: (cloud, state) => part.make(cloud, state),
    there: (state) =>
      !state.users.some((one) => one.name === login && isMarked(course, one)) || part.there(state),
  }
}

export function isMember(
  { assignments, memberRoleId }: People,
  userId: string | undefined,
  projectId: string | undefined,
): boolean {
  return assignments.some(
    (one) => one.role.id === memberRoleId && one.user?.id === userId && one.scope.project?.id === projectId,
  )
}

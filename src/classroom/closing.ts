// Decides how a seat that left the roster is closed: its members cannot log in, its instances stop, the day is written down.
// Leaves who leaves to leaving; coming back undoes it (account-parts), but for the instances, which their owner starts.
import type { Task } from '../core/task.ts'
import type { Day } from '../course/class.ts'
import { isMember } from './account-parts.ts'
import { enrolTaskId } from './enrol.ts'
import type { ClassroomDeps, ClassroomInput } from './input.ts'
import type { Leaver } from './leaving.ts'
import { put } from './parts.ts'
import { closedIn, closedText } from './seat-mark.ts'
import type { Survey } from './survey.ts'

/** Accounts first, so that nothing is started behind the run's back; the seat's own description last: it says that all is done. */
export function closeTask(
  { site }: Pick<ClassroomInput, 'site'>,
  deps: Pick<ClassroomDeps, 'cloud'>,
  survey: Survey,
  { name, project, users, because, place }: Leaver,
  today: Day,
): Task {
  return {
    id: `${site}/close/${name}`,
    title: `Close ${name}`,
    because,
    lane: `cloud:${site}`,
    // Nobody is locked out before they have their new place.
    after: place === null ? [] : [enrolTaskId(place, name)],
    async look() {
      const people = await survey.people.read()
      const open = [
        ...people.users.filter((one) => users.some(({ id }) => id === one.id)),
        ...people.projects.filter((one) => one.id === project?.id),
      ].filter((one) => closedIn(one.description) === undefined)
      return open.length === 0
        ? { done: true, seen: 'closed' }
        : { done: false, seen: `open: ${open.map((one) => one.name).join(', ')}` }
    },
    async act(progress) {
      const cloud = await deps.cloud()
      const people = await survey.people.read()
      try {
        for (const user of users) {
          progress.line(`log-in of ${user.name}`)
          const description = closedText(user.description ?? '', today)
          put(people.users, await cloud.identity.updateUser(user.id, { enabled: false, description }))
          if (project === null) await leaveProjects(user.id)
        }
        if (project === null) return
        for (const server of await cloud.compute.serversOf(project.id)) {
          if (server.status !== 'ACTIVE') continue
          progress.line(`instance ${server.name}`)
          await cloud.compute.stopServer(server.id)
        }
        const description = closedText(project.description ?? '', today)
        put(people.projects, await cloud.identity.describeProject(project.id, description))
      } catch (error) {
        survey.people.forget()
        throw error
      } finally {
        survey.servers.forget()
      }

      /** Whose seat stays has no part in it any more. */
      async function leaveProjects(userId: string): Promise<void> {
        for (const { id } of people.projects.filter((one) => isMember(people, userId, one.id)))
          await cloud.identity.revoke(id, userId, people.memberRoleId)
        people.assignments = people.assignments.filter((one) => one.user?.id !== userId)
      }
    },
  }
}

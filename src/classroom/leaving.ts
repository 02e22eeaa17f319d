// Decides who and what of the class has to go: seats and accounts with the mark that the course no longer wants, first closed,
// kept some days, then deleted.
// Leaves closing to closing, deleting to removal, and asking for consent to the command.
import type { Server } from '../cloud/compute.ts'
import type { Project, User } from '../cloud/identity.ts'
import type { Cloud } from '../cloud/open.ts'
import type { Day } from '../course/class.ts'
import { keptUntil } from './day/tags.ts'
import { type ClassroomInput, projectName } from './input.ts'
import { isMarked } from './mark.ts'
import { closedIn } from './seat-mark.ts'
import { seatsOf, teacherSeatsOf } from './seats.ts'
import type { People } from './survey.ts'

export type LeavingRules = {
  today: Day
  /** Days between closing and deleting. */
  keep: number
  /** Seats and logins that are deleted now, however short they were closed. */
  now: readonly string[]
  /** Where else in the course a seat or login is placed; null: nowhere. */
  elsewhere: (name: string) => string | null
  /** Whether that cloud does not answer now: who moved there has nothing yet. Left out: all answer. */
  away?: (cloud: string) => boolean
}

/** One seat, or one account whose seat stays (a team's), that the course no longer wants here. */
export type Leaver = {
  /** Of the seat, or of the account. */
  name: string
  /** Null: only accounts leave. */
  project: Project | null
  users: readonly User[]
  /** Null: it is open. */
  closed: Day | null
  /** The day from which it may be deleted. */
  until: Day
  next: 'close' | 'wait' | 'delete'
  because: string
  /** Where the seat is now; null: nowhere. */
  place: string | null
  /** Logins that are in the course still: their hand-outs are of another cloud. */
  moved: readonly string[]
  /** What is deleted with it: "2 instances". */
  owns: readonly string[]
}

/**
 * Only what carries the mark of the course. An account belongs to the seat that is its default project; one whose seat
 * stays, or is gone, leaves by itself. By name: a cloud lists its projects in any order.
 */
export function leaversOf(
  input: ClassroomInput,
  people: People,
  servers: readonly Server[],
  rules: LeavingRules,
): Leaver[] {
  const { course } = input
  const seats = [...teacherSeatsOf(input), ...seatsOf(input)]
  const wantedProjects = new Set(seats.map(({ name }) => projectName(course, name)))
  const wantedLogins = new Set(seats.flatMap(({ members }) => members.map(({ login }) => login)))
  const projects = people.projects.filter((one) => isMarked(course, one) && !wantedProjects.has(one.name))
  const users = people.users.filter((one) => isMarked(course, one) && !wantedLogins.has(one.name))
  const usersOf = (project: Project) => users.filter((one) => one.default_project_id === project.id)
  const alone = users.filter((one) => !projects.some((project) => usersOf(project).includes(one)))
  return [
    ...projects.map((project) =>
      leaver(project.name.slice(projectName(course, '').length), project, usersOf(project)),
    ),
    ...alone.map((user) => leaver(user.name, null, [user])),
  ].toSorted((a, b) => (a.name < b.name ? -1 : 1))

  function leaver(name: string, project: Project | null, of: readonly User[]): Leaver {
    const closed = closedIn((project ?? of[0])?.description) ?? null
    const [ruled, extended] = [dayAfter(closed ?? rules.today, rules.keep), project && keptUntil(project)]
    const until = extended && extended >= ruled ? dayAfter(extended, 1) : ruled
    const asked = [name, ...of.map((one) => one.name)].some((one) => rules.now.includes(one))
    const place = rules.elsewhere(name)
    const early = place !== null && rules.away?.(place) === true
    const due = closed !== null && until <= rules.today
    return {
      name,
      project,
      users: of,
      closed,
      until,
      next: asked ? 'delete' : early ? 'wait' : due ? 'delete' : closed === null ? 'close' : 'wait',
      because:
        place === null
          ? 'not on the roster any more'
          : early
            ? `to be on ${place}, which does not answer`
            : place === input.site
              ? 'in another project of this cloud now'
              : `now on ${place}`,
      place,
      moved: of.flatMap((one) => (rules.elsewhere(one.name) === null ? [] : [one.name])),
      owns: project ? belongings(project.id, people, servers) : [],
    }
  }
}

/** With what of those that are deleted no list of the survey tells: it goes as well, and is to be shown. */
export async function withAllTheyOwn(cloud: Cloud, leavers: readonly Leaver[]): Promise<Leaver[]> {
  const due = ({ next, project }: Leaver) => next === 'delete' && project !== null
  if (!leavers.some(due)) return [...leavers]
  const images = await cloud.image.images()
  return Promise.all(
    leavers.map(async (one) => {
      if (!due(one)) return one
      const id = one.project?.id ?? ''
      const [volumes, snapshots] = await Promise.all([
        cloud.volume?.volumes(id) ?? [],
        cloud.volume?.snapshots(id) ?? [],
      ])
      const owns = [
        ...one.owns,
        ...counted(volumes.length, 'volume'),
        ...counted(snapshots.length, 'volume snapshot'),
        ...counted(images.filter((image) => image['owner'] === id).length, 'image'),
      ]
      return { ...one, owns }
    }),
  )
}

const counted = (count: number, what: string) =>
  count === 0 ? [] : [`${count} ${what}${count === 1 ? '' : 's'}`]

function belongings(id: string, people: People, servers: readonly Server[]): string[] {
  const of = (all: readonly { project_id: string }[]) => all.filter((one) => one.project_id === id).length
  return [
    ...counted(servers.filter((one) => one.tenant_id === id).length, 'instance'),
    ...counted(of(people.networks), 'network'),
    ...counted(of(people.routers), 'router'),
  ]
}

/** Days are days of the calendar: no clock, no time zone. */
function dayAfter(day: Day, days: number): Day {
  const at = new Date(`${day}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() + days)
  return at.toISOString().slice(0, 10)
}

// Decides who shares a project: each student, each team together, and each teacher beside them.
// Leaves what a seat has to the parts, and who is in which group to the course.
import type { ClassPolicy } from '../course/class.ts'
import type { ClassroomGroup, ClassroomInput, ClassroomStudent } from './input.ts'

/** One project of the class. */
export type Seat = {
  /** A student's login, a team's slug, a teacher's login: the project is `projectName(course, name)`. */
  name: string
  /** Null: a teacher's, who is in no group. */
  group: string | null
  /** Who has the role member in it, and is given a hand-out for it. Never empty. */
  members: readonly ClassroomStudent[]
}

type Class = Pick<ClassroomInput, 'groups' | 'policy'>

/** The seats of the students, in the order of the groups and of who comes first in each. */
export function seatsOf({ groups, policy }: Class): Seat[] {
  return groups.flatMap((group) => seatsOfGroup(group, policy.work))
}

/** A project of their own for each teacher and assistant. */
export function teacherSeatsOf({ policy }: Pick<Class, 'policy'>): Seat[] {
  return policy.teachers.map(({ login, name, email, sshKey }) => ({
    name: login,
    group: null,
    members: [{ login, name, email, team: null, sshKey }],
  }))
}

/** The seat that a student or teacher works in. Throws RangeError for a login that the class has not. */
export function seatOf(input: Class, login: string): Seat {
  const all = [...seatsOf(input), ...teacherSeatsOf(input)]
  const found = all.find(({ members }) => members.some((one) => one.login === login))
  if (found === undefined) throw new RangeError(`${login} is not of this class`)
  return found
}

/**
 * Teams of one name in different groups are different teams: their slugs then carry the group's name. To be asked of all
 * groups of the course, so that a team is called the same whichever cloud it is on.
 */
export function teamsApart<G extends ClassroomGroup>(groups: readonly G[]): G[] {
  const groupsOf = new Map<string, Set<string>>()
  for (const { name, students } of groups)
    for (const { team } of students)
      if (team !== null) groupsOf.set(team, (groupsOf.get(team) ?? new Set()).add(name))
  return groups.map((group) => ({
    ...group,
    students: group.students.map((one) =>
      one.team !== null && (groupsOf.get(one.team)?.size ?? 0) > 1
        ? { ...one, team: `${group.name}-${one.team}` }
        : one,
    ),
  }))
}

/** Who is in no team works alone, under the own login. */
function seatsOfGroup({ name: group, students }: ClassroomGroup, work: ClassPolicy['work']): Seat[] {
  const seats = new Map<string, ClassroomStudent[]>()
  for (const student of students) {
    const name = work === 'team' && student.team !== null ? student.team : student.login
    seats.set(name, [...(seats.get(name) ?? []), student])
  }
  return [...seats].map(([name, members]) => ({ name, group, members }))
}

// Decides how a roster and the register become the students of a course.
// Leaves logins to register, groups to groups, and writing the register to deploy/.
import { bad, good, type Outcome } from '../core/fault.ts'
import type { Enrolment, Group, Student } from './course.ts'
import { makeGroups, type GroupRule } from './groups.ts'
import { assignLogins, type Enrolled, type Entry } from './register.ts'
import type { Listed } from './roster-row.ts'

export type Class = { students: readonly Student[]; groups: readonly Group[]; enrolment: Enrolment }

/** The register as it was found: its path, its bytes as text for comparing, its entries. */
export type FoundRegister = { file: string | null; digest: string | null; entries: readonly Entry[] }

/** Faults of the groups carry no place; those of the register stand in the roster. */
export function enrol(
  listed: readonly Listed[],
  notes: readonly string[],
  register: FoundRegister,
): Outcome<Omit<Class, 'groups'>> {
  const assigned = assignLogins(register.entries, listed)
  if (!assigned.ok) return bad(...assigned.faults)
  const { enrolled, changes } = assigned.value
  const { file, digest, entries } = register
  return good({
    students: enrolled.map(studentOf),
    enrolment: { notes, file, digest, before: entries, enrolled, changes },
  })
}

/** Groups of enrolled students; those who are back after they had left are newcomers to them. */
export function groupsOf(
  { students, enrolment }: Omit<Class, 'groups'>,
  rule: GroupRule,
  work: 'student' | 'team',
): Outcome<Group[]> {
  const members = students.map((student, i) => {
    const one = enrolment.enrolled[i]
    const before = one?.entry && one.entry.left === null ? one.entry.group : null
    const unit = work === 'team' && student.team !== null ? `team ${student.team}` : student.login
    return { student, group: one?.listed.group ?? null, before, unit }
  })
  return makeGroups(members, rule)
}

function studentOf({ listed, login }: Enrolled): Student {
  const { id, name, email, sshKey, team } = listed
  return { id: id ?? login, name: name ?? login, email, login, sshKey, team }
}

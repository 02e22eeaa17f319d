// Decides who verifies what: which students are looked at, who tries the walls, who carries the sample instance of a group.
// Leaves looking to student, wall and sample. Pure.
import { type Fault } from '../../core/fault.ts'
import { nearest } from '../../course/suggest.ts'
import type { ClassroomInput, ClassroomStudent } from '../input.ts'
import { type Seat, seatsOf } from '../seats.ts'

export type Wish = {
  /** Empty: all. */
  groups: readonly string[]
  /** Logins; empty: all. */
  students: readonly string[]
  /** The walls are tried by each student that is looked at; otherwise by the first of each group. */
  everyWall: boolean
}

export type Verifier = {
  student: ClassroomStudent
  group: string
  seat: Seat
  /** Tries the walls. */
  tries: boolean
}

export type GroupSample = {
  group: string
  /** In the order in which they are asked to carry it. */
  candidates: readonly Verifier[]
}

/** Of one cloud. What a role lets through it lets through for each who has it; so one student a group tries the walls. */
export function verifiersOf(input: Pick<ClassroomInput, 'groups' | 'policy'>, wish: Wish): Verifier[] {
  const first = new Set<string>()
  return seatsOf(input).flatMap((seat) =>
    seat.members.flatMap((student): Verifier[] => {
      const group = seat.group ?? ''
      const asked =
        (wish.groups.length === 0 || wish.groups.includes(group)) &&
        (wish.students.length === 0 || wish.students.includes(student.login))
      if (!asked) return []
      const tries = wish.everyWall || wish.students.length > 0 || !first.has(group)
      first.add(group)
      return [{ student, group, seat, tries }]
    }),
  )
}

export function samplesOf(verifiers: readonly Verifier[]): GroupSample[] {
  const groups = [...new Set(verifiers.map(({ group }) => group))]
  return groups.map((group) => ({
    group,
    candidates: verifiers.filter((one) => one.group === group),
  }))
}

/** Of all clouds together: names that the course does not have. Fault codes: `no-group`, `no-student`. */
export function unknownNames(
  inputs: readonly Pick<ClassroomInput, 'groups'>[],
  { groups, students }: Wish,
): Fault[] {
  const all = inputs.flatMap((input) => input.groups)
  const names = all.map(({ name }) => name)
  const logins = all.flatMap((group) => group.students.map(({ login }) => login))
  const unknown = (code: string, kind: string, wanted: readonly string[], known: readonly string[]) =>
    wanted
      .filter((one) => !known.includes(one))
      .map((one) => {
        const guess = nearest(one, known)
        return {
          code,
          title: `there is no ${kind} ${one}`,
          why: `no cloud that answers has a ${kind} of that name`,
          fix: guess === undefined ? 'see them: bateau class status' : `did you mean ${guess}?`,
        }
      })
  return [
    ...unknown('no-group', 'group', groups, names),
    ...unknown('no-student', 'student', students, logins),
  ]
}

// Decides students that tests of groups and placement put together.
// Leaves real rosters to roster.test.
import type { Student } from './course.ts'
import { enrol } from './enrolment.ts'
import { unnamedStudents } from './roster.ts'

const made = new Map<number, readonly Student[]>()

/** `student-01` and so on. */
export function someStudents(count: number): readonly Student[] {
  const students = made.get(count) ?? enrolled(count)
  made.set(count, students)
  return students
}

function enrolled(count: number): readonly Student[] {
  const outcome = enrol(unnamedStudents(count), [], { file: null, digest: null, entries: [] })
  if (!outcome.ok) throw new RangeError(outcome.faults.map(({ title }) => title).join('; '))
  return outcome.value.students
}

// Decides what a person reads of how the roster became students: what was decided, who comes and goes, whose login is new.
// Leaves who they are to course/register.
import { basename } from 'node:path'
import type { Course } from '../course/course.ts'
import type { Plan } from './plan.ts'
import { table, wrap } from './table.ts'

const columns = 100
/** Changes shown of a kind; a whole class that joins is in `--students`. */
const most = 8

/** Empty for a course without roster whose students are as before. At first only logins that were another's are changes. */
export function people({ enrolment, students }: Course): string[] {
  const { notes, changes, before, enrolled, file, digest } = enrolment
  const other = new Set(
    enrolled.flatMap(({ login, listed }) => (login === listed.made?.login ? [] : [login])),
  )
  const shown = before.length > 0 ? changes : changes.filter(({ login }) => other.has(login))
  if (notes.length === 0 && shown.length === 0) return []
  const lines = (['joins', 'returns', 'leaves', 'keeps'] as const).flatMap((kind) => {
    const some = shown.filter(({ what }) => what === kind)
    const told = some.slice(0, most).map(({ login, what, why }) => `${login} ${what}: ${why}`)
    return some.length > most ? [...told, `… and ${some.length - most} more: see --students`] : told
  })
  const register =
    file === null
      ? []
      : digest === null
        ? ['no register yet: the first `up` writes down who has which login']
        : [`register ${basename(file)}: ${before.length} logins given until now`]
  return [
    `Students: ${students.length}`,
    ...[...notes, ...register, ...lines].flatMap((line) => wrap(line, columns, '  ')),
  ]
}

/** Everybody, with the login explained: `bateau plan --students`. */
export function studentsText({ course, servers, clouds }: Plan): string {
  const cloudOf = new Map(
    [...servers, ...clouds].flatMap(({ name, placed }) =>
      placed.flatMap(({ students }) => students.map(({ login }) => [login, name] as const)),
    ),
  )
  const groupOf = new Map(
    course.groups.flatMap(({ name, students }) => students.map(({ login }) => [login, name] as const)),
  )
  const rows = course.enrolment.enrolled.map(({ login, from, entry }) => [
    login,
    groupOf.get(login) ?? '',
    cloudOf.get(login) ?? '',
    entry === null ? `from ${from}` : `since ${entry.since}, from ${from}`,
  ])
  return ['Logins', ...table(rows, [], '  '), ''].join('\n')
}

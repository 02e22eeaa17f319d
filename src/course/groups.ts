// Decides which student is in which group.
// Leaves which server a group is on to plan/placement.
import { bad, good, type Fault, type Outcome } from '../core/fault.ts'
import type { Group, Student } from './course.ts'
import { asciiName } from './login.ts'
import type { Listed } from './roster.ts'

type Named = { name: string; size?: number | undefined; server?: string | undefined }
export type GroupRule = {
  size?: number | undefined
  count?: number | undefined
  named?: readonly Named[] | undefined
}

/** Faults carry no place: all of them are about the key `students.groups`. */
export function makeGroups(listed: readonly Listed[], rule: GroupRule): Outcome<Group[]> {
  const students = listed.map((one) => one.student)
  if (rule.size !== undefined) return good(numbered(filled(students, rule.size)))
  if (rule.count !== undefined) return evenly(students, rule.count)
  if (rule.named?.some((group) => group.size !== undefined)) return bySize(students, rule.named)
  if (listed.some((one) => one.group !== null)) return byRoster(listed, rule.named)
  if (rule.named && rule.named.length > 1)
    return bad({
      code: 'group-sizes',
      title: 'nothing says who is in which of these groups',
      why: 'neither the roster has a column `group`, nor the groups have sizes',
      fix: 'give each group a `size`, or add the column to the roster',
    })
  const [only] = rule.named ?? []
  return good([{ name: only?.name ?? 'g1', students, server: only?.server ?? null }])
}

/** Filled one after the other, so that a student who comes late changes nobody else's group. */
function filled(students: readonly Student[], size: number): Student[][] {
  return Array.from({ length: Math.ceil(students.length / size) }, (_, i) =>
    students.slice(i * size, (i + 1) * size),
  )
}

function evenly(students: readonly Student[], count: number): Outcome<Group[]> {
  if (count > students.length)
    return bad({
      code: 'too-many-groups',
      title: `${count} groups for ${students.length} students`,
      why: 'some groups would be empty',
      fix: `write at most ${students.length}`,
    })
  const edge = (i: number) => Math.ceil((i * students.length) / count)
  return good(numbered(Array.from({ length: count }, (_, i) => students.slice(edge(i), edge(i + 1)))))
}

function numbered(parts: readonly Student[][]): Group[] {
  return parts.map((students, i) => ({ name: `g${i + 1}`, students, server: null }))
}

function bySize(students: readonly Student[], named: readonly Named[]): Outcome<Group[]> {
  const sum = named.reduce((total, group) => total + (group.size ?? 0), 0)
  const without = named.filter((group) => group.size === undefined)
  if (without.length > 0 || sum !== students.length)
    return bad({
      code: 'group-sizes',
      title:
        without.length > 0
          ? `group ${without[0]?.name} has no size`
          : `the groups hold ${sum} students, the course has ${students.length}`,
      why: 'every student is in exactly one group',
      fix:
        without.length > 0
          ? 'give each group a size'
          : `change a size by ${Math.abs(students.length - sum)}, or the number of students`,
    })
  let from = 0
  return good(
    named.map(({ name, size = 0, server }) => ({
      name,
      students: students.slice(from, (from += size)),
      server: server ?? null,
    })),
  )
}

/** Names become slugs (`TP A` is `tp-a`); the order is that of `named`, then of first mention. */
function byRoster(listed: readonly Listed[], named: readonly Named[] = []): Outcome<Group[]> {
  const groups = new Map<string, { written: string; students: Student[]; server: string | null }>(
    named.map(({ name, server }) => [name, { written: name, students: [], server: server ?? null }]),
  )
  const faults: Fault[] = []
  for (const { student, group } of listed) {
    const written = group ?? ''
    const slug = asciiName(written)
    const name = (/^[a-z]/.test(slug) ? slug : `g${slug}`).slice(0, 20).replace(/-+$/, '')
    const known = groups.get(slug === '' ? '' : name)
    if (slug === '')
      faults.push({
        code: 'no-group',
        title: `${student.login} is in no group, others are`,
        why: 'every student is in exactly one group',
        fix: 'fill the group column of the roster, or write students.groups.size',
      })
    else if (known && asciiName(known.written) !== slug && known.students.length > 0)
      faults.push({
        code: 'same-group',
        title: `groups ${known.written} and ${written} would both be named ${name}`,
        why: 'network names are made from the first 20 letters and digits',
        fix: 'rename one in the roster',
      })
    else if (known) known.students.push(student)
    else groups.set(name, { written, students: [student], server: null })
  }
  for (const [name, group] of groups)
    if (group.students.length === 0)
      faults.push({
        code: 'empty-group',
        title: `nobody is in group ${name}`,
        why: 'the roster names no such group',
        fix: `remove it, or write one of: ${[...groups]
          .filter(([, other]) => other.students.length > 0)
          .map(([other]) => other)
          .join(', ')}`,
      })
  if (faults.length > 0) return bad(...faults)
  return good([...groups].map(([name, { students, server }]) => ({ name, students, server })))
}

// Decides which student is in which group.
// Leaves which server a group is on to plan/placement.
import { bad, good, type Fault, type Outcome } from '../core/fault.ts'
import type { Group, Student } from './course.ts'
import { asciiName } from './login.ts'

/**
 * A student, the group that the roster names, the one that the register remembers, and whom they go with: students of one
 * unit (a team) are in one group where it has room for them.
 */
export type Member = { student: Student; group: string | null; before: string | null; unit: string }

type Named = { name: string; size?: number | undefined; server?: string | undefined }
export type GroupRule = {
  size?: number | undefined
  count?: number | undefined
  named?: readonly Named[] | undefined
}

/**
 * A remembered group wins while there is room in it; newcomers fill the first group with room. Faults carry no place:
 * all of them are about the key `students.groups`.
 */
export function makeGroups(listed: readonly Member[], rule: GroupRule): Outcome<Group[]> {
  const students = listed.map((one) => one.student)
  if (rule.size !== undefined) return good(filled(listed, rule.size))
  if (rule.count !== undefined) return evenly(listed, rule.count)
  if (rule.named?.some((group) => group.size !== undefined)) return bySize(listed, rule.named)
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

type Seats = { name: string; size: number; server: string | null }

/** In the order of their first members. */
function unitsOf(listed: readonly Member[]): Member[][] {
  const units = new Map<string, Member[]>()
  for (const member of listed) {
    const unit = units.get(member.unit)
    if (unit) unit.push(member)
    else units.set(member.unit, [member])
  }
  return [...units.values()]
}

/** The group that somebody of the unit was in. */
const beforeOf = (unit: readonly Member[], names: readonly string[]) =>
  unit.map(({ before }) => before).find((before) => before !== null && names.includes(before)) ?? undefined

/** Who was in a group stays while it has room, in the order of the roster; then everybody else, first room first. */
function seated(listed: readonly Member[], seats: readonly Seats[]): Group[] {
  const inGroup = new Map<string, Set<Member>>(seats.map(({ name }) => [name, new Set<Member>()]))
  const names = seats.map(({ name }) => name)
  const hasRoom = ({ name, size }: Seats, count: number) => (inGroup.get(name)?.size ?? 0) + count <= size
  const put = (name: string | undefined, unit: readonly Member[]) => {
    for (const member of unit) inGroup.get(name ?? '')?.add(member)
  }
  const waiting = unitsOf(listed).filter((unit) => {
    const before = beforeOf(unit, names)
    const known = seats.find(({ name }) => name === before)
    if (!known || !hasRoom(known, unit.length)) return true
    put(known.name, unit)
    return false
  })
  for (const unit of waiting) {
    const whole = seats.find((one) => hasRoom(one, unit.length))
    if (whole) put(whole.name, unit)
    else for (const member of unit) put(seats.find((one) => hasRoom(one, 1))?.name, [member])
  }
  return seats.map(({ name, server }) => ({
    name,
    students: listed.filter((member) => inGroup.get(name)?.has(member)).map(({ student }) => student),
    server,
  }))
}

/** As many groups as anybody was in or is needed; those that everybody left are not shown, and their number stays free. */
function filled(listed: readonly Member[], size: number): Group[] {
  const remembered = listed.map(({ before }) => Number(/^g([1-9]\d{0,3})$/.exec(before ?? '')?.[1] ?? 0))
  // Where units do not fill the groups there is need of some more.
  const loose = unitsOf(listed).filter(({ length }) => length > 1).length
  const most = Math.max(Math.ceil(listed.length / size), ...remembered) + loose
  const seats = Array.from({ length: most }, (_, i) => ({ name: `g${i + 1}`, size, server: null }))
  return seated(listed, seats).filter(({ students }) => students.length > 0)
}

/** Newcomers go to the smallest group; others move only where a group would stay empty. */
function evenly(listed: readonly Member[], count: number): Outcome<Group[]> {
  if (count > listed.length)
    return bad({
      code: 'too-many-groups',
      title: `${count} groups for ${listed.length} students`,
      why: 'some groups would be empty',
      fix: `write at most ${listed.length}`,
    })
  const groups = Array.from({ length: count }, (_, i) => ({ name: `g${i + 1}`, members: new Set<Member>() }))
  const names = groups.map(({ name }) => name)
  const units = unitsOf(listed)
  const put = (name: string | undefined, unit: readonly Member[]) => {
    for (const member of unit) groups.find((group) => group.name === name)?.members.add(member)
  }
  const smallest = () => groups.reduce((best, next) => (next.members.size < best.members.size ? next : best))
  const largest = () => groups.reduce((best, next) => (next.members.size > best.members.size ? next : best))
  const isFirst = units.every((unit) => beforeOf(unit, names) === undefined)
  const edge = (i: number) => Math.ceil((i * listed.length) / count)
  let at = 0
  for (const unit of units) {
    const turn = groups.find((_, i) => at < edge(i + 1))
    put(isFirst ? turn?.name : beforeOf(unit, names), unit)
    at += unit.length
  }
  for (const unit of units) if (!isFirst && beforeOf(unit, names) === undefined) put(smallest().name, unit)
  const floor = Math.floor(listed.length / count)
  for (const empty of groups.filter(({ members }) => members.size === 0))
    while (empty.members.size < floor) {
      const from = largest().members
      const last = [...from].at(-1)
      if (last === undefined) break
      from.delete(last)
      empty.members.add(last)
    }
  return good(
    groups.map(({ name, members }) => ({
      name,
      students: listed.filter((member) => members.has(member)).map(({ student }) => student),
      server: null,
    })),
  )
}

function bySize(listed: readonly Member[], named: readonly Named[]): Outcome<Group[]> {
  const sum = named.reduce((total, group) => total + (group.size ?? 0), 0)
  const without = named.filter((group) => group.size === undefined)
  if (without.length > 0 || sum !== listed.length)
    return bad({
      code: 'group-sizes',
      title:
        without.length > 0
          ? `group ${without[0]?.name} has no size`
          : `the groups hold ${sum} students, the course has ${listed.length}`,
      why: 'every student is in exactly one group',
      fix:
        without.length > 0
          ? 'give each group a size'
          : `change a size by ${Math.abs(listed.length - sum)}, or the number of students`,
    })
  return good(
    seated(
      listed,
      named.map(({ name, size = 0, server }) => ({ name, size, server: server ?? null })),
    ),
  )
}

/** Names become slugs (`TP A` is `tp-a`); the order is that of `named`, then of first mention. */
function byRoster(listed: readonly Member[], named: readonly Named[] = []): Outcome<Group[]> {
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

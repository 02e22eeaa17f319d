// Decides what must hold between the course file and the people of its roster: teams, groups of sessions, log-ins, quotas.
// Leaves rules between keys alone to cross-class.
import type { Fault } from '../core/fault.ts'
import { pathText, type Source } from './course.ts'
import type { Class } from './enrolment.ts'
import type { Report } from './rule.ts'
import type { CourseFile } from './schema.ts'
import { nearest } from './suggest.ts'

/**
 * Of a file and a roster that are sound by themselves. Codes: `unknown-group`, `login-of-student`, `teams-without-roster`,
 * `no-team`, `team-in-two-groups`, `quota-short`.
 */
export function classFaults(data: CourseFile, people: Class, file: Source): Fault[] {
  const faults: Fault[] = []
  const report: Report = (path, code, title, why, fix) => {
    const where = file.at(path)
    faults.push({ code, title: `${pathText(path)}: ${title}`, why, fix, ...(where && { where }) })
  }
  sessionGroups(data, people, report)
  teachers(data, people, report)
  if (data.class.work === 'team') faults.push(...teams(data, people, report))
  quotas(data, report)
  return faults
}

function sessionGroups(data: CourseFile, { groups }: Class, report: Report): void {
  const names = groups.map(({ name }) => name)
  data.sessions.forEach((session, i) => {
    session.groups?.forEach((group, k) => {
      if (names.includes(group)) return
      const guess = nearest(group, names)
      report(
        ['sessions', i, 'groups', k],
        'unknown-group',
        `there is no group ${group}`,
        'a session opens and closes the groups that it names',
        guess === undefined ? `write some of: ${names.slice(0, 12).join(', ')}` : `did you mean ${guess}?`,
      )
    })
  })
}

function teachers(data: CourseFile, { students }: Class, report: Report): void {
  data.class.teachers.forEach(({ login }, i) => {
    const student = students.find((one) => one.login === login)
    if (!student) return
    report(
      ['class', 'teachers', i, 'login'],
      'login-of-student',
      `${login} is the login of the student ${student.name}`,
      'teachers may enter every project of the class, a student only one',
      `give the teacher another, for example ${login}-t`,
    )
  })
}

/** Faults at lines of the roster; those about the course file are reported. */
function teams(data: CourseFile, { students, groups, enrolment }: Class, report: Report): Fault[] {
  if (data.students.roster === undefined || students.every(({ team }) => team === null)) {
    report(
      ['class', 'work'],
      'teams-without-roster',
      data.students.roster === undefined
        ? 'team, but there is no roster'
        : 'team, but the roster has no column `team`',
      'each team has a project, and only the roster says who is in which',
      'add the column `team` to the roster (or name its header in students.columns), or write work: student',
    )
    return []
  }
  const groupOf = new Map(groups.flatMap(({ name, students: all }) => all.map((one) => [one.login, name])))
  const homes = new Map<string, { group: string; line: number }>()
  return students.flatMap((student, i): Fault[] => {
    const where = enrolment.enrolled[i]?.listed.where
    const at = where ? { where } : {}
    const group = groupOf.get(student.login) ?? ''
    if (student.team === null)
      return [
        {
          code: 'no-team',
          title: `${student.name} is in no team, others are`,
          why: 'with class.work: team a student without a team would have no project',
          fix: 'fill the team column of this line',
          ...at,
        },
      ]
    const home = homes.get(student.team)
    if (!home) homes.set(student.team, { group, line: where?.line ?? 1 })
    if (!home || home.group === group) return []
    return [
      {
        code: 'team-in-two-groups',
        title: `team ${student.team} is in group ${home.group} by line ${home.line}, and in ${group} by this one`,
        why: 'a project is on the cloud and in the network of one group',
        fix: 'correct the team or the group of one of them',
        ...at,
      },
    ]
  })
}

/** A quota that is written must hold what each student may have by the rest of the file. */
function quotas(data: CourseFile, report: Report): void {
  const { per_student, vcpus, ram, disk, boot_from } = data.instances
  const { quota, own_network, router } = data.class
  const volumes = boot_from === 'volume'
  const needs: readonly [key: keyof typeof quota, need: number, unit: string, why: string][] = [
    ['instances', per_student, '', 'instances.per_student'],
    ['cores', per_student * vcpus, '', `${per_student} x ${vcpus} vCPU`],
    ['ram', per_student * ram, ' MiB', `${per_student} x ${ram} MiB`],
    ['volumes', volumes ? per_student : 0, '', 'instances boot from volumes'],
    ['disk', volumes ? per_student * disk : 0, ' GiB', 'instances boot from volumes'],
    ['networks', own_network ? 1 : 0, '', 'class.own_network'],
    ['routers', own_network && router === 'own' ? 1 : 0, '', 'class.router: own'],
    [
      'ports',
      per_student + (own_network ? 1 : 0),
      '',
      own_network ? 'instances and the router' : 'one an instance',
    ],
    ['security_groups', 1, '', "the project's default"],
  ]
  for (const [key, need, unit, why] of needs) {
    const has = quota[key]
    if (has === undefined || has >= need) continue
    report(
      ['class', 'quota', key],
      'quota-short',
      `${has}${unit} are fewer than the ${need}${unit} that a student needs (${why})`,
      'students would be refused what the plan counts for them',
      `write ${key}: ${unit === '' ? need : `'${need}${unit}'`}, or leave it out`,
    )
  }
}

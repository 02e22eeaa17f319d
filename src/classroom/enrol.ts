// Decides what each student has in the cloud, and joins it into one task a student.
// Leaves the account to account-parts, quotas, rules and network to seat-parts, keys to key-parts, and files to handout.
import type { Task } from '../core/task.ts'
import { accountParts } from './account-parts.ts'
import { baseTaskId } from './base.ts'
import { handoutPart } from './handout.ts'
import { keyParts } from './key-parts.ts'
import {
  type ClassroomDeps,
  type ClassroomGroup,
  type ClassroomInput,
  type ClassroomStudent,
  classNetwork,
} from './input.ts'
import { type Part, partsTask } from './parts.ts'
import { proofsOf } from './proof-plan.ts'
import { seatParts } from './seat-parts.ts'
import type { People, Survey } from './survey.ts'

export const enrolTaskId = (site: string, login: string) => `${site}/enrol/${login}`

/**
 * One task a student, in the lane `cloud:SITE`. `begin` are ids of what must be done before the first; the tasks of
 * cloudBaseTasks that they need they name themselves.
 */
export function enrolTasks(
  input: ClassroomInput,
  deps: ClassroomDeps,
  survey: Survey,
  begin: readonly string[] = [],
): Task[] {
  const { site, addressing } = input
  return input.groups.flatMap((group) => {
    const tenant = addressing.tenants.find((one) => one.group === group.name)
    const after = tenant ? [baseTaskId.network(site, classNetwork(group.name))] : []
    return group.students.map((student) =>
      partsTask(
        {
          id: enrolTaskId(site, student.login),
          title: `Student ${student.login}`,
          because: `on the roster, in group ${group.name}`,
          lane: `cloud:${site}`,
          after: [...begin, ...after],
        },
        survey.people,
        deps.cloud,
        partsOf(input, deps, survey, group, student),
      ),
    )
  })
}

function partsOf(
  input: ClassroomInput,
  deps: ClassroomDeps,
  survey: Survey,
  group: ClassroomGroup,
  student: ClassroomStudent,
): Part<People>[] {
  const proofs = proofsOf(input).filter(({ login }) => login === student.login).length
  return [
    ...accountParts(input.course, deps, student.login, group.name),
    ...keyParts(input, deps, student, proofs),
    ...seatParts(input, deps, survey, group.name, student.login, proofs),
    handoutPart(input, deps, survey, student),
  ]
}

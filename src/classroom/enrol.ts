// Decides what each seat has in the cloud, and joins it into one task a seat.
// Leaves accounts to account-parts, quotas, rules and networks to seat-parts, keys to key-parts, and files to handout.
import { accountParts, teacherRolePart } from './account-parts.ts'
import { baseTaskId } from './base.ts'
import { credentialPart, fingerprint } from './credential-part.ts'
import { handoutPart } from './handout.ts'
import {
  type ClassroomDeps,
  type ClassroomInput,
  classNetwork,
  credentialSecretName,
  routerName,
} from './input.ts'
import { keyParts, keysOf } from './key-parts.ts'
import { type Part, type PartsTask, partsTask } from './parts.ts'
import { proofsOf } from './proof-plan.ts'
import { computeQuota, networkQuota, volumeQuota } from './quotas.ts'
import { openRules } from './rule-part.ts'
import { sealFor, sealPart } from './seal.ts'
import { type Seat, seatsOf, teacherSeatsOf } from './seats.ts'
import { seatParts } from './seat-parts.ts'
import { shareParts } from './share-part.ts'
import type { People, Survey } from './survey.ts'

/** Of the seat's name: a student's or teacher's login, or a team. */
export const enrolTaskId = (site: string, seat: string) => `${site}/enrol/${seat}`

export type SeatTask = PartsTask & { seat: Seat }

/**
 * One task a seat, in the lane `cloud:SITE`: teachers first, as they get a role in every seat. `begin` are ids of what must
 * be done before the first; the tasks of cloudBaseTasks that they need they name themselves.
 */
export function enrolTasks(
  input: ClassroomInput,
  deps: ClassroomDeps,
  survey: Survey,
  begin: readonly string[] = [],
): SeatTask[] {
  const { site, addressing } = input
  const teachers = teacherSeatsOf(input)
  const networks = addressing.tenants.map(({ group }) => baseTaskId.network(site, classNetwork(group)))
  // A network that cannot be made keeps no teacher from an account, which every seat asks for.
  const uses = teachers.map((seat) => ({
    seat,
    ...partsTask(
      {
        id: `${site}/teach/${seat.name}`,
        title: `Class networks of ${seat.name}`,
        because: 'teachers may put instances on each',
        lane: `cloud:${site}`,
        after: [...begin, enrolTaskId(site, seat.name), ...networks],
      },
      survey.people,
      deps.cloud,
      shareParts(input, deps, survey, seat).map((part) => ({ ...part, needs: [] })),
    ),
  }))
  const seats = [...teachers, ...seatsOf(input)].map((seat) => ({
    seat,
    ...partsTask(
      {
        id: enrolTaskId(site, seat.name),
        title: titleOf(seat),
        because: seat.group === null ? 'the course file names them' : `on the roster, in group ${seat.group}`,
        lane: `cloud:${site}`,
        after: [...begin, ...networksBefore(input, seat)],
      },
      survey.people,
      deps.cloud,
      partsOf(input, deps, survey, seat),
    ),
  }))
  return [...seats, ...(networks.length > 0 ? uses : [])]
}

function titleOf({ name, group, members: [first, ...more] }: Seat): string {
  if (group === null) return `Teacher ${name}`
  return first?.login === name && more.length === 0 ? `Student ${name}` : `Team ${name}`
}

function networksBefore({ site, addressing, policy, foreign }: ClassroomInput, { group }: Seat): string[] {
  if (group === null) return []
  const has = addressing.tenants.some((one) => one.group === group)
  const ranged =
    policy.ownNetwork && (foreign?.external ?? addressing.own?.find((one) => one.group === group))
  return [
    baseTaskId.room(site),
    ...(has ? [baseTaskId.network(site, classNetwork(group))] : []),
    ...(ranged && policy.router === 'group' ? [baseTaskId.router(site, routerName(group))] : []),
    ...(ranged && policy.router === 'own' && !foreign
      ? [baseTaskId.network(site, 'transit'), baseTaskId.pool(site)]
      : []),
  ]
}

function partsOf(input: ClassroomInput, deps: ClassroomDeps, survey: Survey, seat: Seat): Part<People>[] {
  const { course, policy } = input
  const proofs = (login: string) => proofsOf(input).filter((one) => one.login === login).length
  const all = seat.members.reduce((sum, { login }) => sum + proofs(login), 0)
  const seal = sealFor(course, survey, seat, async () => ({
    compute: computeQuota(input, seat, all),
    network: networkQuota(input, seat, all),
    volume: volumeQuota(input, seat),
    rules: openRules(course, policy.allow),
    own: policy.ownNetwork && seat.group !== null ? policy.router : null,
    keys: await Promise.all(
      seat.members.map(async (one) => [one.login, await keysOf(input, one, proofs(one.login))]),
    ),
    credentials: policy.applicationCredentials
      ? seat.members.map(({ login }) => fingerprint(deps.vault.get(credentialSecretName(login)).reveal()))
      : [],
  }))
  const parts = [
    ...accountParts(course, deps, seat),
    ...seat.members.flatMap((member) => keyParts(input, deps, seal, member, proofs(member.login))),
    ...seatParts(input, deps, survey, seal, seat, all),
    ...(policy.applicationCredentials
      ? seat.members.map(({ login }) => credentialPart(course, deps, seal, seat, login))
      : []),
    ...(seat.group === null ? [] : policy.teachers.map(({ login }) => teacherRolePart(course, seat, login))),
  ]
  return [
    ...parts,
    sealPart(course, seat, seal),
    ...seat.members.map((member) => handoutPart(input, deps, member)),
  ]
}

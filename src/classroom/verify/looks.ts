// Decides everything that is looked at as students of one cloud: who looks at what, by which id, and what needs what.
// Leaves running the looks to check/, the sample instances to sample, and clearing up to sweep.
import { Trouble } from '../../core/fault.ts'
import { type Seen, unclear, yes, no } from '../../core/verdict.ts'
import { computeHeaders } from '../../cloud/compute.ts'
import type { Cloud } from '../../cloud/open.ts'
import { type ClassroomDeps, type ClassroomInput, passwordName, projectName } from '../input.ts'
import type { Base, People } from '../survey.ts'
import { type Decoy, damageOf, type DecoyPart, decoyParts } from './decoy.ts'
import type { Verifier } from './plan.ts'
import { plannedQuota, servedTo } from './served.ts'
import { findsSeen, quotaSeen, rightsSeen } from './student.ts'
import { judgeWall, type Target, type Wall } from './wall.ts'
import { computeWalls } from './walls-compute.ts'
import { identityWalls, imageWalls } from './walls-identity.ts'
import { networkWalls } from './walls-network.ts'
import { volumeWalls } from './walls-volume.ts'

export type Look = {
  id: string
  /** A claim that is true when all is well. */
  title: string
  /** Who looks. */
  vantage: string
  needs?: readonly string[]
  /** After all others. */
  heavy?: boolean
  run(): Promise<Seen>
}

export const walls: readonly Wall[] = [
  ...identityWalls,
  ...computeWalls,
  ...networkWalls,
  ...imageWalls,
  ...volumeWalls,
]

/** What is looked at as a student, besides the walls. */
export const studentLooks = ['login', 'rights', 'quota', 'finds'] as const

export const lookId = {
  student: (site: string, login: string, look: (typeof studentLooks)[number]) =>
    `student/${site}/${login}/${look}`,
  wall: (site: string, login: string, name: string) => `wall/${site}/${login}/${name}`,
  decoy: (site: string) => `wall/${site}/decoy`,
} as const

/** Clouds as students; each logs in once. */
export class Logins {
  readonly #deps: Pick<ClassroomDeps, 'cloudAs' | 'vault'>
  readonly #course: string
  readonly #open = new Map<string, Promise<Cloud>>()
  constructor(course: string, deps: Pick<ClassroomDeps, 'cloudAs' | 'vault'>) {
    this.#course = course
    this.#deps = deps
  }

  as({ student: { login }, seat }: Verifier): Promise<Cloud> {
    const known = this.#open.get(login)
    if (known) return known
    const opened = this.#deps.cloudAs({
      user: login,
      project: projectName(this.#course, seat.name),
      password: this.#deps.vault.get(passwordName(login)),
    })
    this.#open.set(login, opened)
    return opened
  }
}

export type Looking = {
  input: ClassroomInput
  logins: Logins
  base: Base
  people: People
  /** The cloud has block storage. */
  hasVolumes: boolean
  /** It is made while the students log in. */
  decoy: Promise<DecoyMade>
}

/** Null with the reason why there is none. */
export type DecoyMade = { made: Decoy; why: null } | { made: null; why: string }

export function studentsLooks(looking: Looking, verifiers: readonly Verifier[]): Look[] {
  const { input, logins, base, people } = looking
  const { site, course } = input
  return verifiers.flatMap((verifier): Look[] => {
    const { student, group, seat } = verifier
    const { login } = student
    const project = projectName(course, seat.name)
    const served = servedTo(input, base, group)
    const needs = [lookId.student(site, login, 'login')]
    const look = (
      name: (typeof studentLooks)[number],
      title: string,
      see: (cloud: Cloud) => Promise<Seen>,
    ): Look => ({
      id: lookId.student(site, login, name),
      title,
      vantage: login,
      ...(name === 'login' ? {} : { needs }),
      run: async () => see(await logins.as(verifier)),
    })
    return [
      {
        ...look('login', `${login} logs in with the password of the hand-out`, () =>
          Promise.resolve(yes(`into ${project}`)),
        ),
        run: () => loginSeen(logins, verifier, project),
      },
      look('rights', `${login} has the rights of a student and no more`, (cloud) =>
        rightsSeen(cloud, login, project, people.memberRoleId, people.assignments),
      ),
      look('quota', `${login} has the quota that is planned`, (cloud) =>
        quotaSeen(cloud, plannedQuota(input, seat)),
      ),
      look('finds', `${login} finds what the course promises, and nothing of other groups`, (cloud) =>
        findsSeen(cloud, served),
      ),
    ]
  })
}

async function loginSeen(logins: Logins, verifier: Verifier, project: string): Promise<Seen> {
  const { login } = verifier.student
  try {
    await logins.as(verifier)
    return yes(`into ${project}`)
  } catch (error) {
    if (!(error instanceof Trouble) || error.fault.code !== 'cloud-login') throw error
    const { title, why } = error.fault
    const fix = `set what bateau's vault has: bateau up; then ${login} takes the password of the hand-out`
    return no(why, { title, code: 'student-login', why, fix })
  }
}

/** Everything that the students who try it must not get through with, and at the end whether it left a trace. */
export function wallLooks(looking: Looking, verifiers: readonly Verifier[]): Look[] {
  const { input, logins, decoy } = looking
  const { site } = input
  const spoiled = new Map<DecoyPart, string>()
  const each = verifiers
    .filter(({ tries }) => tries)
    .flatMap((verifier) => {
      const { login } = verifier.student
      const ready = targetOf(looking, verifier)
      let reading: Promise<Target> | undefined
      const target = async () => (reading ??= withQuota(ready, await logins.as(verifier), await decoy))
      return wallsFor(ready).map((wall): Look => ({
        id: lookId.wall(site, login, wall.name),
        title: `${login} cannot ${wall.deed}`,
        vantage: login,
        needs: [lookId.student(site, login, 'login')],
        run: async () => tried(wall, await target(), await logins.as(verifier), await decoy, spoiled),
      }))
    })
  if (each.length === 0) return []
  return [
    ...each,
    {
      id: lookId.decoy(site),
      title: `what the students of ${site} attacked is as it was`,
      vantage: `${site}, as the one who was attacked`,
      heavy: true,
      async run() {
        const { made, why } = await decoy
        if (made === null) return unclear(why)
        const damage = await damageOf(made)
        if (damage.length === 0) return yes(`all of ${Object.keys(made.ids).length} things are there`)
        return no(`gone: ${damage.join(', ')}`, {
          code: 'wall-broken',
          why: 'a call that was refused, or not, has removed it all the same',
          fix: "see the service's log for the times of the checks above: bateau check",
        })
      },
    },
  ]
}

async function tried(
  wall: Wall,
  target: Target,
  cloud: Cloud,
  { made, why }: DecoyMade,
  spoiled: Map<DecoyPart, string>,
): Promise<Seen> {
  for (const part of wall.about) {
    const by = spoiled.get(part)
    if (by !== undefined) return unclear(`not tried: bateau's decoy lost its ${part} (${by})`)
    if (target.decoy[part] !== undefined) continue
    return unclear(`not tried: bateau's decoy has no ${part}: ${made?.lacking[part] ?? why ?? 'not made'}`)
  }
  const call = wall.call(target)
  if (call === null) return unclear('not tried: the own quota could not be read')
  const seen = judgeWall(wall, target, await cloud.attempt(call))
  if (seen.verdict === 'no' && wall.name.endsWith('-delete')) spoil(wall, spoiled)
  return seen
}

/** With a project or a user everything goes. */
function spoil({ name, about: [part] }: Wall, spoiled: Map<DecoyPart, string>): void {
  if (part === undefined) return
  const parts: readonly DecoyPart[] = part === 'project' || part === 'user' ? decoyParts : [part]
  for (const one of parts) spoiled.set(one, `${name} was let through`)
}

/** As far as it is known before anything is made: enough to say which walls there are. */
function targetOf({ input, base, people, hasVolumes }: Looking, { student, group }: Verifier): Target {
  const { image, flavor, networks, others } = servedTo(input, base, group)
  return {
    login: student.login,
    course: input.course,
    me: { userId: '', projectId: '' },
    decoy: Object.fromEntries(decoyParts.map((part) => [part, part])),
    own: networks[0] ?? null,
    other: others[0] ?? null,
    imageId: image?.id ?? null,
    flavorId: flavor?.id ?? null,
    roleId: people.memberRoleId,
    quota: { instances: 0, ports: 0, volumes: 0 },
    hasVolumes,
    networks: people.networks,
  }
}

/** Those that this cloud has something to try with. */
export const wallsFor = (target: Target): Wall[] => walls.filter(({ call }) => call(target) !== null)

async function withQuota(target: Target, cloud: Cloud, { made }: DecoyMade): Promise<Target> {
  const { userId, projectId } = cloud
  const [compute, network, volume] = await Promise.all([
    cloud.attempt({
      service: 'compute',
      headers: computeHeaders,
      what: 'read the own quota',
      method: 'GET',
      path: `/os-quota-sets/${projectId}`,
    }),
    cloud.attempt({
      service: 'network',
      what: 'read the own quota',
      method: 'GET',
      path: `/quotas/${projectId}`,
    }),
    target.hasVolumes
      ? cloud.attempt({
          service: 'volume',
          what: 'read the own quota',
          method: 'GET',
          path: `/os-quota-sets/${projectId}`,
        })
      : null,
  ])
  const instances = (compute.json as { quota_set?: { instances?: number } } | undefined)?.quota_set?.instances
  const volumes =
    (volume?.json as { quota_set?: { volumes?: number } } | undefined)?.quota_set?.volumes ?? null
  const ports = (network.json as { quota?: { port?: number } } | undefined)?.quota?.port
  const quota = instances === undefined || ports === undefined ? null : { instances, ports, volumes }
  return { ...target, me: { userId, projectId }, decoy: made?.ids ?? {}, quota }
}

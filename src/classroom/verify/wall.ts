// Decides what a wall is: a call that a student must not get through with, and what each answer of a service says of it.
// Leaves which walls there are to walls-*, and making the calls to verify.
import { z } from 'zod'
import { no, type Seen, unclear, yes } from '../../core/verdict.ts'
import type { Attempt } from '../../cloud/attempt.ts'
import type { ServiceCall } from '../../cloud/session.ts'
import type { DecoyPart } from './decoy.ts'

/** Who tries, and at what. */
export type Target = {
  login: string
  me: { userId: string; projectId: string }
  course: string
  decoy: Partial<Record<DecoyPart, string>>
  /** A class network that the student may use, and one of another group; null where there is none. */
  own: { id: string; name: string } | null
  other: { id: string; name: string } | null
  imageId: string | null
  flavorId: string | null
  roleId: string | null
  /** What the own project has now; null: it could not be read. */
  quota: { instances: number; ports: number; volumes: number | null } | null
  /** The cloud has block storage. */
  hasVolumes: boolean
  /** Networks of the cloud with whose they are: on a network of one's own one sees the ports of others too. */
  networks: readonly { id: string; project_id: string }[]
}

export type Wall = {
  /** Stable; with cloud and student before it the id of its check. */
  name: string
  /** What a student cannot do: `start another's instance`. */
  deed: string
  /** Parts of the decoy that it is about: where one is lacking, nothing is proven. */
  about: readonly DecoyPart[]
  /** The class's quota for it is 0, which is a wall of its own. */
  barredByQuota?: true
  /** Null: this student, or this cloud, has nothing to try it with. */
  call: (target: Target) => ServiceCall | null
  /**
   * What in the answer of a list is not the student's own, by name. Absent: no answer but a refusal will do.
   */
  foreign?: (json: unknown, target: Target) => string[]
}

/**
 * 403 and 404 are walls: OpenStack says "not found" of what one may not know of, Nova and Neutron at times with 400. A
 * conflict (409) was said after the student had been let past. A full quota says nothing of the wall behind it.
 */
export function judgeWall(wall: Wall, target: Target, answer: Attempt): Seen {
  const { status, said, json } = answer
  if (wall.barredByQuota === true && status === 409 && full.test(said)) return yes(said)
  if (status === 401 || (status >= 400 && full.test(said))) return unclear(said)
  if (status === 403 || status === 404 || (status === 400 && hidden.test(said))) return yes(said)
  if (status === 409) return no(said, { title: broken(wall, target), ...blame(wall, target) })
  if (status >= 300) return unclear(said)
  if (wall.foreign === undefined) return no(said, { title: broken(wall, target), ...blame(wall, target) })
  const foreign = wall.foreign(json, target)
  if (foreign.length === 0) return yes(`${said}: only what is the student's own`)
  const seen = `${said}, and shows ${foreign.slice(0, 5).join(', ')}${foreign.length > 5 ? ' …' : ''}`
  return no(seen, { title: broken(wall, target), ...blame(wall, target) })
}

const full = /quota exceeded|over quota|limit exceeded|exceeded .*quota/i
/** Neutron wraps the refusal to share another's network in a 400. */
const hidden = /not be found|not found|does not exist|cannot find|only admins/i

const broken = ({ deed }: Wall, { login }: Target) => `${login} can ${deed}`

const blame = ({ deed }: Wall, { login, course }: Target) => ({
  code: 'wall-broken',
  why: `what ${login} could do to bateau's decoy, each student can do to the others: ${deed}`,
  fix: `see which roles ${login} has: openstack role assignment list --names --user ${login}; only member in ${course}-… is due. Else the policy of the service is at fault: its policy.yaml`,
})

/** Names, or ids, of those in the list under `key` that `isForeign`. */
export function foreignIn(
  json: unknown,
  key: string,
  isForeign: (one: Record<string, unknown>) => boolean,
): string[] {
  const read = z.looseObject({ [key]: z.array(z.record(z.string(), z.unknown())) }).safeParse(json)
  if (!read.success) return ['what was not understood']
  const items = (read.data as Record<string, unknown>)[key] as Record<string, unknown>[]
  return items.filter(isForeign).map((one) => String(one['name'] ?? one['id']))
}

// Decides by which tags bateau remembers in the cloud itself what a deed of the teaching day did, or is at.
// Leaves the mark of the course to mark. Tags of Nova have at most 60 characters and neither slash nor comma.
import type { Project } from '../../cloud/identity.ts'
import type { Server } from '../../cloud/compute.ts'
import type { Day } from '../../course/class.ts'
import { tagOf } from '../mark.ts'

/** On an instance that bateau starts for its seat. */
export const starterTag = 'starter'
/** On an instance that `class close` stopped: `open` starts those and no other. */
export const stoppedTag = 'bateau-closed'
/** On an instance whose disk is to be made anew from this image; gone when it is. */
export const rebuildTag = (imageId: string) => `bateau-rebuild:${imageId}`
/** On a project in an exam. */
export const frozenTag = 'bateau-frozen'
/** On a frozen project: a role that a member had. Ids, as names may hold what tags may not. */
export const roleTag = (userId: string, roleId: string) => `bateau-role:${userId}:${roleId}`
/** On a frozen port: a security group that it was in, or that it had no port security. */
export const groupTag = (groupId: string) => `bateau-was:${groupId}`
export const openPortTag = 'bateau-was:open'
/** On a project: it is neither closed by the schedule nor deleted up to and on that day. */
const keepPrefix = 'bateau-keep:'
export const keepTag = (day: Day) => `${keepPrefix}${day}`

/** On a project whose instances the schedule stopped after the session that ended then (ms since 1970): it does not do it again. */
const endedPrefix = 'bateau-ended:'
export const endedTag = (at: number) => `${endedPrefix}${new Date(at).toISOString().slice(0, 16)}Z`
export const endedTags = ({ tags }: Pick<Project, 'tags'>) =>
  tags.filter((one) => one.startsWith(endedPrefix))

/** Image that the instance is to be rebuilt from. */
export function toRebuild({ tags }: Pick<Server, 'tags'>): string | undefined {
  return after(tags, 'bateau-rebuild:')[0]
}
export function rolesBefore({ tags }: Pick<Project, 'tags'>): { userId: string; roleId: string }[] {
  return after(tags, 'bateau-role:').map((one) => {
    const [userId = '', roleId = ''] = one.split(':')
    return { userId, roleId }
  })
}
/** How a port was before the exam; undefined where nothing is remembered. */
export function wallBefore(tags: readonly string[]): { groups: string[]; secured: boolean } | undefined {
  if (tags.includes(openPortTag)) return { groups: [], secured: false }
  const groups = after(tags, 'bateau-was:')
  return groups.length === 0 ? undefined : { groups: groups.filter((id) => id !== 'none'), secured: true }
}
/** The last day for which the seat is kept as it is. */
export function keptUntil({ tags }: Pick<Project, 'tags'>): Day | undefined {
  return after(tags, keepPrefix).toSorted().at(-1)
}
export const keepTags = ({ tags }: Pick<Project, 'tags'>) => tags.filter((one) => one.startsWith(keepPrefix))

/** An instance that bateau started for its seat in this course. */
export function isStarter(course: string, { tags }: Pick<Server, 'tags'>): boolean {
  return tags.includes(tagOf(course)) && tags.includes(starterTag)
}

/** Of the nth instance of a seat. */
export const starterName = (n: number) => `vm${n}`
export const isStarterName = (name: string): boolean => /^vm[1-9]\d*$/.test(name)

const after = (tags: readonly string[], prefix: string) =>
  tags.flatMap((one) => (one.startsWith(prefix) ? [one.slice(prefix.length)] : []))

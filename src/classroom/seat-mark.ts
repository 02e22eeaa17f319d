// Decides what bateau writes into the descriptions of a seat's project and users, and reads out of them again.
// Leaves the mark itself to mark, and what follows from what is read to the parts and to leaving.
import { createHash } from 'node:crypto'
import type { Secret } from '../core/secret.ts'
import type { Day } from '../course/class.ts'
import { describe } from './mark.ts'
import type { Seat } from './seats.ts'

/** Of a seat's project, before its seal. Students cannot change it: only administrators change projects. */
export function projectText(course: string, { name, group, members }: Seat): string {
  if (group === null) return describe(course, `teacher ${name}`)
  const alone = members.length === 1 && members[0]?.login === name
  return describe(course, `${alone ? 'student' : 'team'} ${name} of group ${group}`)
}

export const sealed = (text: string, seal: string) => `${text}, sealed ${seal}`

/** The seal in a description; undefined: none. */
export function sealIn(description: string | null | undefined): string | undefined {
  return sealPattern.exec(description ?? '')?.[1]
}

/** The description without its seal: something that no list tells may differ, and is to be read again. */
export const unsealed = (description: string) => description.replace(sealPattern, '')
const sealPattern = /, sealed ([0-9a-f]{12})$/

/** 48 bits are plenty to tell an older wish from a newer one. */
export function sealOf(wanted: unknown): string {
  return createHash('sha256').update(JSON.stringify(wanted)).digest('hex').slice(0, 12)
}

/** The description of something that is closed: what it was, and since when. */
export const closedText = (was: string, day: Day) => `${was.replace(closedPattern, '')}, closed ${day}`

/** The day since which it is closed. */
export function closedIn(description: string | null | undefined): Day | undefined {
  return closedPattern.exec(description ?? '')?.[1]
}
const closedPattern = /, closed (\d{4}-\d{2}-\d{2})$/

/** Of a user: where, and which password was set. */
export function userText(course: string, group: string | null, login: string, password: Secret): string {
  const place = group === null ? 'teacher' : `group ${group}`
  return describe(course, `${place}, password ${fingerprint(login, password)}`)
}

/**
 * Says in the user's description which password was set, so that a vault that was lost and made anew is noticed without
 * logging in as everybody. 32 bits of a hash: nothing to guess a password of 190 bits by.
 */
function fingerprint(login: string, password: Secret): string {
  return createHash('sha256').update(`${login}\n${password.reveal()}`).digest('hex').slice(0, 8)
}

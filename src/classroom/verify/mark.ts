// Decides how what a verification makes for itself is marked: apart from what the class has, so that neither takes the other for its own.
// Leaves making and removing it to decoy, sample and sweep.
import { describe, tagOf } from '../mark.ts'

/** Stands where `mark.ts` takes a course: no slug has a colon, so it is nobody's. Keystone's tags forbid `/` and `,`. */
export const verifyMark = (course: string) => `${course}:verify`
export const verifyTag = (course: string) => tagOf(verifyMark(course))
export const verifyText = (course: string, text: string) => describe(verifyMark(course), text)

/** Project and user that are attacked in place of another student. */
export const decoyName = (course: string) => `${course}-verify-decoy`
/** What a wall that does not hold lets through is called so. */
export const throughName = (course: string) => `${course}-verify-through`
/** Instance of a group. */
export const sampleName = (group: string) => `verify-${group}`
/** In a student's own account, while their sample instance stands. */
export const sampleKeypair = 'bateau-verify'
/** In the vault. */
export const decoyPassword = 'verify/decoy'

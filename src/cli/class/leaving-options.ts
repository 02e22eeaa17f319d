// Decides how the options about who leaves the class are written.
// Leaves what they mean to classroom/leaving.
import { InvalidArgumentError } from '@commander-js/extra-typings'

function days(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw new InvalidArgumentError('it is a number of days, 0 to 999.')
  return Number(text)
}

export const deleteNowOption = [
  '--delete-now <login>',
  'delete now who left the roster, however short a time they were closed; may be repeated',
  (name: string, before: string[]) => [...before, name],
  [] as string[],
] as const

export const deepOption = [
  '--deep',
  'take nothing for granted: read quotas, key pairs and credentials of each student',
  false,
] as const

export const keepDaysOption = [
  '--keep-days <days>',
  'days that who left stays closed before being deleted (default: class.keep of the course file)',
  days,
] as const

// Decides what the commands of the class have in common on the command line.
// Leaves what each does with it to deploy/class.
import { InvalidArgumentError } from '@commander-js/extra-typings'
import type { ExitCode, Face } from '../../deploy/face.ts'
import type { Deeds } from '../deeds.ts'
import { type Context, pathOf } from '../context.ts'
import { voyage } from '../voyage.ts'

export const whoArgument = [
  '[who...]',
  'students (log-in names), teams and groups; none: the whole class',
] as const
export const fileArgument = [
  '[file]',
  'course file; not needed while one course is up on this machine',
] as const
export const fileOption = [
  '-f, --file <course>',
  'course file; not needed while one course is up on this machine',
] as const
export const jsonOption = ['--json', 'events as one JSON object a line on standard output', false] as const
export const dryOption = ['--dry-run', 'look, say what would be done, and change nothing', false] as const
export const yesOption = [
  '-y, --yes',
  'answer every question with yes; without a terminal it is no',
  false,
] as const

/** A whole number of at least `least`. */
export const whole =
  (least: number) =>
  (text: string): number => {
    const number = Number(text)
    if (Number.isInteger(number) && number >= least) return number
    throw new InvalidArgumentError(`a whole number of at least ${least}`)
  }

/** `YYYY-MM-DD`, a day that there is. */
export function day(text: string): string {
  const at = Date.parse(`${text}T00:00:00Z`)
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text))
    return text
  throw new InvalidArgumentError('a day, as 2027-02-08')
}

/** Every value of an option that may be given several times. */
export const more = (value: string, before: string[]): string[] => [...before, value]

export const courseFile = ({ terminal }: Context, file: string | undefined): string | null =>
  file === undefined ? null : pathOf(terminal, file)

/** Without a person nothing is destroyed: the answer is then no, unless --yes says otherwise. */
export function deed(
  context: Context,
  options: { json: boolean; yes?: boolean; untilInterrupted?: boolean },
  what: (deeds: Deeds['classroom'], face: Face, signal: AbortSignal) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { json, yes = false, untilInterrupted = false } = options
  return voyage(context, { json, yes, otherwise: false, untilInterrupted }, (deeds, face, signal) =>
    what(deeds.classroom, face, signal),
  )
}

// Decides what every exit code of the command means; docs/exit-codes.md is this table.
// Leaves choosing one to the command.
import { type ExitCode, exits } from '../deploy/face.ts'

/** bateau itself failed: a bug, or the launcher could neither install nor build it. EX_SOFTWARE of sysexits(3). */
export const bug = 70

export const meanings: Record<ExitCode | typeof bug, string> = {
  [exits.done]: 'done',
  [exits.broken]: 'something is proven broken, or a step failed',
  [exits.usage]: 'the command line or the course file is at fault; nothing was changed',
  [exits.refused]: 'refused: by a finding of the plan, by a person, or because another bateau is at work',
  [exits.unchecked]: 'could not check: neither proven well nor proven broken',
  [bug]: 'bateau itself failed: a bug, or it could not be installed or built',
  [exits.interrupted]: 'interrupted; the same command continues',
}

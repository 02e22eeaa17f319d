// Decides which commands `bateau class` has.
// Leaves each to its file in cli/class.
import { Command } from '@commander-js/extra-typings'
import { classApplyCommand } from '../class/apply.ts'
import { classJumpCommand } from '../class/jump.ts'
import { classPlanCommand } from '../class/plan.ts'
import { classStatusCommand } from '../class/status.ts'
import { classUnlockCommand } from '../class/unlock.ts'
import type { Answer, Context } from '../context.ts'

export function classCommand(context: Context, answer: Answer) {
  const command = new Command('class').description(
    'the students of the course in their clouds: enrol, help, reset, close; one command a deed',
  )
  command
    .addCommand(classStatusCommand(context, answer))
    .addCommand(classPlanCommand(context, answer))
    .addCommand(classApplyCommand(context, answer))
    .addCommand(classJumpCommand(context, answer))
    .addCommand(classUnlockCommand(context, answer))
  return command
}

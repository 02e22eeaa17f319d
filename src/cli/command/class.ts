// Decides which commands `bateau class` has.
// Leaves each to its file in cli/class.
import { Command } from '@commander-js/extra-typings'
import { classBootCommand } from '../class/boot.ts'
import { classExecCommand, classSshCommand } from '../class/exec.ts'
import { classExtendCommand } from '../class/extend.ts'
import { classFreezeCommand, classThawCommand } from '../class/freeze.ts'
import { classCloseCommand, classOpenCommand } from '../class/power.ts'
import { classResetCommand } from '../class/reset.ts'
import { classScheduleCommand } from '../class/schedule.ts'
import { classSnapshotCommand } from '../class/snapshot.ts'
import { classApplyCommand } from '../class/apply.ts'
import { classPlanCommand } from '../class/plan.ts'
import { classStatusCommand } from '../class/status.ts'
import { classUsageCommand } from '../class/usage.ts'
import { classUnlockCommand } from '../class/unlock.ts'
import type { Answer, Context } from '../context.ts'

export function classCommand(context: Context, answer: Answer) {
  const command = new Command('class').description(
    'the students of the course in their clouds: enrol, help, reset, close; one command a deed',
  )
  command.addCommand(classStatusCommand(context, answer))
  command.addCommand(classPlanCommand(context, answer))
  command.addCommand(classApplyCommand(context, answer))
  command.addCommand(classUnlockCommand(context, answer))
  command.addCommand(classOpenCommand(context, answer))
  command.addCommand(classCloseCommand(context, answer))
  command.addCommand(classBootCommand(context, answer))
  command.addCommand(classResetCommand(context, answer))
  command.addCommand(classSnapshotCommand(context, answer))
  command.addCommand(classExtendCommand(context, answer))
  command.addCommand(classFreezeCommand(context, answer))
  command.addCommand(classThawCommand(context, answer))
  command.addCommand(classExecCommand(context, answer))
  command.addCommand(classSshCommand(context, answer))
  command.addCommand(classUsageCommand(context, answer))
  command.addCommand(classScheduleCommand(context, answer))
  return command
}

// Decides which commands `bateau class` has.
// Leaves each to its file in cli/class.
import { Command } from '@commander-js/extra-typings'
import { classApplyCommand } from '../class/apply.ts'
import { classBootCommand } from '../class/boot.ts'
import { classDnsCommand } from '../class/dns.ts'
import { classExecCommand, classSshCommand } from '../class/exec.ts'
import { classExtendCommand } from '../class/extend.ts'
import { classFreezeCommand, classThawCommand } from '../class/freeze.ts'
import { classHandoutsCommand } from '../class/handouts.ts'
import { classJumpCommand } from '../class/jump.ts'
import { classPlanCommand } from '../class/plan.ts'
import { classCloseCommand, classOpenCommand } from '../class/power.ts'
import { classResetCommand } from '../class/reset.ts'
import { classScheduleCommand } from '../class/schedule.ts'
import { classSnapshotCommand } from '../class/snapshot.ts'
import { classStatusCommand } from '../class/status.ts'
import { classUnlockCommand } from '../class/unlock.ts'
import { classUsageCommand } from '../class/usage.ts'
import { classVerifyCommand } from '../class/verify.ts'
import type { Answer, Context } from '../context.ts'

const examples = `
Each command has its own help: ./bateau class boot --help. A day with a class, to print: docs/teaching-day.md

Examples:
  ./bateau class apply        the roster changed
  ./bateau class status       who has what, reachable or not
  ./bateau class reset ada    back to the session's start, after asking
`

export function classCommand(context: Context, answer: Answer) {
  return new Command('class')
    .description('the class in its clouds: enrol, hand out, verify, teach, help, examine, let go')
    .usage('<command> [options]')
    .commandsGroup('Roster to class:')
    .addCommand(classPlanCommand(context, answer))
    .addCommand(classApplyCommand(context, answer))
    .addCommand(classHandoutsCommand(context, answer))
    .addCommand(classVerifyCommand(context, answer))
    .commandsGroup('A teaching day:')
    .addCommand(classStatusCommand(context, answer))
    .addCommand(classBootCommand(context, answer))
    .addCommand(classOpenCommand(context, answer))
    .addCommand(classCloseCommand(context, answer))
    .addCommand(classScheduleCommand(context, answer))
    .addCommand(classExecCommand(context, answer))
    .addCommand(classSshCommand(context, answer))
    .addCommand(classSnapshotCommand(context, answer))
    .addCommand(classResetCommand(context, answer))
    .addCommand(classFreezeCommand(context, answer))
    .addCommand(classThawCommand(context, answer))
    .addCommand(classExtendCommand(context, answer))
    .addCommand(classUsageCommand(context, answer))
    .commandsGroup('Around it:')
    .addCommand(classJumpCommand(context, answer))
    .addCommand(classDnsCommand(context, answer))
    .addCommand(classUnlockCommand(context, answer))
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', examples)
}

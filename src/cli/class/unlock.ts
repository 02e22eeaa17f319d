// Decides how `bateau class unlock` is called.
// Leaves looking and breaking to deploy/class.
import { Command } from '@commander-js/extra-typings'
import { type Answer, type Context, pathOf } from '../context.ts'
import { voyage } from '../voyage.ts'
import { fileArgument, jsonOption, yesOption } from './day-options.ts'

export function classUnlockCommand({ terminal, ...rest }: Context, answer: Answer) {
  return new Command('unlock')
    .description(
      'who is at work on the class in its clouds; takes the lock away from one who is gone, after asking',
    )
    .argument(...fileArgument)
    .option(...yesOption)
    .option(...jsonOption)
    .addHelpText(
      'after',
      `
A run that changes the class holds a lock in each cloud, so that two teachers do not undo each other. A run that was
killed leaves it behind: the next one on the same machine takes it over at once, others after three silent minutes.

Examples:
  ./bateau class unlock          says who holds it, and asks
  ./bateau class unlock --yes    breaks it without asking
`,
    )
    .action(async (file, { yes, json }) => {
      const path = file === undefined ? null : pathOf(terminal, file)
      const how = { yes, json, otherwise: false }
      const context = { terminal, ...rest }
      answer(
        await voyage(context, how, (deeds, face, signal) =>
          deeds.classroom.unlock({ file: path }, face, signal),
        ),
      )
    })
}

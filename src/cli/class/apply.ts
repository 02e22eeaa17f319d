// Decides how `bateau class apply` is called.
// Leaves carrying it out to deploy/class.
import { Command } from '@commander-js/extra-typings'
import { type Answer, type Context, pathOf } from '../context.ts'
import { voyage } from '../voyage.ts'
import { fileArgument, jsonOption, yesOption } from './day-options.ts'
import { deepOption, deleteNowOption, keepDaysOption } from './leaving-options.ts'

export function classApplyCommand(context: Context, answer: Answer) {
  const { terminal } = context
  return new Command('apply')
    .description('make the class as its roster and course file have it; asks before anybody loses anything')
    .argument(...fileArgument)
    .option(...yesOption)
    .option('--plan <path>', 'carry out just the plan that class plan --save wrote, or nothing')
    .option(...deepOption)
    .option(...keepDaysOption)
    .option(...deleteNowOption)
    .option(...jsonOption)
    .addHelpText(
      'after',
      `
Who left the roster is closed first (no log-in, instances stopped), and deleted after class.keep days.

Examples:
  ./bateau class apply
  ./bateau class apply --plan monday.json      what class plan --save showed, and nothing else
  ./bateau class apply --delete-now m-curie    a student who left, with everything in the project
`,
    )
    .action(async (file, { yes, plan, deep, keepDays, deleteNow, json }) => {
      const options = {
        file: file === undefined ? null : pathOf(terminal, file),
        deep,
        keepDays: keepDays ?? null,
        deleteNow,
        plan: plan === undefined ? null : pathOf(terminal, plan),
      }
      answer(
        await voyage(context, { yes, json, otherwise: false }, (deeds, face, signal) =>
          deeds.classroom.apply(options, face, signal),
        ),
      )
    })
}

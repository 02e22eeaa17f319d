// Decides how `bateau class apply` is called.
// Leaves carrying it out to deploy/class.
import { Command } from '@commander-js/extra-typings'
import { type Answer, type Context, pathOf } from '../context.ts'
import { voyage } from '../voyage.ts'
import { days, deleteNowOption } from './leaving-options.ts'

export function classApplyCommand(context: Context, answer: Answer) {
  const { terminal } = context
  return new Command('apply')
    .description('make the class as its roster and course file have it; asks before anybody loses anything')
    .argument('[file]', 'course file; not needed while one course is up on this machine')
    .option('-y, --yes', 'close and delete without asking', false)
    .option('--plan <path>', 'carry out just the plan that class plan --save wrote, or nothing')
    .option('--deep', 'take nothing for granted: read quotas and key pairs of each student', false)
    .option('--keep-days <days>', 'days that what left stays closed before it is deleted', days)
    .option(...deleteNowOption)
    .option('--json', 'events as one JSON object a line on standard output', false)
    .addHelpText(
      'after',
      `
Examples:
  ./bateau class apply
  ./bateau class apply --delete-now m-curie     a student who left, with everything in the project

Who left the roster is closed first (no log-in, instances stopped), and deleted after class.keep days.
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

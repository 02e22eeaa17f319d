// Decides how `bateau class plan` is called.
// Leaves reading the clouds to deploy/class.
import { Command } from '@commander-js/extra-typings'
import { type Answer, type Context, pathOf } from '../context.ts'
import { voyage } from '../voyage.ts'
import { days, deleteNowOption } from './leaving-options.ts'

export function classPlanCommand(context: Context, answer: Answer) {
  const { terminal } = context
  return new Command('plan')
    .description(
      'what the roster and the course file change in the clouds, for each student, and why; changes nothing',
    )
    .argument('[file]', 'course file; not needed while one course is up on this machine')
    .option('--deep', 'take nothing for granted: read quotas and key pairs of each student', false)
    .option('--keep-days <days>', 'days that what left stays closed before it is deleted', days)
    .option(...deleteNowOption)
    .option('--save <path>', 'write the plan down, for class apply --plan')
    .option('--json', 'events as one JSON object a line on standard output', false)
    .addHelpText(
      'after',
      `
Examples:
  ./bateau class plan
  ./bateau class plan --save monday.json && ./bateau class apply --plan monday.json

Signs: + made, ~ changed, ^ opened again, - closed, . closed and kept, x deleted, ! something is in the way
`,
    )
    .action(async (file, { deep, keepDays, deleteNow, save, json }) => {
      const options = {
        file: file === undefined ? null : pathOf(terminal, file),
        deep,
        keepDays: keepDays ?? null,
        deleteNow,
        save: save === undefined ? null : pathOf(terminal, save),
      }
      answer(
        await voyage(context, { yes: false, json, otherwise: false }, (deeds, face, signal) =>
          deeds.classroom.plan(options, face, signal),
        ),
      )
    })
}

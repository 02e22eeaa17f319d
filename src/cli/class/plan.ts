// Decides how `bateau class plan` is called.
// Leaves reading the clouds to deploy/class.
import { Command } from '@commander-js/extra-typings'
import { type Answer, type Context, pathOf } from '../context.ts'
import { voyage } from '../voyage.ts'
import { fileArgument, jsonOption } from './day-options.ts'
import { deepOption, deleteNowOption, keepDaysOption } from './leaving-options.ts'

export function classPlanCommand(context: Context, answer: Answer) {
  const { terminal } = context
  return new Command('plan')
    .description(
      'what the roster and the course file change in the clouds, for each student, and why; changes nothing',
    )
    .argument(...fileArgument)
    .option(...deepOption)
    .option(...keepDaysOption)
    .option(...deleteNowOption)
    .option('--save <path>', 'write the plan into this file, for class apply --plan')
    .option(...jsonOption)
    .addHelpText(
      'after',
      `
Signs: + made, ~ changed, ^ opened again, - closed, . closed and kept, x deleted, ! something is in the way

Examples:
  ./bateau class plan
  ./bateau class plan --save monday.json && ./bateau class apply --plan monday.json
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

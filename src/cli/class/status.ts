// Decides how `bateau class status` is called.
// Leaves looking to deploy/class.
import { Command } from '@commander-js/extra-typings'
import { type Answer, type Context, pathOf } from '../context.ts'
import { voyage } from '../voyage.ts'

export function classStatusCommand({ terminal, ...rest }: Context, answer: Answer) {
  return new Command('status')
    .description('who has what, and where')
    .argument('[file]', 'course file; not needed while one course is up on this machine')
    .option('--json', 'events as one JSON object a line on standard output', false)
    .addHelpText('after', '\nExamples:\n  ./bateau class status\n')
    .action(async (file, { json }) => {
      const path = file === undefined ? null : pathOf(terminal, file)
      const how = { yes: false, json, otherwise: false }
      const context = { terminal, ...rest }
      answer(
        await voyage(context, how, (deeds, face, signal) =>
          deeds.classroom.status({ file: path }, face, signal),
        ),
      )
    })
}

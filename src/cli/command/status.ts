// Decides how `bateau status` is called.
// Leaves looking to deploy/.
import { Command } from '@commander-js/extra-typings'
import { type Answer, type Context, pathOf } from '../context.ts'
import { voyage } from '../voyage.ts'

export function statusCommand(context: Context, answer: Answer) {
  const { terminal } = context
  return new Command('status')
    .description('what is up: servers, cloud, instances and their addresses')
    .argument('[file]', 'course file; not needed while one course is up on this machine')
    .option('--json', 'events as one JSON object a line on standard output', false)
    .addHelpText(
      'after',
      '\nExamples:\n  ./bateau status\n  ./bateau status --json | jq \'select(.type == "report").data\'\n',
    )
    .action(async (file, { json }) => {
      const path = file === undefined ? null : pathOf(terminal, file)
      answer(
        await voyage(context, { yes: false, json, otherwise: false }, (deeds, face, signal) =>
          deeds.status({ file: path }, face, signal),
        ),
      )
    })
}

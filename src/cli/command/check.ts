// Decides how `bateau check` is called.
// Leaves probing and judging to deploy/ and check/.
import { Command } from '@commander-js/extra-typings'
import { type Answer, type Context, pathOf } from '../context.ts'
import { voyage } from '../voyage.ts'

export function checkCommand(context: Context, answer: Answer) {
  const { terminal } = context
  return new Command('check')
    .description('prove again, from outside, that the instances are reached and the rest is closed')
    .argument('[file]', 'course file; not needed while one course is up on this machine')
    .option('--json', 'events as one JSON object a line on standard output', false)
    .addHelpText(
      'after',
      '\nExamples:\n  ./bateau check\n  ./bateau check --json | jq \'select(.type == "check.result")\'\n',
    )
    .action(async (file, { json }) => {
      const path = file === undefined ? null : pathOf(terminal, file)
      answer(
        await voyage(context, { yes: false, json, otherwise: false }, (deeds, face, signal) =>
          deeds.check({ file: path }, face, signal),
        ),
      )
    })
}

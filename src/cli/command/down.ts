// Decides how `bateau down` is called.
// Leaves taking down to deploy/.
import { Command } from '@commander-js/extra-typings'
import { type Answer, type Context, pathOf } from '../context.ts'
import { voyage } from '../voyage.ts'

export function downCommand(context: Context, answer: Answer) {
  const { terminal } = context
  return new Command('down')
    .description(
      'take down what bateau made: a rehearsal, after which this machine is as it was; or a class, out of clouds that exist already',
    )
    .argument('[file]', 'course file; not needed while one course is up on this machine')
    .option('--purge-cache', 'remove the cached base image and packages too', false)
    .option(
      '-y, --yes',
      'answer every question with yes; without a terminal this is assumed of a rehearsal, never of a class',
      false,
    )
    .option('--json', 'events as one JSON object a line on standard output', false)
    .addHelpText('after', '\nExamples:\n  ./bateau down\n  ./bateau down --purge-cache\n')
    .action(async (file, { purgeCache, yes, json }) => {
      const path = file === undefined ? null : pathOf(terminal, file)
      answer(
        await voyage(context, { yes, json, otherwise: true }, (deeds, face, signal) =>
          deeds.down({ file: path, purgeCache }, face, signal),
        ),
      )
    })
}

// Decides how `bateau heal` is called.
// Leaves looking and mending to deploy/ and check/.
import { Command } from '@commander-js/extra-typings'
import { type Answer, type Context, pathOf } from '../context.ts'
import { voyage } from '../voyage.ts'

export function healCommand(context: Context, answer: Answer) {
  const { terminal } = context
  return new Command('heal')
    .description('look at the servers, mend what may be mended, look again, and say what is left')
    .argument('[host...]', 'servers; none: all of the course')
    .option('-f, --file <course>', 'course file; not needed while one course is up on this machine')
    .option('--dry-run', 'print the commands that would be tried, and run none', false)
    .option('--only <code>', 'mend this trouble alone, by its code as `bateau check` shows it')
    .option('--json', 'events as one JSON object a line on standard output', false)
    .addHelpText(
      'after',
      '\nExamples:\n  ./bateau heal\n  ./bateau heal os1 --dry-run\n  ./bateau heal os1 --only default-route-lost\n',
    )
    .action(async (hosts, { file, dryRun, only, json }) => {
      const options = {
        file: file === undefined ? null : pathOf(terminal, file),
        hosts,
        dryRun,
        only: only ?? null,
      }
      answer(
        await voyage(context, { yes: false, json, otherwise: false }, (deeds, face, signal) =>
          deeds.heal(options, face, signal),
        ),
      )
    })
}

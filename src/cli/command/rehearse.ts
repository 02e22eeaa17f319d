// Decides how `bateau rehearse` is called.
// Leaves the rehearsal to deploy/.
import { join } from 'node:path'
import { Command } from '@commander-js/extra-typings'
import { type Answer, type Context, pathOf } from '../context.ts'
import { rebuildOption, voyage } from '../voyage.ts'

export function rehearseCommand(context: Context, answer: Answer) {
  const { terminal } = context
  return new Command('rehearse')
    .description('the whole voyage on this machine: the servers are containers, everything else is real')
    .argument('[file]', 'course file (examples/rehearsal.yaml when none is named)')
    .option('-y, --yes', 'answer every question with yes; without a terminal this is assumed', false)
    .option(...rebuildOption)
    .option('--json', 'events as one JSON object a line on standard output', false)
    .addHelpText(
      'after',
      '\nExamples:\n  ./bateau rehearse\n  ./bateau rehearse course.yaml --yes --json >events.ndjson\n',
    )
    .action(async (file, { yes, json, rebuild }) => {
      const path =
        file === undefined ? join(terminal.home, 'examples/rehearsal.yaml') : pathOf(terminal, file)
      answer(
        await voyage(context, { yes, json, otherwise: true }, (deeds, face, signal) =>
          deeds.rehearse({ file: path, rebuild }, face, signal),
        ),
      )
    })
}

// Decides how `bateau up` is called.
// Leaves the voyage to deploy/.
import { Command } from '@commander-js/extra-typings'
import { type Answer, type Context, pathOf } from '../context.ts'
import { rebuildOption, voyage } from '../voyage.ts'

export function upCommand(context: Context, answer: Answer) {
  const { terminal } = context
  return new Command('up')
    .description('carry out the plan on the servers or clouds of the course; a second time changes nothing')
    .argument('<file>', 'course file')
    .option('-y, --yes', 'answer every question with yes; needed where there is no terminal', false)
    .option(...rebuildOption)
    .option('--json', 'events as one JSON object a line on standard output', false)
    .addHelpText(
      'after',
      '\nExamples:\n  ./bateau plan course.yaml      first, see what it will do\n  ./bateau up course.yaml\n',
    )
    .action(async (file, { yes, json, rebuild }) => {
      const path = pathOf(terminal, file)
      answer(
        await voyage(context, { yes, json, otherwise: false }, (deeds, face, signal) =>
          deeds.up({ file: path, rebuild }, face, signal),
        ),
      )
    })
}

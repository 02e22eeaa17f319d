// Decides how `bateau class status` is called.
// Leaves looking to deploy/class.
import { Command } from '@commander-js/extra-typings'
import type { Answer, Context } from '../context.ts'
import { courseFile, deed, fileArgument, jsonOption, whole } from './day-options.ts'

export function classStatusCommand(context: Context, answer: Answer) {
  return new Command('status')
    .description('who has what, where, since when, and whether it is reachable')
    .argument(...fileArgument)
    .option('--group <name>', 'only this group')
    .option('--student <login>', 'only this student, or team')
    .option('--watch [seconds]', 'again every 15 s, or as often as you say, until Ctrl-C', (text) =>
      whole(5)(text),
    )
    .option(...jsonOption)
    .addHelpText(
      'after',
      '\nReachable: TCP port 22 answers from outside.\n\nExamples:\n  ./bateau class status\n  ./bateau class status --group tp-a --watch 30\n  ./bateau class status --json | jq \'select(.kind == "class-status").data.students\'\n',
    )
    .action(async (file, { group = null, student = null, watch, json }) => {
      const seconds = watch === undefined ? null : watch === true ? 15 : watch
      const options = { file: courseFile(context, file), group, student, watch: seconds }
      answer(
        await deed(context, { json, untilInterrupted: seconds !== null }, (deeds, face, signal) =>
          deeds.status(options, face, signal),
        ),
      )
    })
}

// Decides how `bateau class reset` is called.
// Leaves the doing to deploy/class.
import { Command } from '@commander-js/extra-typings'
import type { Answer, Context } from '../context.ts'
import { courseFile, deed, dryOption, fileOption, jsonOption, whoArgument, yesOption } from './day-options.ts'

export function classResetCommand(context: Context, answer: Answer) {
  return new Command('reset')
    .description("back to the session's start: what students made goes, starter instances get a new disk")
    .argument(...whoArgument)
    .option(...fileOption)
    .option(...dryOption)
    .option(...yesOption)
    .option(...jsonOption)
    .addHelpText(
      'after',
      '\nShows first what goes, and asks. It cannot be undone: a snapshot before it can be put back.\nAfter a cut the same command goes on where it stopped.\n\nExamples:\n  ./bateau class reset ada\n  ./bateau class reset tp-a --dry-run\n',
    )
    .action(async (who, { file, dryRun, yes, json }) => {
      const options = { file: courseFile(context, file), who, dryRun }
      answer(await deed(context, { json, yes }, (deeds, face, signal) => deeds.reset(options, face, signal)))
    })
}

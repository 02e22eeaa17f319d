// Decides how `bateau class snapshot` is called.
// Leaves the doing to deploy/class.
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings'
import type { Answer, Context } from '../context.ts'
import { courseFile, deed, dryOption, fileOption, jsonOption, whoArgument, yesOption } from './day-options.ts'

function snapshotName(text: string): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,39}$/.test(text)) return text
  throw new InvalidArgumentError('letters, digits, dots and dashes, at most 40')
}

export function classSnapshotCommand(context: Context, answer: Answer) {
  return new Command('snapshot')
    .description("an image of each instance's disk, to put back later")
    .argument(...whoArgument)
    .option('--name <name>', "what it is called (default: today's date)", snapshotName)
    .option('--list', 'show those there are', false)
    .addOption(
      new Option('--restore', 'put it back: disks become what they were then')
        .default(false)
        .conflicts(['list', 'delete']),
    )
    .addOption(new Option('--delete', 'delete it').default(false).conflicts(['list', 'restore']))
    .option(...fileOption)
    .option(...dryOption)
    .option(...yesOption)
    .option(...jsonOption)
    .addHelpText(
      'after',
      '\nSnapshots belong to the teacher: a reset leaves them.\n\nExamples:\n  ./bateau class snapshot tp-a --name before-exam\n  ./bateau class snapshot --list\n  ./bateau class snapshot ada --restore --name before-exam\n',
    )
    .action(async (who, { name = null, list, restore, delete: remove, file, dryRun, yes, json }) => {
      const deedName = list ? 'list' : restore ? 'restore' : remove ? 'delete' : 'take'
      const options = { file: courseFile(context, file), who, dryRun, name, deed: deedName } as const
      answer(
        await deed(context, { json, yes }, (deeds, face, signal) => deeds.snapshot(options, face, signal)),
      )
    })
}

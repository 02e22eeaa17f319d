// Decides how `bateau class boot` is called.
// Leaves starting instances to deploy/class.
import { Command } from '@commander-js/extra-typings'
import type { Answer, Context } from '../context.ts'
import {
  courseFile,
  deed,
  dryOption,
  fileOption,
  jsonOption,
  more,
  whoArgument,
  whole,
  yesOption,
} from './day-options.ts'

export function classBootCommand(context: Context, answer: Answer) {
  return new Command('boot')
    .description('starter instances for each seat: vm1, vm2 …, a few at a time')
    .argument(...whoArgument)
    .option('--each <image>', 'image that they boot from (default: class.starter.image of the course file)')
    .option('--count <n>', 'how many for each seat (default: class.starter.count, at least 1)', whole(1))
    .option('--flavor <name>', 'their flavor (default: class.starter.flavor)')
    .option('--group <name>', 'only this group; may be repeated', more, [] as string[])
    .option('--remove', 'delete starter instances instead, after asking', false)
    .option('--user <name>', 'whom SSH logs in as (default: whom the image has)')
    .option(...fileOption)
    .option(...dryOption)
    .option(...yesOption)
    .option(...jsonOption)
    .addHelpText(
      'after',
      '\nRun it again after a cut: it makes what is missing. One that fails is deleted and started once more, alone.\n\nExamples:\n  ./bateau class boot\n  ./bateau class boot --each debian-13 --count 2 --group tp-a\n',
    )
    .action(
      async (
        who,
        { each = null, count = null, flavor = null, group, user = null, remove, file, dryRun, yes, json },
      ) => {
        const options = {
          file: courseFile(context, file),
          who: [...who, ...group],
          dryRun,
          image: each,
          count,
          flavor,
          user,
          remove,
        }
        answer(await deed(context, { json, yes }, (deeds, face, signal) => deeds.boot(options, face, signal)))
      },
    )
}

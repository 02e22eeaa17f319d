// Decides how `bateau class extend` is called.
// Leaves the doing to deploy/class.
import { Command, Option } from '@commander-js/extra-typings'
import type { Answer, Context } from '../context.ts'
import { courseFile, day, deed, dryOption, fileOption, jsonOption, whole } from './day-options.ts'

export function classExtendCommand(context: Context, answer: Answer) {
  return new Command('extend')
    .description('keep a seat beyond the schedule: neither closed by it, nor deleted, up to a day')
    .argument('[who...]', 'students (log-in names), teams and groups')
    .option('--days <n>', 'so many days more, from today or from what is kept already', whole(1))
    .addOption(new Option('--until <day>', 'up to and on that day').argParser(day).conflicts('days'))
    .addOption(new Option('--end', 'keep them no longer').default(false).conflicts(['days', 'until']))
    .option(...fileOption)
    .option(...dryOption)
    .option(...jsonOption)
    .addHelpText(
      'after',
      '\nWithout --days, --until and --end: the list of those who are kept.\n\nExamples:\n  ./bateau class extend ada --days 7\n  ./bateau class extend tp-a --until 2027-06-30\n  ./bateau class extend ada --end\n  ./bateau class extend\n',
    )
    .action(async (who, { days, until, end, file, dryRun, json }, command) => {
      const to = end ? 'end' : until !== undefined ? { day: until } : days !== undefined ? { days } : 'list'
      if (to !== 'list' && who.length === 0)
        command.error('error: say who is kept: a student, a team or a group')
      const options = { file: courseFile(context, file), who, dryRun, to } as const
      answer(await deed(context, { json }, (deeds, face, signal) => deeds.extend(options, face, signal)))
    })
}

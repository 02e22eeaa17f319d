// Decides how `bateau class usage` is called.
// Leaves counting to deploy/class.
import { Command } from '@commander-js/extra-typings'
import { type Answer, type Context, pathOf } from '../context.ts'
import { courseFile, day, deed, fileOption, jsonOption, whoArgument } from './day-options.ts'

export function classUsageCommand(context: Context, answer: Answer) {
  return new Command('usage')
    .description('vCPU-hours, memory-hours and disk of each seat, and its share of the euros')
    .argument(...whoArgument)
    .option('--since <day>', "from that day on (default: the course's first)", day)
    .option('--csv <file>', 'write it into this file as well')
    .option(...fileOption)
    .option(...jsonOption)
    .addHelpText(
      'after',
      '\nHours of an instance count from its start to its deletion, stopped or not: it holds its place.\n\nExamples:\n  ./bateau class usage\n  ./bateau class usage tp-a --since 2027-03-01 --csv march.csv\n',
    )
    .action(async (who, { since = null, csv, file, json }) => {
      const options = {
        file: courseFile(context, file),
        who,
        since,
        csv: csv === undefined ? null : pathOf(context.terminal, csv),
      }
      answer(await deed(context, { json }, (deeds, face, signal) => deeds.usage(options, face, signal)))
    })
}

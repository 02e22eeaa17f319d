// Decides how `bateau class schedule` is called.
// Leaves the doing to deploy/class.
import { Command } from '@commander-js/extra-typings'
import type { Answer, Context } from '../context.ts'
import { courseFile, deed, dryOption, fileOption, jsonOption, whole } from './day-options.ts'

export function classScheduleCommand(context: Context, answer: Answer) {
  return new Command('schedule')
    .description(
      'do what the sessions of the course file ask for now (boot, open, close), and say what comes',
    )
    .option('--days <n>', 'days to look ahead (default: 7)', whole(1), 7)
    .option('--watch', 'go on until Ctrl-C, each thing at its time', false)
    .option(...fileOption)
    .option(...dryOption)
    .option(...jsonOption)
    .addHelpText(
      'after',
      '\nBoots 30 minutes before a session, opens 10 minutes before it, and stops instances at its end where the course file says so.\nWithout --watch it does what is due now and ends: a timer may call it every few minutes.\n\nExamples:\n  ./bateau class schedule --dry-run\n  ./bateau class schedule --watch\n',
    )
    .action(async ({ days, watch, file, dryRun, json }) => {
      const options = { file: courseFile(context, file), dryRun, days, watch: watch && !dryRun }
      answer(
        await deed(context, { json, untilInterrupted: options.watch }, (deeds, face, signal) =>
          deeds.schedule(options, face, signal),
        ),
      )
    })
}

// Decides how `bateau class open` and `bateau class close` are called.
// Leaves the doing to deploy/class.
import { Command } from '@commander-js/extra-typings'
import type { Answer, Context } from '../context.ts'
import { courseFile, deed, dryOption, fileOption, jsonOption, whoArgument } from './day-options.ts'

export function classOpenCommand(context: Context, answer: Answer) {
  return powerCommand(
    context,
    answer,
    'open',
    'let students log in, and start the instances that close stopped',
    'Undo: close.\n\nExamples:\n  ./bateau class open\n  ./bateau class open tp-a\n  ./bateau class open ada --logins-only\n',
  )
}

export function classCloseCommand(context: Context, answer: Answer) {
  return powerCommand(
    context,
    answer,
    'close',
    'lock students out, and stop their instances; what is on disks stays',
    'Each instance that is stopped carries a tag, so that open starts just those. Undo: open.\n\nExamples:\n  ./bateau class close tp-a\n  ./bateau class close --power-only\n  ./bateau class close --dry-run\n',
  )
}

function powerCommand(
  context: Context,
  answer: Answer,
  name: 'open' | 'close',
  description: string,
  help: string,
) {
  return new Command(name)
    .description(description)
    .argument(...whoArgument)
    .option('--logins-only', 'leave instances as they are', false)
    .option('--power-only', 'leave log-ins as they are', false)
    .option(...fileOption)
    .option(...dryOption)
    .option(...jsonOption)
    .addHelpText('after', `\n${help}`)
    .action(async (who, { file, dryRun, json, loginsOnly, powerOnly }) => {
      const options = {
        file: courseFile(context, file),
        who,
        dryRun,
        logins: loginsOnly || !powerOnly,
        power: powerOnly || !loginsOnly,
      }
      answer(await deed(context, { json }, (deeds, face, signal) => deeds[name](options, face, signal)))
    })
}

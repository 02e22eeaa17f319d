// Decides how `bateau class freeze` and `bateau class thaw` are called.
// Leaves the doing to deploy/class.
import { Command } from '@commander-js/extra-typings'
import type { Answer, Context } from '../context.ts'
import { courseFile, deed, dryOption, fileOption, jsonOption, more, whoArgument } from './day-options.ts'

export function classFreezeCommand(context: Context, answer: Answer) {
  return new Command('freeze')
    .description('an exam: students may look and not change, and no traffic passes but what is allowed')
    .argument(...whoArgument)
    .option(
      '--allow <prefix:port>',
      'where instances may go: 2001:db8::/32:443, [2001:db8::53]:53/udp; may be repeated',
      more,
      [] as string[],
    )
    .option(
      '--from <prefix>',
      'from where instances may be pinged and logged in to; the jump host always may; may be repeated',
      more,
      [] as string[],
    )
    .option(...fileOption)
    .option(...dryOption)
    .option(...jsonOption)
    .addHelpText(
      'after',
      '\nHow it was is kept in the cloud itself, so that thaw puts it back exactly, from any machine.\n\nExamples:\n  ./bateau class freeze tp-a --from 2001:db8:42::/48\n  ./bateau class freeze tp-a --from 2001:db8:42::/48 --allow [2001:db8::53]:53/udp --allow 2001:db8:9::/48:443\n',
    )
    .action(async (who, { allow, from, file, dryRun, json }) => {
      const options = { file: courseFile(context, file), who, dryRun, allow, from }
      answer(await deed(context, { json }, (deeds, face, signal) => deeds.freeze(options, face, signal)))
    })
}

export function classThawCommand(context: Context, answer: Answer) {
  return new Command('thaw')
    .description('the exam is over: rights and network as they were')
    .argument(...whoArgument)
    .option(...fileOption)
    .option(...dryOption)
    .option(...jsonOption)
    .addHelpText('after', '\nExamples:\n  ./bateau class thaw tp-a\n  ./bateau class thaw\n')
    .action(async (who, { file, dryRun, json }) => {
      const options = { file: courseFile(context, file), who, dryRun }
      answer(await deed(context, { json }, (deeds, face, signal) => deeds.thaw(options, face, signal)))
    })
}

// Decides how `bateau class jump` is called.
// Leaves making the jump host to deploy/class.
import { Command } from '@commander-js/extra-typings'
import { type Answer, type Context, pathOf } from '../context.ts'
import { voyage } from '../voyage.ts'
import { dryOption, fileArgument, jsonOption, yesOption } from './day-options.ts'

const examples = `
A change is taken back by the server itself unless fresh log-ins confirm it, within two minutes. The administrators' SSH
is never touched. How, and what is refused: docs/jump.md.

Examples:
  ./bateau class jump                   accounts and keys as the roster has them now; sshd and filter as they must be
  ./bateau class jump --dry-run         what would be done
  ./bateau class jump --remove          all of it goes, and every session through it ends
`

export function classJumpCommand({ terminal, ...rest }: Context, answer: Answer) {
  return new Command('jump')
    .description(
      'the way in for campuses without IPv6: one account a student, to the instances and nowhere else',
    )
    .argument(...fileArgument)
    .option('--remove', 'take it away, after asking', false)
    .option(...dryOption)
    .option(...yesOption)
    .option(...jsonOption)
    .addHelpText('after', examples)
    .action(async (file, { json, yes, remove, dryRun }) => {
      const path = file === undefined ? null : pathOf(terminal, file)
      const how = { yes, json, otherwise: false }
      const context = { terminal, ...rest }
      answer(
        await voyage(context, how, (deeds, face, signal) =>
          deeds.classroom.jump({ file: path, remove, dryRun }, face, signal),
        ),
      )
    })
}

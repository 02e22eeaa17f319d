// Decides how `bateau class handouts` is called.
// Leaves writing, zipping and mailing to deploy/class.
import { Command } from '@commander-js/extra-typings'
import { type Answer, type Context, pathOf } from '../context.ts'
import { voyage } from '../voyage.ts'
import { dryOption, fileArgument, jsonOption, yesOption } from './day-options.ts'

const examples = `
Exit code 1 also when somebody has no account or, with --mail, no address, while all others have theirs. More:
docs/handouts.md.

Examples:
  ./bateau class handouts                          bring them up to date, and say where they are
  ./bateau class handouts --zip handouts.zip       and one directory a person in a zip
  ./bateau class handouts --age handouts.zip.age   the same, encrypted to handouts.recipients
  ./bateau class handouts --mail --dry-run         who would be mailed what, and why
  ./bateau class handouts --mail                   mail those who have not got theirs yet
  ./bateau class handouts --only ada grace --mail  only theirs
`

export function classHandoutsCommand({ terminal, ...rest }: Context, answer: Answer) {
  return new Command('handouts')
    .description(
      'what each student is given: page in French and English, account files, key, SSH configuration',
    )
    .argument(...fileArgument)
    .option('--zip <path>', 'write all of them into a zip, one directory a person')
    .option('--age <path>', 'write that zip encrypted to the recipients of the course file')
    .option('--mail', 'mail each person their own, without password and private key; nobody twice', false)
    .option('--with-secrets', 'with --mail: password and private key travel in the mail as well', false)
    .option('--again', 'with --mail: also to those who have this hand-out already', false)
    .option('--only <login...>', 'only these people; several with spaces between')
    .option(...dryOption)
    .option(...yesOption)
    .option(...jsonOption)
    .addHelpText('after', examples)
    .action(async (file, { json, yes, zip, age, only = [], ...how }) => {
      const path = (given: string | undefined) => (given === undefined ? null : pathOf(terminal, given))
      const options = { file: path(file), zip: path(zip), age: path(age), only, ...how }
      const context = { terminal, ...rest }
      answer(
        await voyage(context, { yes, json, otherwise: false }, (deeds, face, signal) =>
          deeds.classroom.handouts(options, face, signal),
        ),
      )
    })
}

// Decides how `bateau class verify` is called.
// Leaves looking to deploy/class.
import { Command } from '@commander-js/extra-typings'
import { type Answer, type Context, pathOf } from '../context.ts'
import { voyage } from '../voyage.ts'
import { fileArgument, jsonOption } from './day-options.ts'

export function classVerifyCommand({ terminal, ...rest }: Context, answer: Answer) {
  return new Command('verify')
    .description('log in as each student: what they have, and that they cannot get at each other')
    .argument(...fileArgument)
    .option('--group <group...>', 'only these groups; several with spaces between')
    .option(
      '--student <login...>',
      'only these students, each of whom tries the walls; several with spaces between',
    )
    .option('--every-wall', 'each student tries the walls, not only the first of each group', false)
    .option('--no-boot', 'start no sample instance')
    .option(...jsonOption)
    .addHelpText(
      'after',
      [
        '',
        'Looks as each student at the log-in, the rights, the quotas and what they find. Starts one small instance a',
        'group as one of its students, logs in to it from outside, and removes it. Tries the walls on a decoy that',
        'bateau makes and removes; nothing of a student is touched. Every check: docs/verify.md.',
        '',
        'Examples:',
        '  ./bateau class verify                      the morning of the course',
        '  ./bateau class verify --no-boot            in seconds, beside a class at work',
        '  ./bateau class verify --student z-lefevre  one who says that nothing works',
        '  ./bateau class verify --json | jq \'select(.type == "report").data.findings\'',
        '',
      ].join('\n'),
    )
    .action(async (file, { json, group = [], student = [], everyWall, boot }) => {
      const options = {
        file: file === undefined ? null : pathOf(terminal, file),
        groups: group,
        students: student,
        everyWall,
        boot,
      }
      const how = { yes: false, json, otherwise: false }
      answer(
        await voyage({ terminal, ...rest }, how, (deeds, face, signal) =>
          deeds.classroom.verify(options, face, signal),
        ),
      )
    })
}

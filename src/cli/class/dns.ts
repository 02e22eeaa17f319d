// Decides how `bateau class dns` is called.
// Leaves reading and changing zones to deploy/class.
import { Command } from '@commander-js/extra-typings'
import { type Answer, type Context, pathOf } from '../context.ts'
import { voyage } from '../voyage.ts'
import { dryOption, fileArgument, jsonOption, yesOption } from './day-options.ts'

export function classDnsCommand({ terminal, ...rest }: Context, answer: Answer) {
  return new Command('dns')
    .description('names of clouds, instances and jump host: given, brought up to date, or removed')
    .argument(...fileArgument)
    .option(...dryOption)
    .option('--remove', 'take all names of the course out of its zones, after asking', false)
    .option(...yesOption)
    .option(...jsonOption)
    .addHelpText(
      'after',
      `
Only names that the course's own marker (TXT records _bateau-COURSE) holds are changed or removed. Signs:
  + added   ~ changed   - removed   = there already, somebody else's   ! somebody else's and different: left alone

Examples:
  ./bateau class dns --dry-run
  ./bateau class dns
  ./bateau class dns --remove course.yaml
`,
    )
    .action(async (file, { json, yes, dryRun, remove }) => {
      const path = file === undefined ? null : pathOf(terminal, file)
      const how = { yes, json, otherwise: false }
      answer(
        await voyage({ terminal, ...rest }, how, (deeds, face, signal) =>
          deeds.classroom.dns({ file: path, dryRun, remove }, face, signal),
        ),
      )
    })
}

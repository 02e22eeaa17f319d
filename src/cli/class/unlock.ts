// Decides how `bateau class unlock` is called.
// Leaves looking and breaking to deploy/class.
import { Command } from '@commander-js/extra-typings'
import { type Answer, type Context, pathOf } from '../context.ts'
import { voyage } from '../voyage.ts'

export function classUnlockCommand({ terminal, ...rest }: Context, answer: Answer) {
  return new Command('unlock')
    .description('who is at work on the class in its clouds; asks, and takes the lock away from who is gone')
    .argument('[file]', 'course file; not needed while one course is up on this machine')
    .option('-y, --yes', 'take it away without asking', false)
    .option('--json', 'events as one JSON object a line on standard output', false)
    .addHelpText(
      'after',
      `
A run that changes the class holds a lock in each cloud, so that two teachers do not undo each other. A run that was
killed leaves it behind: the next one on the same machine takes it over at once, others after three silent minutes.

Examples:
  ./bateau class unlock            says who holds it, and asks
  ./bateau class unlock --yes
`,
    )
    .action(async (file, { yes, json }) => {
      const path = file === undefined ? null : pathOf(terminal, file)
      const how = { yes, json, otherwise: false }
      const context = { terminal, ...rest }
      answer(
        await voyage(context, how, (deeds, face, signal) =>
          deeds.classroom.unlock({ file: path }, face, signal),
        ),
      )
    })
}

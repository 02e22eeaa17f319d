// Decides how `bateau ssh` is called.
// Leaves the way to the instance, and ssh itself, to deploy/.
import { Command } from '@commander-js/extra-typings'
import { type Answer, type Context, pathOf } from '../context.ts'
import { plainShow } from '../show.ts'
import { errPaint } from '../terminal.ts'

export function sshCommand(context: Context, answer: Answer) {
  const { terminal, again } = context
  return new Command('ssh')
    .description('log in to an instance or a server of the course, with the keys that bateau keeps')
    .argument('<name>', 'instance or server, as `bateau status` shows it')
    .argument('[command...]', 'command to run there, after --')
    .option('-f, --file <course>', 'course file; not needed while one course is up on this machine')
    .addHelpText(
      'after',
      '\nThe exit code is that of the command there; 255 when ssh itself fails.\n\nExamples:\n  ./bateau ssh os1\n  ./bateau ssh os1 -- journalctl -n 50\n',
    )
    .action(async (name, command, { file }) => {
      const show = plainShow(terminal, errPaint(terminal), again)
      const path = file === undefined ? null : pathOf(terminal, file)
      const deeds = await context.deeds()
      const face = { event: show.event, ask: () => Promise.resolve(false) }
      answer(await deeds.ssh({ file: path, name, command }, face))
    })
}

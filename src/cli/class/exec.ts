// Decides how `bateau class exec` and `bateau class ssh` are called.
// Leaves the way into instances, and ssh itself, to deploy/class.
import { Command } from '@commander-js/extra-typings'
import type { Answer, Context } from '../context.ts'
import { plainShow } from '../show.ts'
import { errPaint } from '../terminal.ts'
import { courseFile, deed, fileOption, jsonOption, more, whole } from './day-options.ts'

export function classExecCommand(context: Context, answer: Answer) {
  return new Command('exec')
    .description('one command on all starter instances, by SSH')
    .argument('<command...>', 'command to run there, after --; one word is a line for the shell there')
    .option('--group <name>', 'only this group; may be repeated', more, [] as string[])
    .option('--student <login>', 'only this student or team; may be repeated', more, [] as string[])
    .option('--instance <name>', 'only instances of this name, whoever started them')
    .option('--user <name>', 'whom SSH logs in as (default: whom the image has)')
    .option('--timeout <seconds>', 'how long each may take (default: 60)', whole(1), 60)
    .option(...fileOption)
    .option(...jsonOption)
    .addHelpText(
      'after',
      "\nExit code: 0 when it was 0 everywhere, 1 when not, 4 when some were not reached.\n\nExamples:\n  ./bateau class exec --group tp-a -- uptime\n  ./bateau class exec -- 'ip -6 route | wc -l'\n",
    )
    .action(async (command, { group, student, instance = null, user = null, timeout, file, json }) => {
      const options = {
        file: courseFile(context, file),
        who: [...group, ...student],
        command,
        instance,
        user,
        timeout,
      }
      answer(await deed(context, { json }, (deeds, face, signal) => deeds.exec(options, face, signal)))
    })
}

export function classSshCommand(context: Context, answer: Answer) {
  const { terminal, again } = context
  return new Command('ssh')
    .description("log in to a student's instance, with bateau's key")
    .argument('<student>', 'log-in name, or team')
    .argument('[instance]', 'its name (default: the first that bateau has a key for)')
    .argument('[command...]', 'command to run there, after the name of the instance')
    .option('--user <name>', 'whom SSH logs in as (default: whom the image has)')
    .option(...fileOption)
    .addHelpText(
      'after',
      '\nThe exit code is that of the command there; 255 when ssh itself fails.\n\nExamples:\n  ./bateau class ssh ada\n  ./bateau class ssh ada vm1 -- ip -6 address\n',
    )
    .action(async (student, instance, command, { user = null, file }) => {
      const show = plainShow(terminal, errPaint(terminal), again)
      const deeds = await context.deeds()
      const face = { event: show.event, ask: () => Promise.resolve(false) }
      const options = { file: courseFile(context, file), student, instance: instance ?? null, user, command }
      answer(await deeds.classroom.ssh(options, face, new AbortController().signal))
    })
}

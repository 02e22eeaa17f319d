// Decides which commands there are and what is common to them: help, version, wrong usage.
// Leaves each command to its file in command/.
import { Command, CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings'
import { Trouble } from '../core/fault.ts'
import { showFault } from '../core/fault-text.ts'
import { exits } from '../deploy/face.ts'
import { adoptCommand } from './command/adopt.ts'
import { checkCommand } from './command/check.ts'
import { classCommand } from './command/class.ts'
import { downCommand } from './command/down.ts'
import { healCommand } from './command/heal.ts'
import { lintCommand } from './command/lint.ts'
import { planCommand } from './command/plan.ts'
import { probeCommand } from './command/probe.ts'
import { rehearseCommand } from './command/rehearse.ts'
import { schemaCommand } from './command/schema.ts'
import { sshCommand } from './command/ssh.ts'
import { statusCommand } from './command/status.ts'
import { upCommand } from './command/up.ts'
import { watchCommand } from './command/watch.ts'
import type { Context } from './context.ts'
import { meanings } from './exit.ts'
import { usageFault } from './usage.ts'

const start = `
Two lines to begin with:
  ./bateau rehearse                       the whole voyage on this machine, with the example course
  ./bateau plan examples/reference.yaml   what a course file leads to, before anything is done

Every command has its own help: ./bateau plan --help
Exit codes:
${Object.entries(meanings)
  .map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`)
  .join('\n')}
`

/** With the words that lead to each, and the commands of commands. */
function everyCommand(one: CommandUnknownOpts, words: readonly string[] = []): Named[] {
  return [{ one, words }, ...one.commands.flatMap((next) => everyCommand(next, [...words, next.name()]))]
}
type Named = { one: CommandUnknownOpts; words: readonly string[] }

/** Every switch is off unless given; saying so at each is noise. Long lists have names alone, or nothing wraps. */
const help = { optionDescription: (option: { description: string }) => option.description }
const helpOfMany = { ...help, subcommandTerm: (one: { name(): string }) => one.name() }

/** Carries out one command line (without node and script) and answers with the exit code. Bugs are thrown. */
export async function run(words: readonly string[], context: Context): Promise<number> {
  let code = 0
  const program = new Command('bateau')
    .description(
      'One course file becomes a running classroom cloud: OpenStack in native IPv6 on rented dedicated servers.',
    )
    .version(context.version, '--version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', start)

  const answer = (exit: number) => {
    code = exit
  }
  for (const make of [
    planCommand,
    probeCommand,
    rehearseCommand,
    upCommand,
    statusCommand,
    checkCommand,
    healCommand,
    watchCommand,
    sshCommand,
    classCommand,
    downCommand,
    lintCommand,
    adoptCommand,
    schemaCommand,
  ])
    program.addCommand(make(context, answer))

  for (const { one, words } of everyCommand(program)) {
    const moreHelp = ['./bateau', ...words, '--help'].join(' ')
    one
      .exitOverride()
      .helpOption('-h, --help', 'show this help')
      .configureHelp(one.name() === 'class' ? helpOfMany : help)
      .configureOutput({
        writeOut: (text) => void context.terminal.out.write(text),
        writeErr: (text) => void context.terminal.err.write(text),
        outputError: (text, write) => write(usageFault(text, moreHelp)),
        getOutHasColors: () => context.terminal.hasColour.out,
        getErrHasColors: () => context.terminal.hasColour.err,
      })
  }
  if (words.length === 0) {
    program.outputHelp()
    return exits.done
  }
  try {
    await program.parseAsync([...words], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exits.done : exits.usage
    if (error instanceof Trouble) {
      context.terminal.err.write(`${showFault(error.fault)}\n`)
      return exits.refused
    }
    throw error
  }
  return code
}

// Decides how `bateau adopt` is called, and that its answer is the stanza and nothing else.
// Leaves making it to deploy/adopt.
import { Command, Option } from '@commander-js/extra-typings'
import { showFaults } from '../../core/fault-text.ts'
import { exits } from '../../deploy/face.ts'
import { releases } from '../../engine/devstack/release.ts'
import { type Answer, type Context, pathOf } from '../context.ts'

export function adoptCommand({ terminal }: Context, answer: Answer) {
  return new Command('adopt')
    .description("turn DevStack's local.conf into the entry of a course file; changes nothing")
    .argument('<file>', 'local.conf, sample.conf or localrc')
    .addOption(
      new Option(
        '--release <release>',
        'DevStack release it is for; left out: the newest that course files take',
      ).choices(releases),
    )
    .addHelpText(
      'after',
      `
Examples:
  ./bateau adopt local.conf
  ./bateau adopt local.conf >>course.yaml && ./bateau plan course.yaml
`,
    )
    .action(async (file, { release }) => {
      const { adoptFile } = await import('../../deploy/adopt.ts')
      const adopted = adoptFile({ file: pathOf(terminal, file), named: file, release })
      if (adopted.ok) terminal.out.write(adopted.value)
      else terminal.err.write(`${showFaults(adopted.faults)}\n`)
      answer(adopted.ok ? exits.done : exits.usage)
    })
}

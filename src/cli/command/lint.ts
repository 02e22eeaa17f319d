// Decides how `bateau lint` is called, and which of its forms is printed.
// Leaves reading and judging to deploy/lint.
import { Command, Option } from '@commander-js/extra-typings'
import { showFaults } from '../../core/fault-text.ts'
import { exits } from '../../deploy/face.ts'
import { newestStable, releases } from '../../engine/devstack/release.ts'
import { type Answer, type Context, pathOf } from '../context.ts'
import { painter } from '../view/paint.ts'

export function lintCommand({ terminal }: Context, answer: Answer) {
  return new Command('lint')
    .description(
      "say of each line of DevStack's local.conf whether it is right, and why not; changes nothing",
    )
    .argument('<file>', 'local.conf, sample.conf or localrc')
    .addOption(
      new Option(
        '--release <release>',
        'DevStack release it is for; left out: the newest stable one',
      ).choices(releases),
    )
    .option('--devstack <path>', 'a checkout of DevStack whose names count instead of the recorded ones')
    .option('--fix', 'write the improved file beside it, as FILE.bateau', false)
    .option('--all', 'the lines that are right as well', false)
    .option('--json', 'as one JSON object', false)
    .addHelpText(
      'after',
      `
Examples:
  ./bateau lint local.conf
  ./bateau lint local.conf --release 2025.1 --fix && diff local.conf local.conf.bateau
  ./bateau lint local.conf --json | jq -r '.findings[] | select(.verdict == "dangerous") | .title'
`,
    )
    .action(async (file, { json, all, fix, release, devstack }) => {
      const { lintFile } = await import('../../deploy/lint.ts')
      const linted = lintFile({
        file: pathOf(terminal, file),
        named: file,
        release: release ?? newestStable,
        devstack: devstack === undefined ? undefined : pathOf(terminal, devstack),
        fix,
      })
      if (!linted.ok) {
        if (json)
          terminal.out.write(`${JSON.stringify({ schema_version: 1, faults: linted.faults }, null, 2)}\n`)
        terminal.err.write(`${showFaults(linted.faults)}\n`)
        return answer(exits.usage)
      }
      const { lintJson, lintText } = await import('../view/lint.ts')
      const because = release === undefined ? ', the newest stable one; another: --release' : ''
      terminal.out.write(
        json
          ? `${JSON.stringify(lintJson(linted.value), null, 2)}\n`
          : lintText(linted.value, { all, because }, painter(terminal.hasColour.out)),
      )
      answer(linted.value.exitCode)
    })
}

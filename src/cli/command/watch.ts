// Decides how `bateau watch` is called.
// Leaves listening to the agents to deploy/.
import { Command, InvalidArgumentError } from '@commander-js/extra-typings'
import { type Answer, type Context, pathOf } from '../context.ts'
import { voyage } from '../voyage.ts'

export function watchCommand(context: Context, answer: Answer) {
  const { terminal } = context
  return new Command('watch')
    .description("what the servers' agents see and do, as it happens; Ctrl-C ends it")
    .argument('[file]', 'course file; not needed while one course is up on this machine')
    .option(
      '--since <when>',
      'also what was told since then: 30m, 2h, 1d, or a time (2024-09-02T08:00)',
      sinceOf,
    )
    .option('--json', 'events as one JSON object a line on standard output', false)
    .addHelpText('after', '\nExamples:\n  ./bateau watch\n  ./bateau watch --since 2h --json | jq .event\n')
    .action(async (file, { since, json }) => {
      const path = file === undefined ? null : pathOf(terminal, file)
      answer(
        await voyage(context, { yes: false, json, otherwise: false }, (deeds, face, signal) =>
          deeds.watch({ file: path, since: since ?? null }, face, signal),
        ),
      )
    })
}

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

function sinceOf(text: string): Date {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  const when =
    count === undefined ? new Date(text) : new Date(Date.now() - Number(count) * (units[unit] ?? 0))
  if (Number.isNaN(when.getTime()))
    throw new InvalidArgumentError('write 30m, 2h, 1d, or a time like 2024-09-02T08:00')
  return when
}

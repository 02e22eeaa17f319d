// Decides how `bateau check` is called.
// Leaves probing and judging to deploy/ and check/.
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { type Answer, type Context, pathOf } from '../context.ts'
import { voyage } from '../voyage.ts'

/** A round of looks at one server takes some seconds; less than this and they would follow each other without a pause. */
const leastSeconds = 2
const usualSeconds = 10

export function checkCommand(context: Context, answer: Answer) {
  const { terminal } = context
  return new Command('check')
    .description(
      'look at everything from the cable to the internet, from inside and outside, and name what is broken',
    )
    .argument('[file]', 'course file; not needed while one course is up on this machine')
    .option('--json', 'events as one JSON object a line on standard output', false)
    .option('--only <name...>', 'only these servers or instances, and what they lean on; no port scans')
    .addOption(new Option('--list', 'say what would be looked at, and look at nothing').default(false))
    .addOption(
      new Option(
        '--watch [seconds]',
        `again every ${usualSeconds} s, or as often as you say; shows what changes; Ctrl-C ends it`,
      )
        .argParser(readSeconds)
        .preset(String(usualSeconds))
        .conflicts(['list', 'explain']),
    )
    .addOption(
      new Option(
        '--explain [instance]',
        'follow the packets of this instance, or of those that do not answer, and say where they end',
      ).conflicts(['list', 'watch']),
    )
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        '  ./bateau check',
        '  ./bateau check --only os1 --only proof-direct',
        '  ./bateau check --watch 5',
        '  ./bateau check --explain proof-direct',
        '  ./bateau check --json | jq \'select(.type == "check.result")\'',
        '',
      ].join('\n'),
    )
    .action(async (file, { json, only = [], list, watch, explain }) => {
      const path = file === undefined ? null : pathOf(terminal, file)
      const options = {
        file: path,
        only,
        list,
        watch: watch ?? null,
        explain: explain === undefined ? null : explain === true ? '' : explain,
      }
      const how = { yes: false, json, otherwise: false, untilInterrupted: watch !== undefined }
      answer(await voyage(context, how, (deeds, face, signal) => deeds.check(options, face, signal)))
    })
}

function readSeconds(text: string): number {
  const seconds = Number(text)
  if (Number.isFinite(seconds) && seconds >= leastSeconds && seconds <= 86_400) return seconds
  throw new InvalidArgumentError(`it takes seconds, from ${leastSeconds} to 86400.`)
}

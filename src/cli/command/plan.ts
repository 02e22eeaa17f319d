// Decides how `bateau plan` is called, and which of a plan's forms is printed.
// Leaves the plan to plan/, and the steps it leads to to deploy/.
import { readFileSync } from 'node:fs'
import { Command } from '@commander-js/extra-typings'
import type { Fault } from '../../core/fault.ts'
import { exits } from '../../deploy/face.ts'
import { type Answer, type Context, pathOf } from '../context.ts'
import { errPaint } from '../terminal.ts'
import { stepsText } from '../view/steps.ts'
import { faultText } from '../view/teller.ts'

export function planCommand({ terminal }: Context, answer: Answer) {
  return new Command('plan')
    .description(
      'what a course file leads to: capacity, addresses, cost and what is wrong with it; changes nothing',
    )
    .argument('<file>', 'course file')
    .option('--json', 'the plan as one JSON object', false)
    .option('--commands', 'every file and every command that `up` would install or run on each host', false)
    .option('--strict', 'exit 3 when there is any finding, not only one that `up` refuses', false)
    .addHelpText(
      'after',
      '\nExamples:\n  ./bateau plan course.yaml\n  ./bateau plan course.yaml --commands | less\n  ./bateau plan course.yaml --json | jq .cost.total\n',
    )
    .action(async (file, { json, commands, strict }) => {})
}

// Decides how `bateau plan` is called.
// Leaves which form of the plan is printed to plan-output.
import { Command } from '@commander-js/extra-typings'
import type { Answer, Context } from '../context.ts'

export function planCommand({ terminal }: Context, answer: Answer) {
  return new Command('plan')
    .description(
      'what a course file leads to: capacity, addresses, cost and what is wrong with it; changes nothing',
    )
    .argument('<file>', 'course file')
    .option('--json', 'as one JSON object', false)
    .option('--commands', 'every file and every command that `up` would install or run on each host', false)
    .option('--students', 'each student with group, cloud, and what the login was made of', false)
    .option('--strict', 'end with 3 when there is any error or warning', false)
    .addHelpText(
      'after',
      `
Examples:
  ./bateau plan course.yaml
  ./bateau plan course.yaml --commands | less
  ./bateau plan course.yaml --students
  ./bateau plan course.yaml --json | jq .cost.total
`,
    )
    .action(async (file, options) => {
      const { printPlan } = await import('../plan-output.ts')
      answer(await printPlan(file, options, terminal))
    })
}

// Decides how an explanation is drawn: the path from the internet to the instance, and what was counted at each point.
// Leaves what it means to explain-verdict.
import type { Explanation } from './explain.ts'
import { type Break, type Conclusion, isOn, pointName, type Traced } from './explain-verdict.ts'
import type { Step } from './trace.ts'

const words: Record<Conclusion, string> = {
  reached: 'packets get in and out',
  'in-but-not-out': 'in, but not out: packets reach it, and what it sends does not get away',
  'out-but-not-in': 'out, but not in: what it sends gets away, and packets from outside do not reach it',
  'no-answer': 'packets reach its port, and it answers nobody',
  none: 'neither in nor out',
  'could-not-check': 'could not check: what was not seen may not have been listened to',
}
const titles: Record<Traced['way'], string> = {
  in: 'from outside to it',
  out: 'from it to outside',
  beside: 'from its own server to it',
}

/** For a terminal or a log. Ends with a line break. */
export function explanationText(explanation: Explanation): string {
  const { instance, address, conclusion, breaks, deaf, lost, traces } = explanation
  const silent = deaf.map(({ place }) => place)
  const lines = [
    `${instance}  ${address}`,
    `  ${words[conclusion]}`,
    ...breaks.flatMap((one) => [`  ${titles[one.of]}: ${whereabouts(one)}`, `    because  ${one.because}`]),
    ...traces.flatMap((one) => ['', ...drawing(one, silent)]),
    ...deaf.map(({ place, why }) => `\n  not listened to at ${place}: ${why}`),
    ...(lost > 0 ? [`\n  ${lost} packets were too many to be looked at`] : []),
  ]
  return `${lines.join('\n')}\n`
}

function whereabouts({ what, lastSeen, neverAt }: Break): string {
  if (lastSeen === null)
    return `the ${what} was seen nowhere${neverAt === null ? '' : `, not even at ${neverAt}`}`
  return `the ${what} was last seen at ${lastSeen}${neverAt === null ? '' : `, never at ${neverAt}`}`
}

function drawing({ way, sent, received, trace }: Traced, deaf: readonly string[]): string[] {
  const steps = trace.steps.filter(({ point }) => isOn(way, point))
  const names = steps.map(nameOf)
  const width = Math.max(...names.map((name) => name.length), 8)
  const cell = (step: Step, kind: 'request' | 'reply') =>
    deaf.includes(step.point.place) ? '?' : step[kind].count > 0 ? String(step[kind].count) : '-'
  const [down, up] = way === 'out' ? (['reply', 'request'] as const) : (['request', 'reply'] as const)
  return [
    `  ${titles[way]}: ${sent} sent, ${received} answered`,
    `    ${''.padEnd(width)}  ${`${down} v`.padStart(9)}  ${`${up} ^`.padStart(9)}`,
    ...steps.map(
      (step, i) =>
        `    ${(names[i] ?? '').padEnd(width)}  ${cell(step, down).padStart(9)}  ${cell(step, up).padStart(9)}`,
    ),
    ...trace.errors.map(
      ({ by, says, about, at }) => `    ${by} says of the ${about}: ${says}  (heard at ${at})`,
    ),
    ...trace.unanswered.map(({ target, at }) => `    asked for at ${at}, and nobody answers: ${target}`),
  ]
}

function nameOf({ point, request, reply }: Step): string {
  const links = [...new Set([...request.links, ...reply.links])]
  const name = pointName(point, links)
  return point.id.startsWith('edge') ? `${point.place} ${name}` : name
}

// Decides how results read: one line a check with exactly what was seen, then the troubles, causes first.
// Leaves colours and live display to the faces.
import { exitCode, findings } from './judge.ts'
import type { Verdict } from '../core/verdict.ts'
import type { CheckResult } from './result.ts'

const words: Record<Verdict, string> = {
  yes: 'yes',
  no: 'NO',
  'could-not-check': 'could not check',
}

/** For a terminal or a log, without colour. Ends with a line break. */
export function reportText(results: readonly CheckResult[]): string {
  const width = Math.max(0, ...results.map((result) => words[result.verdict].length))
  const lines = results.map(
    (result) => `${words[result.verdict].padEnd(width)}  ${result.title}  (${brief(result)})`,
  )
  const troubles = findings(results).map(({ result, fault, follows }) =>
    [
      '',
      `${fault.host ? `${fault.host}  ` : ''}${result.title}: ${words[result.verdict]}`,
      ...indented('seen', result.seen),
      ...indented('because', fault.why),
      ...indented('fix', fault.fix),
      ...(follows.length > 0 ? indented('and so', follows.map((one) => one.title).join('\n')) : []),
    ].join('\n'),
  )
  return `${[...lines, ...troubles, '', tally(results)].join('\n')}\n`
}

/** For programs: the results as they are, the verdict of all, and the troubles by id, causes first. */
export function reportJson(results: readonly CheckResult[]): {
  schema_version: 1
  exit_code: number
  results: readonly CheckResult[]
  findings: readonly {
    id: string
    code: string
    title: string
    why: string
    fix: string
    follows: string[]
  }[]
} {
  return {
    schema_version: 1,
    exit_code: exitCode(results),
    results,
    findings: findings(results).map(({ result, fault, follows }) => ({
      id: result.id,
      code: fault.code,
      title: result.title,
      why: fault.why,
      fix: fault.fix,
      follows: follows.map((one) => one.id),
    })),
  }
}

function tally(results: readonly CheckResult[]): string {
  const count = (verdict: Verdict) => results.filter((result) => result.verdict === verdict).length
  return `${count('yes')} yes, ${count('no')} no, ${count('could-not-check')} could not be checked`
}

/** The first line of what was seen, and from where. */
function brief({ seen, vantage }: CheckResult): string {
  const [first = ''] = seen.split('\n')
  return `${first.length > 120 ? `${first.slice(0, 119)}…` : first}; from ${vantage}`
}

function indented(title: string, text: string): string[] {
  return text.split('\n').map((line, i) => `  ${(i === 0 ? title : '').padEnd(8)}  ${line}`)
}

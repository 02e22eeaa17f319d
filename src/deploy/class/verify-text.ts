// Decides how a verification reads: a line a student, the walls in a number, and in full only what is not well.
// Leaves the checks themselves, one by one, to the events and --json.
import type { Verdict } from '../../core/verdict.ts'
import { reportText } from '../../check/report.ts'
import type { CheckResult } from '../../check/result.ts'

/** For a terminal or a log, without colour. No line break at the end. */
export function verifyText(results: readonly CheckResult[]): string {
  const rows = rowsOf(results)
  const width = Math.max(0, ...rows.map(({ who }) => who.length))
  const lines = rows.map(({ who, words }) => `  ${who.padEnd(width)}  ${words}`)
  const troubled = results.filter(({ verdict }) => verdict !== 'yes')
  const count = (verdict: Verdict) => results.filter((one) => one.verdict === verdict).length
  const tally = `${count('yes')} yes, ${count('no')} no, ${count('could-not-check')} could not be checked`
  return [...lines, '', ...(troubled.length > 0 ? [withoutTally(reportText(troubled)), ''] : []), tally].join(
    '\n',
  )
}

type Row = { who: string; words: string }

function rowsOf(results: readonly CheckResult[]): Row[] {
  const byWho = new Map<string, CheckResult[]>()
  for (const one of results) {
    const [kind, site, who] = one.id.split('/')
    if (kind === 'verify' || (kind === 'wall' && who === 'decoy')) continue
    const key = `${site}  ${kind === 'sample' ? `group ${who}` : who}`
    byWho.set(key, [...(byWho.get(key) ?? []), one])
  }
  return [...byWho].map(([who, all]) => {
    const walls = all.filter(({ id }) => id.startsWith('wall/'))
    const others = all.filter(({ id }) => !id.startsWith('wall/'))
    const held = walls.filter(({ verdict }) => verdict === 'yes').length
    return {
      who,
      words: [
        ...others.map(({ id, verdict }) => `${id.split('/').at(-1)} ${marks[verdict]}`),
        ...(walls.length > 0 ? [`${held} of ${walls.length} walls hold`] : []),
      ].join(', '),
    }
  })
}

const marks: Record<Verdict, string> = { yes: 'yes', no: 'NO', 'could-not-check': 'could not check' }

const withoutTally = (text: string) => text.trimEnd().split('\n').slice(0, -2).join('\n')

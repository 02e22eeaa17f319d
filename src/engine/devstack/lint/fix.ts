// Decides what the improved file is: the same file, line by line, with the mends of its findings carried out.
// Leaves writing it to deploy/lint. Secrets stay in it, as they are in the original.
import { type Finding, verdicts } from './finding.ts'
import type { LintOptions } from './given.ts'
import { lintLocalConf } from './lint.ts'
import { isShell } from './meta.ts'
import { printLocalConf, readLocalConf } from './read.ts'
import type { LocalConf, Statement } from './statement.ts'

/** First line of a file that `--fix` wrote; such a file may be written again. */
export const fixMark = '# Improved by bateau lint'

/** One mend can make another line superfluous; two rounds are usual, and this many are never needed. */
const rounds = 5

/** Until nothing is left to mend: done again, it changes nothing. Behind a quote that never closes nothing can be. */
export function fixLocalConf(conf: LocalConf, options: LintOptions): string {
  if (conf.faults.length > 0) return printLocalConf(conf)
  let text = printLocalConf(conf)
  for (let round = 0; round < rounds; round++) {
    const now = readLocalConf(conf.name, text)
    const next = fixed(now, lintLocalConf(now, options))
    if (next === text) break
    text = next
  }
  return text
}

/** Lines that bateau took out or changed keep their text in a comment with the reason. */
function fixed(conf: LocalConf, findings: readonly Finding[]): string {
  const mends = findings
    .filter(({ mend }) => mend !== undefined)
    .sort((a, b) => verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict))
  if (mends.length === 0) return printLocalConf(conf)
  const lines = conf.statements.flatMap((statement) => mended(statement, mends))
  const added = [...new Set(mends.flatMap(({ mend }) => (mend?.kind === 'add' ? mend.text.split('\n') : [])))]
  const at = conf.statements.findLastIndex(({ meta, kind }) => isShell(meta) && kind !== 'blank')
  const end = conf.statements
    .slice(0, at + 1)
    .reduce((count, statement) => count + mended(statement, mends).length, 0)
  const top = mends.flatMap(({ mend }) => (mend?.kind === 'top' ? [mend.text] : []))
  const header = at < 0 && top.length === 0 ? ['[[local|localrc]]'] : []
  if (added.length > 0) lines.splice(at < 0 ? lines.length : end, 0, ...header, '# bateau: added', ...added)
  const hasMark = conf.pieces[0]?.replace('\ufeff', '').startsWith(fixMark)
  const mark = hasMark ? [] : [`${fixMark}; what it changed says so`]
  return `${[...mark, ...top, ...lines].join('\n')}\n`
}

function mended(statement: Statement, mends: readonly Finding[]): string[] {
  // Of several assignments in one line only the first stands for its text, and a line is mended as a whole.
  if (statement.kind === 'assignment' && !statement.isFirst) return []
  const lines = statement.text.split('\n')
  const one = mends.find(
    ({ line, mend }) => line === statement.line && (mend?.kind === 'replace' || mend?.kind === 'out'),
  )
  if (one?.mend === undefined || isKept(statement)) return lines
  const was = lines.map((line) => `# was: ${line}`)
  const why = `# bateau ${one.code}: ${oneLine(one.title)}`
  return one.mend.kind === 'replace' ? [why, ...was, one.mend.text] : [why, ...was]
}

/** A line with others in it, and one under a condition, which may be all that stands there, stay as they are. */
const isKept = (statement: Statement): boolean =>
  (statement.kind === 'assignment' && (!statement.isAlone || statement.isConditional)) ||
  (statement.kind === 'call' && statement.isConditional)

/** A title may hold a value of the file, and that a line end: the comment must not end there. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const oneLine = (text: string) => text.replaceAll(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, ' ')

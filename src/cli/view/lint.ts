// Decides how findings about a local.conf read on a terminal.
// Leaves what they say to engine/devstack/lint.
import type { Linted } from '../../deploy/lint.ts'
import { type Finding, type Verdict, verdicts } from '../../engine/devstack/lint/finding.ts'
import { maskLine } from '../../engine/devstack/lint/mask.ts'
import { branchOf } from '../../engine/devstack/release.ts'
import { wrap } from '../../plan/table.ts'
import type { Paint } from './paint.ts'

const columns = 100

const meanings: Record<Verdict, { word: string; meaning: Parameters<Paint>[0] }> = {
  dangerous: { word: 'dangerous', meaning: 'bad' },
  wrong: { word: 'wrong', meaning: 'bad' },
  contradiction: { word: 'contradiction', meaning: 'bad' },
  missing: { word: 'missing', meaning: 'unsure' },
  unknown: { word: 'does not exist', meaning: 'unsure' },
  'no-effect': { word: 'without effect', meaning: 'unsure' },
  redundant: { word: 'redundant', meaning: 'quiet' },
  right: { word: 'right', meaning: 'good' },
}

export type LintView = { all: boolean; because: string }

/** `because`: why this release. Lines that are right are only counted, unless `all`. */
export function lintText(linted: Linted, view: LintView, paint: Paint): string {
  const { conf, release, findings, written } = linted
  const shown = findings.filter(({ verdict }) => view.all || verdict !== 'right')
  const count = (verdict: Verdict) => findings.filter((one) => one.verdict === verdict).length
  const counts = verdicts
    .filter((verdict) => count(verdict) > 0)
    .map((verdict) => `${count(verdict)} ${meanings[verdict].word}`)
  return `${[
    `${conf.name} for DevStack ${branchOf(release)}${view.because}`,
    ...shown.flatMap((finding) => ['', ...lines(finding, linted, paint)]),
    '',
    counts.length === 0 ? 'Nothing is set in it.' : `In all: ${counts.join(', ')}.`,
    ...(written === null ? [] : [`The improved file is ${written}.`]),
  ].join('\n')}\n`
}

function lines(finding: Finding, { conf }: Linted, paint: Paint): string[] {
  const { word, meaning } = meanings[finding.verdict]
  const place = finding.column === 0 ? conf.name : `${finding.file}:${finding.line}`
  const name = finding.variable === null ? '' : `  ${finding.variable}`
  const indented = (label: string, text: string) =>
    text === '' ? [] : wrap(`${label}${text}`, columns, '   ').map((line) => plain(line))
  return [
    `${plain(place)}  ${paint(meaning, word)}${plain(name)}`,
    ...excerpt(finding, conf.pieces),
    ...indented('', finding.title),
    ...indented('why: ', finding.why),
    ...indented('fix: ', finding.fix),
    ...(finding.source === '' ? [] : [paint('quiet', `   see: ${plain(finding.source)}`)]),
  ]
}

/** The line itself, with a caret where the place in it matters. */
function excerpt(finding: Finding, pieces: readonly string[]): string[] {
  if (finding.column === 0) return []
  const source = (pieces[finding.line - 1] ?? '').replace(/\r?\n$/, '').replace(/^\ufeff/, '')
  if (source === '') return []
  const masked = maskLine(source)
  const cut = masked.length > columns - 9 ? `${masked.slice(0, columns - 10)}…` : masked
  const number = String(finding.line).padStart(5)
  const isFault = finding.code === 'quote-unclosed' && finding.column <= cut.length
  return [`${number} | ${plain(cut)}`, ...(isFault ? [`      | ${' '.repeat(finding.column - 1)}^`] : [])]
}

/** What a file holds may be anything, also escapes for the terminal. */
const plain = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (char) =>
    char === '\t' ? ' ' : '·',
  )

/** What programs read; the text is made from the same findings. */
export function lintJson({ conf, release, findings, written, exitCode }: Linted) {
  return {
    schema_version: 1,
    file: conf.name,
    release,
    exit_code: exitCode,
    written,
    findings: findings.map(({ file, line, column, variable, verdict, code, title, why, fix, source }) => ({
      file,
      line,
      column,
      variable,
      verdict,
      code,
      title,
      why,
      fix,
      source,
    })),
  }
}

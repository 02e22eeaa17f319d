// Decides what is wrong with a file before any variable is looked at: marks, line ends, headers, quotes, blanks.
// Leaves the variables to the other rules.
import type { Draft, Given, Rule } from '../finding.ts'
import { isPhase, isShell, phases } from '../meta.ts'
import { maskLine } from '../mask.ts'
import type { Statement } from '../statement.ts'

const at = (statement: Statement, column = 1, length = 0) => ({
  line: statement.line,
  column,
  length: length || (statement.text.split('\n')[0] ?? '').length,
  variable: null,
})

const localrcWins: Rule = ({ hasLocalrc, conf, source }) =>
  hasLocalrc
    ? [
        {
          code: 'localrc-beside',
          ...{ line: 1, column: 1, length: 0, variable: null },
          verdict: 'wrong',
          title: `a file localrc stands beside ${conf.name}: the whole section [[local|localrc]] is ignored`,
          why: 'DevStack takes the old file when there is one, says so in one line, and goes on',
          fix: 'move what is still needed here, then: rm localrc',
          source: source('localrcWins'),
        },
      ]
    : []

const byteOrderMark: Rule = ({ conf, source }) =>
  conf.hasMark
    ? [
        {
          code: 'byte-order-mark',
          ...{ line: 1, column: 1, length: 1, variable: null },
          verdict: 'wrong',
          title: 'the file begins with a byte order mark, an unseen character',
          why: 'a header counts only at the margin; behind the mark the first one is not found, and its section is lost',
          fix: 'save it as UTF-8 without a mark (BOM)',
          source: source('metaSection'),
          mend: { kind: 'mark' },
        },
      ]
    : []

const carriageReturn: Rule = ({ conf, source }) => {
  const [line] = conf.carriageReturns
  if (line === undefined) return []
  return [
    {
      code: 'carriage-return',
      ...{ line, column: 1, length: 0, variable: null },
      verdict: 'wrong',
      title: `${conf.carriageReturns.length} lines end as on Windows (CR LF)`,
      why: 'the shell keeps the carriage return as part of each value, and a header with one is not found',
      fix: `sed -i 's/\\r$//' ${conf.name}`,
      source: source('metaSection'),
      mend: { kind: 'ends' },
    },
  ]
}

const noHeader: Rule = ({ conf, source }) =>
  conf.isBare
    ? [
        {
          code: 'no-header',
          ...{ line: 1, column: 1, length: 0, variable: null },
          verdict: 'wrong',
          title: 'there is no [[local|localrc]]: as a local.conf nothing of this file is read',
          why: 'DevStack takes only what stands in that section; below, the file is read as if it began with it',
          fix: 'begin the file with the line [[local|localrc]], or call it localrc',
          source: source('metaSection'),
          mend: { kind: 'top', text: '[[local|localrc]]' },
        },
      ]
    : []

const headers: Rule = (given) => given.conf.statements.flatMap((statement) => headerOf(given, statement))

function headerOf({ source, nearest, knows }: Given, statement: Statement): Draft[] {
  if (statement.kind === 'false-header')
    return [
      {
        code: 'header-unseen',
        ...at(statement),
        verdict: 'wrong',
        title: `DevStack does not see this header: ${statement.why}`,
        why: 'what follows counts as part of the section before',
        fix: 'write it at the margin and without blanks: [[local|localrc]]',
        source: source('metaSection'),
      },
    ]
  if (statement.kind !== 'header') return []
  const { phase, file } = statement
  if (!isPhase(phase)) {
    const meant = nearest(phase, phases)
    return [
      {
        code: 'phase-unknown',
        ...at(statement),
        verdict: 'unknown',
        title: `there is no phase ${phase}: nobody reads this section`,
        why: `DevStack knows ${phases.join(', ')}; plugins may read others`,
        fix: meant === undefined ? 'use one of those' : `write [[${meant}|${file}]]`,
        source: source('phases'),
      },
    ]
  }
  if (phase === 'local' && file !== 'localrc')
    return [
      {
        code: 'local-other-file',
        ...at(statement),
        verdict: 'no-effect',
        title: `of phase local only localrc is read, not ${file}`,
        why: 'DevStack looks for exactly [[local|localrc]]',
        fix: 'write [[local|localrc]]',
        source: source('localrcWins'),
      },
    ]
  const unknown = [...file.matchAll(/\$\{?([A-Z]\w*)/g)]
    .map(([, name = '']) => name)
    .find((name) => !knows(name))
  if (unknown === undefined) return []
  return [
    {
      code: 'file-unknown',
      ...at(statement),
      verdict: 'unknown',
      title: `$${unknown} is nothing that DevStack sets: the section has no file to go into`,
      why: 'with an empty name DevStack warns, and leaves the other sections of that phase out as well',
      fix: nearest(unknown, ['NOVA_CONF', 'NEUTRON_CONF', 'KEYSTONE_CONF', 'GLANCE_API_CONF', 'CINDER_CONF'])
        ? `write $${nearest(unknown, ['NOVA_CONF', 'NEUTRON_CONF', 'KEYSTONE_CONF', 'GLANCE_API_CONF', 'CINDER_CONF']) ?? ''}`
        : 'name the file by its path or by its variable, as $NOVA_CONF',
      source: source('fileUnknown'),
    },
  ]
}

const quotes: Rule = ({ conf, source }) =>
  conf.faults.map(({ code, title, why, fix, where }) => ({
    code,
    line: where?.line ?? 1,
    column: where?.column ?? 1,
    length: where?.length ?? 1,
    variable: null,
    verdict: 'wrong',
    title,
    why,
    fix,
    source: source('sourced'),
  }))

/** `NAME = value`, `NAME= value`, `NAME=two words`: the shell sets nothing and looks for a command. */
const blanks: Rule = ({ conf, source }) =>
  conf.statements.flatMap((statement): Draft[] => {
    if (statement.kind !== 'shell' || !isShell(statement.meta)) return []
    const [, lead = '', name, left, right, value = ''] =
      /^(\s*(?:export\s+)?)([A-Za-z_]\w*)(\s*)\+?=(\s*)(.*)$/s.exec(statement.text) ?? []
    if (name === undefined || value === '') return []
    const spaced = left !== '' || right !== ''
    if (!spaced && !/\s/.test(value)) return []
    const bare = value.replace(/\s+#\s.*$/, '').trimEnd()
    const text = /^["'].*["']$/.test(bare) || !/\s/.test(bare) ? bare : `"${bare}"`
    const mend = /["'`$\\]/.test(bare.slice(1, -1))
      ? {}
      : { mend: { kind: 'replace' as const, text: `${lead}${name}=${text}` } }
    return [
      {
        code: spaced ? 'blank-at-equals' : 'blank-in-value',
        line: statement.line,
        column: lead.length + 1,
        length: name.length,
        variable: name,
        verdict: 'wrong',
        title: spaced
          ? `a blank beside the equals sign: ${name} is not set`
          : `the value ends at the first blank: ${name} is not set`,
        why: 'the shell takes the words after a blank for a command, does not find it, and goes on with the next line',
        fix: `write ${maskLine(`${name}=${text}`)}`,
        source: source('sourced'),
        ...mend,
      },
    ]
  })

export const formRules: readonly Rule[] = [
  localrcWins,
  byteOrderMark,
  carriageReturn,
  noHeader,
  headers,
  quotes,
  blanks,
]

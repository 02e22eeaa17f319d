// Decides what is said of a line that no rule has anything against.
// Leaves the rules to rules/, and what a variable does to variables.
import { purposeOf } from '../variables.ts'
import type { Draft, Given } from './finding.ts'
import { isPhase, isShell } from './meta.ts'

/** A verdict for each statement that has none yet. */
export function rightLines(given: Given, found: readonly Draft[]): Draft[] {
  const placed = found.filter(({ column }) => column > 0)
  const judged = new Set(placed.map(({ line, column }) => `${line}:${column}`))
  const lines = new Set(placed.map(({ line }) => line))
  return given.conf.statements.flatMap((statement): Draft[] => {
    const base = {
      code: 'right',
      verdict: 'right' as const,
      line: statement.line,
      length: 0,
      why: '',
      fix: '',
    }
    if (statement.kind === 'assignment' && isShell(statement.meta)) {
      if (judged.has(`${statement.line}:${statement.column}`)) return []
      const known = given.knows(statement.name)
      const does = purposeOf(statement.name)
      return [
        {
          ...base,
          column: statement.column,
          length: statement.name.length,
          variable: statement.name,
          title: does ?? (known ? 'DevStack reads it' : 'a name of your own, used further down'),
          source: known ? `${known.place}@${given.release}` : '',
        },
      ]
    }
    if (lines.has(statement.line)) return []
    if (statement.kind === 'call')
      return [
        {
          ...base,
          column: statement.column,
          variable: null,
          title: statement.call,
          source: sourceOfCall(given, statement.call),
        },
      ]
    if (statement.kind === 'setting' && statement.meta !== null && isPhase(statement.meta.phase))
      return [
        {
          ...base,
          column: 1,
          variable: statement.key,
          title: `goes into ${statement.meta.file} as it stands; its meaning is that of the service`,
          source: given.source('mergeFile'),
        },
      ]
    return []
  })
}

function sourceOfCall(given: Given, call: string): string {
  if (call === 'enable_service') return given.source('enableService')
  if (call === 'disable_service') return given.source('disableService')
  return call === 'enable_plugin' ? given.source('pluginTwice') : ''
}

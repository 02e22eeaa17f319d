// Decides what stands at the wrong place: before the first section, in another section, above what it refers to.
// Leaves what the values are to the other rules.
import { about, type Draft, listed, type Rule } from '../finding.ts'
import { isShell } from '../meta.ts'

/** Before the first header nobody reads anything. */
const orphans: Rule = ({ conf, source }) =>
  conf.statements.flatMap((statement): Draft[] => {
    if (statement.meta !== null || statement.kind === 'blank' || statement.kind === 'comment') return []
    if (statement.kind === 'false-header') return []
    return [
      {
        code: 'before-sections',
        line: statement.line,
        column: 1,
        length: statement.text.length,
        variable: statement.kind === 'setting' ? statement.key : null,
        verdict: 'no-effect',
        title: 'it stands before the first section: nobody reads it',
        why: 'DevStack takes out of the file what stands below [[local|localrc]], up to the next header',
        fix: 'move it below [[local|localrc]]',
        source: source('metaSection'),
      },
    ]
  })

/** A DevStack variable among the settings of a service. */
const misplaced: Rule = ({ conf, knows, source }) =>
  conf.statements.flatMap((statement): Draft[] => {
    if (statement.kind !== 'setting' || statement.meta === null || isShell(statement.meta)) return []
    const name = statement.key.replace(/^export\s+/, '')
    if (!/^[A-Z][A-Z0-9_]{3,}$/.test(name) || !knows(name)) return []
    return [
      {
        code: 'wrong-section',
        line: statement.line,
        column: 1,
        length: statement.key.length,
        variable: name,
        verdict: 'wrong',
        title: `${name} is a variable of DevStack, and stands among the settings of ${statement.meta.file}`,
        why: `it is written into that file as it stands; DevStack itself only reads [[local|localrc]]`,
        fix: 'move it below [[local|localrc]]',
        source: source('mergeFile'),
      },
    ]
  })

const sectionless: Rule = ({ conf, source }) => {
  let isIn = false
  return conf.statements.flatMap((statement): Draft[] => {
    if (statement.kind === 'header') isIn = false
    if (statement.kind === 'ini-section') isIn = true
    if (statement.kind !== 'setting' || statement.meta === null || isIn) return []
    if (/^[A-Z][A-Z0-9_]{3,}$/.test(statement.key)) return []
    return [
      {
        code: 'no-ini-section',
        line: statement.line,
        column: 1,
        length: statement.key.length,
        variable: statement.key,
        verdict: 'wrong',
        title: `${statement.key} belongs to no [section] of ${statement.meta.file}`,
        why: 'DevStack sets it in a section without a name, where no service looks',
        fix: 'write [DEFAULT], or the section that it belongs to, above it',
        source: source('mergeFile'),
      },
    ]
  })
}

/** `SERVICE_HOST=$HOST_IP` above `HOST_IP=…`: the shell reads from top to bottom. */
const tooEarly: Rule = ({ settings, source }) =>
  settings.each.flatMap((setting): Draft[] => {
    const names = [...new Set(setting.empty)].filter((name) => name !== setting.name)
    if (names.length === 0 || setting.text !== '') return []
    const later = names.filter(
      (name) => (settings.final.get(name)?.assignment.line ?? 0) > setting.assignment.line,
    )
    return [
      about(setting, {
        code: 'reference-empty',
        verdict: 'wrong',
        title: `${listed(names.map((name) => `$${name}`))} is empty here, and with it ${setting.name}`,
        why:
          later.length > 0
            ? `the shell reads from top to bottom, and ${listed(later)} is set further down`
            : "DevStack's own values are set after this file is read",
        fix:
          later.length > 0
            ? `move this line below that of ${listed(later)}`
            : 'write the value itself, or leave the line out',
        source: source('sourced'),
      }),
    ]
  })

export const shapeRules: readonly Rule[] = [orphans, misplaced, sectionless, tooEarly]

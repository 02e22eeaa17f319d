// Decides what is said of a variable that is set twice, and of services that one line switches on and another off.
// Leaves whether either value is right to the other rules.
import { about, type Draft, type Rule } from '../finding.ts'

const twice: Rule = ({ settings, conf, source }) =>
  settings.each.flatMap((setting, i): Draft[] => {
    if (setting.assignment.isConditional) return []
    const later = settings.each
      .slice(i + 1)
      .find(
        ({ name, assignment }) =>
          name === setting.name && assignment.operator === '=' && !assignment.isConditional,
      )
    if (!later || later.assignment.line === setting.assignment.line) return []
    const reads = new RegExp(String.raw`\$\{?${setting.name}\b`)
    const isRead = conf.statements.some(
      ({ line, text, kind }) =>
        kind !== 'comment' &&
        line > setting.assignment.line &&
        line <= later.assignment.line &&
        reads.test(text),
    )
    if (isRead) return []
    const isSame = later.text !== null && later.text === setting.text
    return [
      about(setting, {
        code: 'set-twice',
        verdict: isSame ? 'redundant' : 'contradiction',
        title: isSame
          ? `${setting.name} is set to the same again in line ${later.assignment.line}`
          : `${setting.name} is set again in line ${later.assignment.line}, and that one holds`,
        why: 'the shell reads from top to bottom, and the last one wins',
        fix: 'keep one of the two',
        source: source('sourced'),
        mend: { kind: 'out' },
      }),
    ]
  })

const onAndOff: Rule = ({ services, source }) =>
  services.named.flatMap((one, i): Draft[] => {
    const base = {
      line: one.line,
      column: one.column,
      length: 0,
      variable: null,
      verdict: 'contradiction' as const,
    }
    if (one.how === 'enable') {
      const off = services.named
        .slice(0, i)
        .find(({ service, how }) => service === one.service && how === 'disable')
      if (off)
        return [
          {
            ...base,
            code: 'stays-off',
            title: `${one.service} stays off: line ${off.line} disabled it`,
            why: 'DevStack refuses to enable what was disabled before, with no more than a warning',
            fix: `take one of the two lines out`,
            source: source('enableService'),
          },
        ]
    }
    if (one.how === 'list') return []
    const list = services.named.slice(i + 1).find(({ how, line }) => how === 'list' && line !== one.line)
    if (!list || !services.listsFrom.includes(list.line)) return []
    return [
      {
        ...base,
        code: 'list-replaces',
        title: `line ${list.line} sets the whole list of services: ${one.how === 'enable' ? 'enabling' : 'disabling'} ${one.service} here is lost`,
        why: 'ENABLED_SERVICES= replaces what earlier lines did to the list',
        fix: `move this line below line ${list.line}, or use ENABLED_SERVICES+=`,
        source: source('enableService'),
      },
    ]
  })

export const duplicateRules: readonly Rule[] = [twice, onAndOff]

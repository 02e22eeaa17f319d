// Decides which services a local.conf leaves switched on.
// Leaves the names that exist in a release to names/.
import type { Release } from '../release.ts'
import { isShell } from './meta.ts'
import type { Settings } from './settings.ts'
import type { Call, LocalConf } from './statement.ts'

export type Named = { service: string; how: 'enable' | 'disable' | 'list'; line: number; column: number }

export type Services = {
  on: ReadonlySet<string>
  /** Every place where one is named, in order. */
  named: readonly Named[]
  /** Names after `enable_plugin`. */
  plugins: readonly { name: string; url: string; branch: string; call: Call }[]
  /** Lines that set ENABLED_SERVICES anew. */
  listsFrom: readonly number[]
  /** Which services are on is not known: the list is computed, or set under a condition. */
  isUnsure: boolean
}

/** stackrc's list when ENABLED_SERVICES is not set (stackrc:64 at 2025.1). */
const usual = [
  'key',
  ...['n-api', 'n-cpu', 'n-cond', 'n-sch', 'n-novnc', 'n-api-meta'],
  ...['placement-api', 'placement-client', 'g-api', 'c-sch', 'c-api', 'c-vol'],
  ...['ovn-controller', 'ovn-northd', 'ovs-vswitchd', 'ovsdb-server', 'q-svc'],
  ...['horizon', 'rabbit', 'tempest', 'mysql', 'etcd3', 'dstat'],
]

/** The OVN metadata service has another name since 2025.2. */
export const usualServices = (release: Release): readonly string[] => [
  ...usual,
  release === '2025.1' ? 'q-ovn-metadata-agent' : 'q-ovn-agent',
]

/** In the order of the shell. A service that was disabled is not enabled again (functions-common, enable_service). */
export function readServices(conf: LocalConf, settings: Settings, release: Release): Services {
  const on = new Set(usualServices(release))
  const off = new Set<string>()
  const named: Named[] = []
  const plugins: { name: string; url: string; branch: string; call: Call }[] = []
  const listsFrom: number[] = []
  let isUnsure = false
  const lists = new Map(settings.each.map((setting) => [setting.assignment, setting]))
  for (const statement of conf.statements) {
    if (!isShell(statement.meta)) continue
    if (statement.kind === 'assignment' && statement.name === 'ENABLED_SERVICES') {
      const text = lists.get(statement)?.text
      const list = (text ?? '').split(/[\s,]+/).filter((word) => word !== '')
      if (text == null) isUnsure ||= statement.operator === '='
      if (statement.operator === '=' && !/\$\{?ENABLED_SERVICES/.test(statement.text)) {
        on.clear()
        listsFrom.push(statement.line)
      }
      for (const word of wordsOf(statement.operator === '+=' ? literal(statement) : list)) {
        named.push({
          service: word.replace(/^-/, ''),
          how: word.startsWith('-') ? 'disable' : 'list',
          ...at(statement),
        })
        if (word.startsWith('-')) on.delete(word.slice(1))
        else on.add(word)
      }
    }
    if (statement.kind !== 'call') continue
    isUnsure ||= statement.isConditional && /^(?:en|dis)able_/.test(statement.call)
    const words = statement.words.flatMap((word) => word.split(',')).filter((word) => word !== '')
    if (statement.call === 'disable_all_services') on.clear()
    if (statement.call === 'enable_plugin' && words[0] !== undefined)
      plugins.push({
        name: words[0],
        url: statement.words[1] ?? '',
        branch: statement.words[2] ?? 'master',
        call: statement,
      })
    if (statement.call === 'enable_service')
      for (const service of words) {
        named.push({ service, how: 'enable', ...at(statement) })
        if (!off.has(service)) on.add(service)
      }
    if (statement.call === 'disable_service')
      for (const service of words) {
        named.push({ service, how: 'disable', ...at(statement) })
        off.add(service)
        on.delete(service)
      }
  }
  return { on, named, plugins, listsFrom, isUnsure }
}

const at = ({ line, column }: { line: number; column: number }) => ({ line, column })

const wordsOf = (words: readonly string[]) => words.filter((word) => /^-?[a-z0-9][\w-]*$/.test(word))

/** What `+=` adds, references left out. */
function literal({ word }: { word: { parts: readonly { kind: string; text?: string }[] } }): string[] {
  return word.parts
    .map((part) => part.text ?? ' ')
    .join('')
    .split(/[\s,]+/)
    .filter((one) => one !== '')
}

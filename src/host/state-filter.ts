// Decides what the packet filters of a server say, from what nft(8) prints: bateau's own table, its memory, and drops of others.
// Leaves which lines are asked for to state-script.
import type { HeardRouter, HeardState, HostState } from '../core/host-state.ts'
import { Address } from '../core/prefix.ts'
import { remembered, rememberedFor } from '../core/site.ts'

export type Filter = Pick<HostState, 'firewall' | 'heard' | 'foreignDrops'>

/** Tables in which bateau keeps what it must not lose with its main one. */
const own = /^inet bateau(-[a-z-]+)?$/
/** ICMPv6 that nobody need pass: a drop of these alone breaks nothing (RFC 4890 section 4.4.4). */
const dispensable = new Set([
  'nd-redirect',
  'router-renumbering',
  'mld-listener-query',
  'mld-listener-report',
  'mld-listener-done',
  'mld2-listener-report',
  'mld-listener-reduction',
])

export function readFilter(text: string): Filter {
  const tables = tablesOf(text)
  const firewall = tables.find(({ name }) => name === `inet ${remembered.table}`)?.lines.join('\n') ?? null
  return {
    firewall,
    heard: firewall === null ? null : heardOf(firewall),
    foreignDrops: tables.filter(({ name }) => !own.test(name)).flatMap(dropsOf),
  }
}

type Table = { name: string; lines: string[] }

function tablesOf(text: string): Table[] {
  const tables: Table[] = []
  for (const line of text.split('\n')) {
    const [, name] = /^table (\S+ \S+) \{/.exec(line) ?? []
    if (name !== undefined) tables.push({ name, lines: [] })
    else if (!line.startsWith('}')) tables.at(-1)?.lines.push(line)
  }
  return tables
}

function dropsOf({ name, lines }: Table): HostState['foreignDrops'] {
  const drops: { table: string; chain: string; rule: string }[] = []
  let chain = ''
  for (const line of lines) {
    const rule = line.trim()
    const [, opened] = /^chain (\S+) \{/.exec(rule) ?? []
    if (opened !== undefined) chain = opened
    else if (matchesIcmp.test(rule) && /\b(drop|reject)\b/.test(rule) && !harmless(rule))
      drops.push({ table: name, chain, rule })
  }
  return drops
}

/** It is about ICMPv6; not one that only rejects something else by it (`reject with icmpv6 …`). */
const matchesIcmp =
  /icmpv6 (type|code)|l4proto (\{[^}]*)?(ipv6-icmp|icmpv6)|nexthdr (\{[^}]*)?(ipv6-icmp|icmpv6)/

/** Only types that nobody need pass; or what goes past a limit, which is a guard and no drop. */
function harmless(rule: string): boolean {
  if (/\blimit rate over\b|\bct state invalid\b/.test(rule)) return true
  const [, set, one] = /icmpv6 type (?:\{([^}]*)\}|(\S+))/.exec(rule) ?? []
  const types = (set ?? one ?? '').split(',').map((type) => type.trim())
  return types.every((type) => dispensable.has(type))
}

function heardOf(table: string): HeardState | null {
  const sets = setsOf(table)
  const routers = sets.get(remembered.routers)
  if (routers === undefined) return null
  const youngest = (name: string) => {
    const all = (sets.get(name) ?? []).map(({ expires }) => rememberedFor.dhcpv6 - expires)
    return all.length === 0 ? null : Math.max(0, Math.min(...all))
  }
  return {
    routers: routersOf(routers),
    withdrawn: routersOf(sets.get(remembered.withdrawn) ?? []),
    askedSeconds: youngest(remembered.asked),
    answeredSeconds: youngest(remembered.answered),
  }
}

type Element = { key: string; expires: number }

function setsOf(table: string): Map<string, Element[]> {
  const sets = new Map<string, Element[]>()
  for (const [, name = '', body = ''] of table.matchAll(/^\tset (\S+) \{\n([\s\S]*?)^\t\}/gm)) {
    const elements = /elements = \{([^}]*)\}/.exec(body)?.[1] ?? ''
    sets.set(
      name,
      elements.split(',').flatMap((element) => {
        const [, key, left] = /^\s*"?([^\s"]+)"?.*\bexpires (\S+)/.exec(element) ?? []
        return key === undefined || left === undefined ? [] : [{ key, expires: seconds(left) }]
      }),
    )
  }
  return sets
}

function routersOf(elements: readonly Element[]): HeardRouter[] {
  return elements
    .flatMap(({ key, expires }) => {
      const parsed = Address.parse(key)
      return parsed.ok
        ? [{ router: parsed.value, secondsAgo: Math.max(0, rememberedFor.routers - expires) }]
        : []
    })
    .sort((a, b) => a.secondsAgo - b.secondsAgo)
}

/** nft(8) prints durations as `1d2h3m4s996ms`. */
function seconds(text: string): number {
  const unit: Record<string, number> = { d: 86_400, h: 3_600, m: 60, s: 1, ms: 0.001 }
  return [...text.matchAll(/(\d+)(ms|[dhms])/g)].reduce(
    (sum, [, count, of]) => sum + Number(count) * (unit[of ?? ''] ?? 0),
    0,
  )
}

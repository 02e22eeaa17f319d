// Decides what must hold between `jump` and the servers: one that is there, and a port that nothing else has.
// Leaves the other rules between keys to cross.
import { valueAt, wordOf } from './issues.ts'
import type { Get, Report } from './rule.ts'
import { nearest } from './suggest.ts'

/** Codes: `unknown-jump`, `jump-port-taken`. */
export function jumpRule(get: Get, servers: readonly unknown[], report: Report): void {
  const server = get('jump', 'server')
  if (typeof server !== 'string') return
  const roleOf = (one: unknown) => wordOf(valueAt(one, ['role']) ?? 'cloud')
  const able = servers
    .filter((one) => ['jump', 'cloud'].includes(roleOf(one)))
    .map((one) => wordOf(valueAt(one, ['name'])))
  if (!able.includes(server)) {
    const guess = nearest(server, able)
    report(
      ['jump', 'server'],
      'unknown-jump',
      `${server} is no server with role jump or cloud`,
      'students go through a server that bateau can log in to',
      guess !== undefined
        ? `did you mean ${guess}?`
        : able.length > 0
          ? `write one of ${able.join(', ')}`
          : `add it under servers: {name: ${server}, role: jump, provider: adopted, address: …}`,
    )
  }
  const port = get('jump', 'port') ?? 2222
  const others = get('access', 'open')
  const taken: readonly (readonly [unknown, string])[] = [
    [get('access', 'port') ?? 22, "the administrators' SSH"],
    [443, 'API and dashboard'],
    ...(Array.isArray(others) ? others : []).map((one) => [valueAt(one, ['port']), 'access.open'] as const),
  ]
  const by = taken.find(([one]) => one === port)
  if (by !== undefined)
    report(
      get('jump', 'port') === undefined ? ['jump'] : ['jump', 'port'],
      'jump-port-taken',
      `port ${wordOf(port)} is that of ${by[1]}`,
      "the students' SSH is a daemon of its own, with a port of its own",
      'leave it out (2222), or write another',
    )
}

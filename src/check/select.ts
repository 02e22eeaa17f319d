// Decides which probes a quick look at one server or instance takes: its own, and all that they lean on.
// Leaves running them to probe.
import { bad, type Fault, good, type Outcome } from '../core/fault.ts'
import type { Probe } from './probe.ts'

/** In the order of `all`, without the heavy ones; of a name without its cloud (`NAME@CLOUD`) those in each. Fault code: `no-such-name`. */
export function about(all: readonly Probe[], names: readonly string[]): Outcome<Probe[]> {
  const byId = new Map(all.map((probe) => [probe.id, probe]))
  const wanted = new Set<string>()
  const take = (probe: Probe): void => {
    if (wanted.has(probe.id) || probe.heavy) return
    wanted.add(probe.id)
    for (const id of [...(probe.needs ?? []), ...(probe.causes ?? [])]) {
      const before = byId.get(id)
      if (before) take(before)
    }
  }
  for (const name of names) {
    const isIts = (part: string) => part === name || part.startsWith(`${name}@`)
    const its = all.filter(({ id }) => id.split('/').some(isIts))
    if (its.length === 0) return bad(unknown(name, all))
    its.forEach(take)
  }
  return good(all.filter(({ id }) => wanted.has(id)))
}

function unknown(name: string, all: readonly Probe[]): Fault {
  const known = new Set(all.flatMap(({ id }) => /^(?:host|neighbour\/server)\/([^/]+)/.exec(id)?.[1] ?? []))
  return {
    code: 'no-such-name',
    title: `there is no server or instance ${name} to look at`,
    why: `there are: ${[...known].join(', ')}`,
    fix: 'bateau check --list shows everything that is looked at',
  }
}

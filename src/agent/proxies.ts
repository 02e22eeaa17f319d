// Decides which addresses the server answers for on the provider's segment, for an on-link block without ndppd: entries of the kernel's NDP proxy.
// Leaves which addresses are wanted to delivery/, and the kernel parameter proxy_ndp to its step.
import { Address } from '../core/prefix.ts'
import type { Shell } from '../core/shell.ts'
import type { Tell } from './events.ts'

/** Remembers which entries the agent made: the kernel does not say, and only those are ever removed. */
export type OwnProxies = { read(): readonly string[]; write(addresses: readonly string[]): void }

/** `ip -6 neigh show proxy`: one address a line. Anything else is not understood and left alone. */
export function readProxies(text: string): Address[] {
  return text.split('\n').flatMap((line) => {
    const parsed = Address.parse(line.trim().split(/\s+/)[0] ?? '')
    return parsed.ok ? [parsed.value] : []
  })
}

export function proxyDifference(
  there: readonly Address[],
  own: readonly string[],
  wanted: readonly Address[],
): { add: Address[]; remove: Address[] } {
  const has = (list: readonly Address[], one: Address) => list.some((other) => other.equals(one))
  return {
    add: wanted.filter((one) => !has(there, one)),
    remove: there.filter((one) => own.includes(String(one)) && !has(wanted, one)),
  }
}

/** Makes the kernel's entries on `uplink` those that are wanted, besides entries of others. */
export async function keepProxies(
  shell: Shell,
  uplink: string,
  own: OwnProxies,
  wanted: readonly Address[],
  tell: Tell,
): Promise<void> {
  const ran = await shell.run(['ip', '-6', 'neigh', 'show', 'proxy', 'dev', uplink], { timeout: 5_000 })
  if (ran.code !== 0) return
  const there = readProxies(ran.stdout)
  const kept = new Set(own.read().filter((text) => there.some((one) => String(one) === text)))
  const { add, remove } = proxyDifference(there, [...kept], wanted)
  const entry = (verb: 'add' | 'del', one: Address) =>
    shell.run(['ip', '-6', 'neigh', verb, 'proxy', String(one), 'dev', uplink])
  for (const one of add) {
    // Noted before it is made: an entry that is noted and not there harms nothing, the other way round it would stay for ever.
    own.write([...kept.add(String(one))])
    if ((await entry('add', one)).code === 0) tell({ type: 'proxy.added', address: String(one) })
  }
  for (const one of remove) {
    if ((await entry('del', one)).code !== 0) continue
    kept.delete(String(one))
    tell({ type: 'proxy.removed', address: String(one) })
  }
  if (remove.length > 0) own.write([...kept])
}

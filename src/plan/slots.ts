// Decides which number a group's networks have on its cloud: the one that the register remembers, or the next one.
// Leaves the prefix of a number to addressing.
import type { Entry } from '../course/register.ts'

/**
 * The groups of a cloud by their numbers; null where a number is some former group's. A network in the cloud keeps its
 * prefix while it lives, so the order of the roster must not decide on it again.
 */
export function slotsOf(
  cloud: string,
  groups: readonly string[],
  before: readonly Entry[],
): (string | null)[] {
  const owner = new Map<number, string>()
  const known = new Map<string, number>()
  for (const { group, network, cloud: on } of before) {
    if (on !== cloud || group === null || network === null || known.has(group) || owner.has(network)) continue
    owner.set(network, group)
    known.set(group, network)
  }
  const slots = new Map<number, string>()
  // Past all that are known: a gap was some group's that has a new name, and its network may still be in the cloud.
  let next = Math.max(-1, ...owner.keys()) + 1
  for (const group of groups) {
    const number = known.get(group) ?? next++
    known.set(group, number)
    slots.set(number, group)
  }
  const length = Math.max(-1, ...slots.keys()) + 1
  return Array.from({ length }, (_, i) => slots.get(i) ?? null)
}

/**
 * Length of the ranges of own networks on a cloud, as the register remembers it; null: there are none yet. Networks in the
 * cloud keep their prefixes: ranges stay as long as they have room, whoever comes and goes.
 */
export function rangeOf(cloud: string, before: readonly Entry[]): number | null {
  const lengths = before.flatMap(({ cloud: on, range }) => (on === cloud && range ? [range] : []))
  return lengths.length === 0 ? null : Math.min(...lengths)
}

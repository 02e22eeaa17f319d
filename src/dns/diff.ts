// Decides what is to be changed in a zone: desired records beside those that are there. Only names that the marker holds are touched.
// Leaves reading the zone and changing it to the providers' files.
import { markerName, writeMarker } from './marker.ts'
import { type Rrset, sameData } from './record.ts'
import { type Batch, type Change, ownTypes, type Snapshot, type ZoneKind } from './zone.ts'

/** `theirs`: somebody else made it, and it says what we would. `foreign`: it says something else, and is left alone. */
export type State = 'kept' | 'add' | 'change' | 'remove' | 'theirs' | 'foreign'

export type Line = { state: State; name: string; type: Rrset['type']; was: Rrset | null; now: Rrset | null }

export type Difference = {
  lines: readonly Line[]
  /** Names that are bateau's afterwards. */
  held: readonly string[]
}

/**
 * `partial`: not all that should be in the zone is known now (a cloud does not answer), so nothing is removed.
 */
export function compare(
  desired: readonly Rrset[],
  snapshot: Snapshot,
  how: { kind: ZoneKind; partial: boolean },
): Difference {
  const held = new Set(snapshot.held)
  const names = [...new Set([...desired.map(({ name }) => name), ...held])].toSorted()
  const lines: Line[] = []
  const after: string[] = []
  for (const name of names) {
    const wants = desired.filter((one) => one.name === name)
    const found = snapshot.found.filter((one) => one.name === name)
    const own = found.filter(({ type }) => (ownTypes[how.kind] as readonly string[]).includes(type))
    const blocking = found.find(({ type }) => type === 'CNAME' || type === 'NS')
    const line = (state: State, was: Rrset | null, now: Rrset | null) => {
      const { type } = (now ?? was) as Rrset
      lines.push({ state, name, type, was, now })
    }
    const foreign = () => wants.forEach((now) => line('foreign', blocking ?? own[0] ?? null, now))
    if (!held.has(name)) {
      const same = wants.every((now) => own.some((was) => was.type === now.type && sameData(was, now)))
      if (blocking) foreign()
      else if (own.length === 0) wants.forEach((now) => line('add', null, now))
      else if (same) wants.forEach((now) => line('theirs', null, now))
      else foreign()
      if (!blocking && own.length === 0) after.push(name)
      continue
    }
    if (blocking) {
      foreign()
      continue
    }
    for (const now of wants) {
      const was = own.find(({ type }) => type === now.type)
      if (was === undefined) line('add', null, now)
      else line(sameData(was, now) && was.ttl === now.ttl ? 'kept' : 'change', was, now)
    }
    const spare = own.filter(({ type }) => !wants.some((now) => now.type === type))
    for (const was of spare) line(how.partial ? 'kept' : 'remove', was, how.partial ? was : null)
    if (wants.length > 0 || how.partial) after.push(name)
  }
  return { lines, held: after }
}

/** What is carried out for it, in parts of at most so many names; none when the zone is right already. */
export function batchesOf(
  course: string,
  difference: Difference,
  snapshot: Snapshot,
  limits: { names: number; text: number },
  ttl: number,
): Batch[] {
  const changes = difference.lines.flatMap(({ state, name, type, was, now }): Change[] =>
    state === 'add' || state === 'change' || state === 'remove' ? [{ name, type, was, now }] : [],
  )
  const after = new Set(difference.held)
  const before = new Set(snapshot.held)
  const touched = new Set([
    ...changes.map(({ name }) => name),
    ...difference.held.filter((name) => !before.has(name)),
    ...snapshot.held.filter((name) => !after.has(name)),
  ])
  const parts: string[][] = []
  for (const name of [...touched].toSorted()) {
    const last = parts.at(-1)
    if (last === undefined || last.length >= limits.names) parts.push([name])
    else last.push(name)
  }
  const stale = snapshot.marker.texts.length > 0 && after.size > 0 && snapshot.marker.ttl !== ttl
  if (parts.length === 0 && stale) parts.push([])
  const held = new Set(before)
  let texts = snapshot.marker.texts
  return parts.map((names) => {
    const claimed = names.filter((name) => after.has(name) && !before.has(name))
    for (const name of names) {
      if (after.has(name)) held.add(name)
      else held.delete(name)
    }
    const was = texts
    texts = writeMarker(course, was, [...held], limits.text)
    return {
      marker: { name: markerName(course), ttl, was, now: texts },
      claimed,
      changes: changes.filter(({ name }) => names.includes(name)),
    }
  })
}

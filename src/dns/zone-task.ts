// Decides how a zone is made right: read, compared, changed, and asked again; anew when somebody else was faster.
// Leaves what should be in it to its caller.
import { type Fault, Trouble } from '../core/fault.ts'
import type { Progress, Task } from '../core/task.ts'
import { batchesOf, compare, type Difference } from './diff.ts'
import { unsureCode } from './http.ts'
import type { Rrset } from './record.ts'
import type { Batch, ZoneHand } from './zone.ts'

export type ZoneWish = {
  course: string
  hand: ZoneHand
  desired: readonly Rrset[]
  /** Seconds. */
  ttl: number
  /** See compare. */
  partial: boolean
}

export type Seen = { difference: Difference; batches: readonly Batch[]; negative: number | null }

export async function lookAtZone({ course, hand, desired, ttl, partial }: ZoneWish): Promise<Seen> {
  const names = desired.map(({ name }) => name)
  const snapshot = await hand.read(course, [...new Set(names)])
  const difference = compare(desired, snapshot, { kind: hand.kind, partial })
  const batches = batchesOf(course, difference, snapshot, hand.limits, ttl)
  return { difference, batches, negative: snapshot.negative }
}

/** Rounds of reading and changing before somebody who changes the zone all the time is given way to. */
const rounds = 5

export type ZoneTold = {
  /** What each look found: the first one is what was to do, the last one what became of it. */
  seen(what: Seen): void
  /** Why it could not be done; the phase that carries the task out says it as well. */
  failed(fault: Fault): void
}

export function zoneTask(wish: ZoneWish, told: ZoneTold): Task {
  const { hand } = wish
  let last: Seen | undefined
  async function noted<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      if (error instanceof Trouble) told.failed(error.fault)
      throw error
    }
  }
  return {
    id: `dns/${hand.zone}`,
    title: titles[hand.kind],
    because: `people type names; ${hand.where} answers for them`,
    lane: `dns:${hand.zone}`,
    after: [],
    async look() {
      const found = await noted(lookAtZone(wish))
      last = found
      told.seen(found)
      return { done: found.batches.length === 0, seen: seenWords(found) }
    },
    act(progress) {
      const begun = last
      last = undefined
      return noted(makeRight(wish, begun, progress))
    },
  }
}

const titles = { forward: 'addresses of names', reverse: 'names of addresses' } as const

/** Nothing was changed as somebody else was faster, or nobody knows whether anything was. */
const worthALook = new Set(['dns-raced', unsureCode])

/** From what the look found, if there was one; whoever was faster since makes it raced. */
async function makeRight(wish: ZoneWish, begun: Seen | undefined, progress: Progress): Promise<void> {
  let seen = begun
  for (let round = 1; ; round++) {
    try {
      const { batches } = seen ?? (await lookAtZone(wish))
      await applyAll(wish.hand, batches, progress)
      return
    } catch (error) {
      if (!(error instanceof Trouble) || !worthALook.has(error.fault.code) || round === rounds) throw error
      seen = undefined
    }
  }
}

async function applyAll(hand: ZoneHand, batches: readonly Batch[], progress: Progress): Promise<void> {
  let done = 0
  for (const batch of batches) {
    if (progress.signal.aborted) return
    await hand.apply(batch)
    progress.part(++done, batches.length)
  }
}

export function seenWords({ difference }: Seen): string {
  const count = (wanted: string) => difference.lines.filter(({ state }) => state === wanted).length
  const words: [number, string][] = [
    [count('kept') + count('theirs'), 'right'],
    [count('add'), 'to add'],
    [count('change'), 'to change'],
    [count('remove'), 'to remove'],
    [count('foreign'), 'of somebody else'],
  ]
  const said = words.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`)
  return said.join(', ') || 'no records'
}

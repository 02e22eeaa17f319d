// Decides how the state of the class looks to a person: a line for each instance, and one for who has none.
// Leaves looking to status.
import type { Verdict } from '../../core/verdict.ts'
import { table } from '../../plan/table.ts'
import type { InstanceRow, SeatRow } from './status-row.ts'

export function statusText(rows: readonly SeatRow[], now: number): string {
  const several = new Set(rows.map(({ cloud }) => cloud)).size > 1
  const lines = rows.flatMap((row) => {
    const head = [...(several ? [row.cloud] : []), row.group ?? '', row.seat, loginText(row)]
    const extra = belongings(row)
    if (row.instances.length === 0) return [[...head, row.enrolled ? 'no instances' : '', '', '', '', extra]]
    return row.instances.map((one, i) => [
      ...(i === 0 ? head : head.map(() => '')),
      one.name,
      one.state,
      reachText(one.reachable),
      [one.addresses[0] ?? '', one.image ?? ''].filter(Boolean).join('  '),
      [one.since ? `for ${ago(now - Date.parse(one.since))}` : '', i === 0 ? extra : '']
        .filter(Boolean)
        .join('; '),
    ])
  })
  return [...table(lines, [], '  '), summary(rows)].join('\n')
}

const reaches: Record<Verdict, string> = {
  yes: 'reachable',
  no: 'NOT REACHABLE',
  'could-not-check': 'not checked',
}
const reachText = (verdict: InstanceRow['reachable']) => (verdict === null ? '' : reaches[verdict])

function loginText({ enrolled, frozen, students }: SeatRow): string {
  if (!enrolled) return 'NOT ENROLLED'
  if (frozen) return 'in an exam'
  const closed = students.filter(({ open }) => open === false).length
  if (closed === 0) return 'open'
  return closed === students.length ? 'closed' : `${closed} of ${students.length} closed`
}

function belongings({ networks, routers, volumes, kept }: SeatRow): string {
  const part = (word: string, all: readonly string[]) =>
    all.length === 0 ? [] : [`${word} ${all.join(', ')}`]
  return [
    ...part('networks', networks),
    ...part('routers', routers),
    ...part('volumes', volumes),
    ...(kept === null ? [] : [`kept until ${kept}`]),
  ].join('; ')
}

function summary(rows: readonly SeatRow[]): string {
  const instances = rows.flatMap((row) => row.instances)
  const count = (is: (one: InstanceRow) => boolean) => instances.filter(is).length
  return [
    `${rows.length} seats`,
    `${instances.length} instances`,
    `${count(({ state }) => state === 'ACTIVE')} active`,
    `${count(({ reachable }) => reachable === 'yes')} reachable`,
  ].join(', ')
}

/** `40 s`, `12 min`, `3 h`, `5 d`: the largest unit that fills. */
function ago(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`
}

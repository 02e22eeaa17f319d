// Decides what `bateau class usage` says: what each seat used since a day, and its part of the course's euros.
// Leaves counting to Nova and sharing to classroom/day/share.
import { writeFileSync } from 'node:fs'
import { instant } from '../../classroom/day/calendar.ts'
import { type Share, shares, usageCsv, usedBy } from '../../classroom/day/share.ts'
import { table } from '../../plan/table.ts'
import { type ExitCode, exits, type Face } from '../face.ts'
import { type DayCloud, dayClouds, type DayOptions, withDay } from './day.ts'

export type UsageOptions = DayOptions & {
  /** `YYYY-MM-DD`; null: the course's first day. */
  since: string | null
  csv: string | null
}

export function usage(options: UsageOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  return withDay('class usage', { ...options, reads: true }, face, signal, async (open, chosen) => {
    const { run, course, plan } = open
    const now = Date.now()
    const since = options.since ?? course.start
    const from = Math.min(instant(since, '00:00', course.timezone), now)
    // Shares are of everybody's, whoever is looked at.
    const all = (await Promise.all(dayClouds(open, []).map((cloud) => usedIn(cloud, from, now)))).flat()
    const meant = new Set(chosen.flatMap(({ name, seats }) => seats.map((seat) => `${name} ${seat.name}`)))
    const rows = shares(plan.cost.total, all).filter(({ cloud, seat }) => meant.has(`${cloud} ${seat}`))
    if (options.csv !== null) writeFileSync(options.csv, usageCsv(rows))
    run.emit({
      type: 'report',
      kind: 'class-usage',
      text: text(rows, since, plan.cost.total.toString()),
      data: { since, until: new Date(now).toISOString(), cost: plan.cost.total, seats: rows },
    })
    if (options.csv !== null) run.emit({ type: 'note', text: `Written: ${options.csv}` })
    return exits.done
  })
}

async function usedIn(
  { name, roll, seats }: DayCloud,
  from: number,
  to: number,
): Promise<Omit<Share, 'cost'>[]> {
  const all = await (await roll.cloud()).usage.of(from, to)
  return Promise.all(
    seats.map(async (seat) => ({
      cloud: name,
      group: seat.group ?? '',
      seat: seat.name,
      ...usedBy((await roll.project(seat))?.id, all),
    })),
  )
}

function text(rows: readonly Share[], since: string, cost: string): string {
  const figure = (n: number) => n.toFixed(2)
  const lines = rows.map((one) => [
    one.cloud,
    one.group,
    one.seat,
    figure(one.hours),
    figure(one.vcpuHours),
    figure(one.ramGiBHours),
    figure(one.diskGiBHours),
    String(one.cost),
  ])
  const head = ['cloud', 'group', 'seat', 'hours', 'vCPU h', 'RAM GiB h', 'disk GiB h', 'share']
  return [
    `Since ${since}; the course costs ${cost}, shared by memory-hours`,
    ...table([head, ...lines], [3, 4, 5, 6, 7], '  '),
  ].join('\n')
}

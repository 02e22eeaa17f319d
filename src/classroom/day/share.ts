// Decides what each seat used of the course, and which part of its euros that is, to the cent.
// Leaves reading it from the clouds to cloud/usage, and prices to plan/cost.
import { Money } from '../../core/money.ts'
import type { ProjectUsage } from '../../cloud/usage.ts'

export type Used = { hours: number; vcpuHours: number; ramGiBHours: number; diskGiBHours: number }
export type Share = Used & { cloud: string; group: string; seat: string; cost: Money }

export const usedNothing: Used = { hours: 0, vcpuHours: 0, ramGiBHours: 0, diskGiBHours: 0 }

/** Of one project; it may come in parts. */
export function usedBy(projectId: string | undefined, all: readonly ProjectUsage[]): Used {
  return all
    .filter((one) => one.tenant_id === projectId)
    .reduce(
      (sum, one) => ({
        hours: sum.hours + one.total_hours,
        vcpuHours: sum.vcpuHours + one.total_vcpus_usage,
        ramGiBHours: sum.ramGiBHours + one.total_memory_mb_usage / 1024,
        diskGiBHours: sum.diskGiBHours + one.total_local_gb_usage,
      }),
      usedNothing,
    )
}

/**
 * The cost is shared by memory-hours, as memory is what limits how many fit on a server (plan/capacity); where nobody used
 * any, nobody has a share. The parts add up to the whole: cents left over go to the largest remainders.
 */
export function shares(cost: Money, used: readonly Omit<Share, 'cost'>[]): Share[] {
  const all = used.reduce((sum, one) => sum + one.ramGiBHours, 0)
  const exact = used.map((one) => (all === 0 ? 0 : (cost.cents * one.ramGiBHours) / all))
  const floors = exact.map(Math.floor)
  const left = all === 0 ? 0 : cost.cents - floors.reduce((sum, one) => sum + one, 0)
  const byRemainder = exact
    .map((one, i) => ({ i, remainder: one - Math.floor(one) }))
    .toSorted((a, b) => b.remainder - a.remainder || a.i - b.i)
  const more = new Set(byRemainder.slice(0, left).map(({ i }) => i))
  return used.map((one, i) => ({
    ...one,
    cost: Money.cents((floors[i] ?? 0) + (more.has(i) ? 1 : 0), cost.currency),
  }))
}

/** RFC 4180; figures with a point and two places, whatever the language: a spreadsheet is told so on import. */
export function usageCsv(all: readonly Share[]): string {
  const head = 'cloud,group,seat,instance_hours,vcpu_hours,ram_gib_hours,disk_gib_hours,cost,currency'
  const lines = all.map((one) =>
    [
      one.cloud,
      one.group,
      one.seat,
      ...[one.hours, one.vcpuHours, one.ramGiBHours, one.diskGiBHours].map((n) => n.toFixed(2)),
      one.cost.amount.toFixed(2),
      one.cost.currency,
    ].join(','),
  )
  return [head, ...lines].map((line) => `${line}\r\n`).join('')
}

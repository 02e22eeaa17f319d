// Proves that the plans of the examples say what their teacher found out, to the number and to the cent.
// The whole of what a person and a program read is in plan/ beside.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { textWidth } from '../../src/core/text-width.ts'
import { readUpTo } from '../../src/course/bytes.ts'
import { loadCourse } from '../../src/course/load.ts'
import { planJson } from '../../src/plan/json.ts'
import { makePlan, type Plan } from '../../src/plan/plan.ts'
import { planText } from '../../src/plan/text.ts'
import { catalogue } from '../../src/provider/catalogue.ts'
import { ways } from '../../src/provider/ways.ts'

const root = join(import.meta.dirname, '../..')

function planOf(example: string, today: string, rehearsal = false): Plan {
  const outcome = loadCourse(`examples/${example}.yaml`, {
    readFile: (path, limit) => readUpTo(join(root, path), limit),
  })
  if (!outcome.ok) throw new RangeError(outcome.faults.map((fault) => fault.title).join('; '))
  return makePlan(outcome.value, { hosts: {}, offers: catalogue, ways }, { today, rehearsal })
}
const codes = (plan: Plan) => [
  ...new Set(plan.findings.map((finding) => `${finding.severity} ${finding.code}`)),
]

const stories = [
  { example: 'clermont-2024', today: '2024-09-15', rehearsal: false },
  { example: 'clermont-2025', today: '2025-09-15', rehearsal: false },
  { example: 'reference', today: '2027-01-15', rehearsal: false },
  { example: 'rehearsal', today: '2026-10-01', rehearsal: true },
  { example: 'adopted', today: '2027-01-15', rehearsal: false },
]

describe.each(stories)('the plan of examples/$example.yaml', ({ example, today, rehearsal }) => {
  const plan = planOf(example, today, rehearsal)

  test('reads as it did', async () => {
    const text = planText(plan)
    await expect(text).toMatchFileSnapshot(`plan/${example}.txt`)
    expect(text.split('\n').filter((line) => textWidth(line) > 100)).toEqual([])
  })

  test('is the same to programs as it was', async () => {
    await expect(`${JSON.stringify(planJson(plan), null, 2)}\n`).toMatchFileSnapshot(`plan/${example}.json`)
  })

  test('is the same when made again', () => {
    expect(planJson(planOf(example, today, rehearsal))).toEqual(planJson(plan))
  })

  test('shows no DUID', () => {
    const shown = planText(plan) + JSON.stringify(planJson(plan)) + JSON.stringify(plan)
    expect(plan.servers.some((planned) => planned.server.ipv6?.duid)).toBe(plan.servers.length > 0)
    for (const planned of plan.servers)
      expect(shown).not.toContain(planned.server.ipv6?.duid?.reveal() ?? 'none')
  })
})

describe('the course of 2024', () => {
  const json = planJson(planOf('clermont-2024', '2024-09-15'))

  test('asks, for a group of 17, for what its teacher counted', () => {
    expect(json.demand.largest_group).toMatchObject({
      students: 17,
      instances: 34,
      vcpus: 34,
      ram_gib: 34,
      disk_gib: 170,
      addresses: 34,
    })
    expect(json.demand.all).toMatchObject({
      students: 44,
      instances: 88,
      vcpus: 88,
      ram_gib: 88,
      disk_gib: 440,
      addresses: 88,
    })
  })

  test('costs 219.99, and 149.99 a year later without the mistake and the lab', () => {
    expect(json.cost).toMatchObject({ currency: 'EUR', total: 219.99, per_student: 5 })
    const later = planJson(planOf('clermont-2025', '2025-09-15'))
    expect(later.cost).toMatchObject({ currency: 'EUR', total: 149.99, per_student: 3.41 })
    const without = json.cost.lines.filter((line) => !/^(hdd|lab)/.test(line.what))
    expect(without.map((line) => line.amount)).toEqual(later.cost.lines.map((line) => line.amount))
  })

  test('has the troubles that its teacher had', () => {
    expect(codes(planOf('clermont-2024', '2024-09-15')).toSorted()).toEqual([
      'error documentation-prefix',
      'error memory-short',
      'error slaac-needs-64',
      'error unroutable-prefix',
      'error uplink-in-bridge',
      'error volume-on-local-disk',
      'info slaac-switch',
      'warning gateway-anycast',
      'warning group-split',
      'warning rotational-disk',
    ])
  })

  test('is over today', () => {
    expect(codes(planOf('clermont-2024', '2025-01-01'))).toContain('error course-over')
    expect(codes(planOf('clermont-2024', '2024-12-31'))).not.toContain('error course-over')
  })

  test('would have been worse on the servers of the first try', () => {
    const first = planOf('clermont-2024', '2024-09-15')
    const hdd = first.course.servers.map((server) =>
      server.role === 'cloud'
        ? { ...server, disks: [{ kind: 'hdd' as const, sizeGiB: 931, count: 1 }] }
        : server,
    )
    const plan = makePlan({ ...first.course, servers: hdd }, { hosts: {}, offers: [] }, first.policy)
    expect(
      plan.findings
        .filter((finding) => finding.code === 'rotational-disk')
        .map((finding) => finding.severity),
    ).toEqual(['error', 'error', 'warning', 'warning'])
  })
})

describe('the rehearsal', () => {
  test('has no finding, in a rehearsal or planned as it stands', () => {
    expect(planOf('rehearsal', '2026-10-01', true).findings).toEqual([])
    expect(planOf('rehearsal', '2026-10-01').findings).toEqual([])
  })

  test('leaves 2 GiB of a machine of 8 to the machine', () => {
    const [os1] = planOf('rehearsal', '2026-10-01', true).servers
    expect(os1?.capacity?.memory.totalMiB).toBeLessThanOrEqual(6 * 1024)
    expect(os1?.capacity?.cores).toBe(2)
  })
})

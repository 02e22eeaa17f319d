import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Money } from '../../core/money.ts'
import { shares, usageCsv, usedBy, usedNothing } from './share.ts'

const seat = (name: string, ramGiBHours: number) => ({
  cloud: 'os1',
  group: 'g1',
  seat: name,
  ...usedNothing,
  ramGiBHours,
})

it('a project that comes in parts is one', () => {
  const part = (hours: number) => ({
    tenant_id: 'p',
    total_hours: hours,
    total_vcpus_usage: 2 * hours,
    total_memory_mb_usage: 512 * hours,
    total_local_gb_usage: 5 * hours,
  })
  const others = { ...part(9), tenant_id: 'q' }
  expect(usedBy('p', [part(1), others, part(3)])).toEqual({
    hours: 4,
    vcpuHours: 8,
    ramGiBHours: 2,
    diskGiBHours: 20,
  })
  expect(usedBy(undefined, [part(1)])).toEqual(usedNothing)
})

it('shares follow memory-hours and add up to the cost, to the cent', () => {
  const euros = fc.integer({ min: 0, max: 1_000_000 })
  const used = fc.array(fc.double({ min: 0, max: 5_000, noNaN: true }), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(euros, used, (cents, hours) => {
      fc.pre(hours.some((one) => one > 0.001))
      const cost = Money.cents(cents, 'EUR')
      const all = shares(
        cost,
        hours.map((one, i) => seat(`s${i}`, one)),
      )
      expect(all.reduce((sum, one) => sum + one.cost.cents, 0)).toBe(cents)
      const whole = hours.reduce((sum, one) => sum + one, 0)
      for (const one of all)
        expect(Math.abs(one.cost.cents - (cents * one.ramGiBHours) / whole)).toBeLessThanOrEqual(1)
    }),
  )
})

it('nobody pays for what nobody used', () => {
  const all = shares(Money.of(100, 'EUR'), [seat('ada', 0), seat('grace', 0)])
  expect(all.map(({ cost }) => cost.cents)).toEqual([0, 0])
})

it('the CSV has a line a seat, which a spreadsheet reads', () => {
  const [share] = shares(Money.of(12.5, 'EUR'), [seat('ada', 3)])
  expect(usageCsv([share!])).toBe(
    'cloud,group,seat,instance_hours,vcpu_hours,ram_gib_hours,disk_gib_hours,cost,currency\r\n' +
      'os1,g1,ada,0.00,0.00,3.00,0.00,12.50,EUR\r\n',
  )
})

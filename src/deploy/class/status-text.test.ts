import { expect, it } from 'vitest'
import type { InstanceRow, SeatRow } from './status-row.ts'
import { statusText } from './status-text.ts'

const now = Date.parse('2027-02-08T09:00:00Z')
const instance = (change: Partial<InstanceRow> = {}): InstanceRow => ({
  id: 'i',
  name: 'vm1',
  state: 'ACTIVE',
  starter: true,
  image: 'tiny',
  flavor: 'course.small',
  addresses: ['2001:db8::1'],
  since: '2027-02-08T08:20:00Z',
  changed: null,
  reachable: 'yes',
  ...change,
})
const seat = (change: Partial<SeatRow> = {}): SeatRow => ({
  cloud: 'os1',
  group: 'g1',
  seat: 'ada',
  students: [{ login: 'ada', open: true }],
  enrolled: true,
  frozen: false,
  kept: null,
  instances: [],
  networks: [],
  routers: [],
  volumes: [],
  ...change,
})

it('says for each seat what it has, whether it is reachable, and since when; and counts them', () => {
  const rows = [
    seat({
      instances: [instance(), instance({ name: 'web', state: 'SHUTOFF', reachable: null, since: null })],
      networks: ['mine'],
    }),
    seat({ seat: 'grace', students: [{ login: 'grace', open: false }], kept: '2027-03-01' }),
    seat({ seat: 'red', frozen: true, instances: [instance({ reachable: 'no' })] }),
    seat({ seat: 'edsger', enrolled: false, students: [] }),
  ]
  expect(statusText(rows, now).split('\n')).toEqual([
    '  g1  ada     open          vm1           ACTIVE   reachable      2001:db8::1  tiny  for 40 min; networks mine',
    '                            web           SHUTOFF                 2001:db8::1  tiny',
    '  g1  grace   closed        no instances                                             kept until 2027-03-01',
    '  g1  red     in an exam    vm1           ACTIVE   NOT REACHABLE  2001:db8::1  tiny  for 40 min',
    '  g1  edsger  NOT ENROLLED',
    '4 seats, 3 instances, 2 active, 1 reachable',
  ])
})

it('names the cloud where there are several', () => {
  const text = statusText([seat(), seat({ cloud: 'os2', seat: 'grace' })], now)
  expect(text).toContain('  os2  g1  grace')
})

import { expect, it } from 'vitest'
import { readLeaseNote } from './lease-note.ts'

it('tells how long a lease still lasts, from when it came', () => {
  expect(readLeaseNote('dhcpcd eno1 2001:db8:17::/56 120 180 1000\n', 1050)).toEqual({
    client: 'dhcpcd',
    link: 'eno1',
    prefix: '2001:db8:17::/56',
    preferredSeconds: 70,
    validSeconds: 130,
  })
})

it.each([
  ['that ended', 'dhclient eno1 2001:db8:17::/56 120 180 1000', 1180],
  ['cut short', 'dhclient eno1 2001:db8:17::/56 120', 1000],
  ['of an unknown client', 'other eno1 2001:db8:17::/56 120 180 1000', 1000],
  ['without numbers', 'dhcpcd eno1 2001:db8:17::/56 x y z', 1000],
  ['that is empty', '', 1000],
])('is nothing where there is a note %s', (_, line, uptime) => {
  expect(readLeaseNote(line, uptime)).toBeUndefined()
})

it('knows leases without end', () => {
  expect(readLeaseNote('dhclient eno1 2001:db8:17::/56 4294967295 4294967295 10', 99_999)).toMatchObject({
    preferredSeconds: null,
    validSeconds: null,
  })
})

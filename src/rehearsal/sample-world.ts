// Decides the two-server world that this room's tests look at: one server with a delegated block, one with a routed one.
// Leaves worlds of other shapes to the tests that need them.
import { Prefix } from '../core/prefix.ts'
import { Secret } from '../core/secret.ts'
import { type RehearsalWorld, rehearsalWorld, type WorldInput } from './world.ts'

export const sampleDuid = '00:03:00:01:de:ad:be:ef:00:11'

export const sampleInput: WorldInput = {
  name: 'course',
  directories: { state: '/var/lib/x/course/rehearsal', cache: '/var/cache/x' },
  identityFile: '/var/lib/x/course/id',
  servers: [
    {
      name: 'os1',
      mac: '02:00:00:00:00:01',
      delivery: { kind: 'dhcpv6-pd', block: Prefix.of('2001:2:0:1000::/56'), duid: new Secret(sampleDuid) },
    },
    {
      name: 'os2',
      mac: '02:00:00:00:00:02',
      delivery: { kind: 'routed', block: Prefix.of('2001:2:0:2000::/56'), gateway: 'ra' },
    },
  ],
}

export function worldOf(input: WorldInput = sampleInput): RehearsalWorld {
  const made = rehearsalWorld(input)
  if (!made.ok) throw new Error(made.faults.map(({ title }) => title).join('; '))
  return made.value
}

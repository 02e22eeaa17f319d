// Decides how bateau gets into an instance of the class: from where, as whom, with which key, by which host key.
// Leaves what is done there to exec and ssh.
import { existsSync } from 'node:fs'
import { addressesOf } from '../../classroom/day/settle.ts'
import { guestUser } from '../../classroom/day/guest.ts'
import { isStarter } from '../../classroom/day/tags.ts'
import { privateKeyPath } from '../../classroom/handout.ts'
import type { Seat } from '../../classroom/seats.ts'
import type { Server } from '../../cloud/compute.ts'
import type { SshTarget } from '../../host/ssh.ts'
import type { Ground } from '../ground.ts'
import { instanceKeys } from '../instance-keys.ts'
import type { World } from '../world.ts'
import { classKeyPath } from './class-key.ts'
import type { DayCloud } from './day.ts'

/** The way in, or why there is none. */
export function wayInto(
  { input }: Pick<DayCloud, 'input'>,
  world: World,
  ground: Ground,
  seat: Seat,
  server: Server,
  user: string | null,
): SshTarget | string {
  const [address] = addressesOf(server)
  if (server.status !== 'ACTIVE') return `it is ${server.status}`
  if (address === undefined) return 'it has no address'
  const starter = isStarter(input.course, server)
  const keys = [
    ...(starter ? [classKeyPath(world)] : []),
    ...seat.members.filter(({ sshKey }) => sshKey === null).map(({ login }) => privateKeyPath(input, login)),
  ]
  const identityFile = keys.find((path) => existsSync(path))
  if (identityFile === undefined)
    return starter
      ? 'the key that it was started with is not on this machine'
      : 'its student brought a key, whose private half is theirs alone'
  return {
    name: `${server.name}.${seat.name}`,
    address: String(address),
    user: user ?? guestUser(server),
    port: 22,
    identityFile,
    knownHostsFile: instanceKeys(world),
    trustFirst: true,
    stranger: true,
    ...(ground.outsidePrefix.length > 0 ? { via: ground.outsidePrefix, bare: true } : {}),
  }
}

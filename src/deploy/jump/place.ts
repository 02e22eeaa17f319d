// Decides which server is the jump host, what students type for it, and the account that bateau has there.
// Leaves what is put on it to jump/.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Shell } from '../../core/shell.ts'
import type { Jump } from '../../course/class.ts'
import type { Course, Server } from '../../course/course.ts'
import type { JumpWay } from '../../host/jump-way.ts'
import { makeKeyPair, publicKeyAt } from '../../host/key-pair.ts'
import { probeAccount } from '../../jump/input.ts'
import type { Ground } from '../ground.ts'
import type { World } from '../world.ts'

export type JumpPlace = { jump: Jump; server: Server }

/** Null: the course has none. */
export function jumpPlace({ jump, servers }: Course): JumpPlace | null {
  const server = servers.find(({ name }) => name === jump?.server)
  return jump === null || server === undefined ? null : { jump, server }
}

/** What students type for the jump host: null without one, or where nothing says where it is. */
export function jumpHostOf(course: Course, ground: Ground | null): string | null {
  const place = jumpPlace(course)
  if (place === null) return null
  return ground === null ? (place.jump.host ?? place.server.address) : jumpAddress(place, ground, true)
}

/** In a rehearsal the names of the course file lead nowhere: it is the container's address there. */
export function jumpAddress({ jump, server }: JumpPlace, ground: Ground, rehearsal: boolean): string {
  if (rehearsal) return ground.reach.target(server.name).address
  return jump.host ?? server.address ?? server.name
}

const dirOf = (world: World) => join(world.dir, 'jump')

/** File with the key of the jump host, under all names that are typed for it; pinned when it is confirmed. Null: the course has none. */
export const jumpKeysOf = ({ jump }: Pick<Course, 'jump'>, world: World): string | null =>
  jump === null ? null : join(dirOf(world), 'known_hosts')

/** bateau's own way through, over IPv4 unless the address is one of IPv6. */
export function probeWay(place: JumpPlace, ground: Ground, world: World, rehearsal: boolean): JumpWay {
  const address = jumpAddress(place, ground, rehearsal)
  return {
    address,
    port: place.jump.port,
    user: probeAccount,
    identityFile: join(dirOf(world), 'id_ed25519'),
    knownHosts: join(dirOf(world), 'known_hosts'),
    ipv4: !address.includes(':'),
  }
}

/** The public key of that account, made when it is not there. Throws Trouble `no-key`. */
export async function probeKey(world: World, machine: Shell): Promise<string> {
  const path = join(dirOf(world), 'id_ed25519')
  const there = existsSync(path) ? await publicKeyAt(path) : undefined
  if (there !== undefined) return there
  return makeKeyPair(machine, path, `${probeAccount}@${world.name}`, 'the jump host')
}

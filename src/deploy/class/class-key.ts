// Decides where bateau's own key for starter instances is on this machine, and makes it once.
// Leaves putting its public half into instances to classroom/day/guest.
import { join } from 'node:path'
import type { Shell } from '../../core/shell.ts'
import { makeKeyPair, publicKeyAt } from '../../host/key-pair.ts'
import type { World } from '../world.ts'

/** Private half. It opens every starter instance of the course, so that exec and ssh need no student's key. */
export const classKeyPath = (world: Pick<World, 'dir'>): string => join(world.dir, 'class-key', 'id_ed25519')

/** The public key line; made where there is none. Throws Trouble `no-key`. */
export async function classKey(world: Pick<World, 'dir' | 'name'>, shell: Shell): Promise<string> {
  const path = classKeyPath(world)
  return (await publicKeyAt(path)) ?? makeKeyPair(shell, path, `bateau@${world.name}`)
}

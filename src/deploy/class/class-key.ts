// Decides where bateau's own key for starter instances is on this machine, and makes it once.
// Leaves putting its public half into instances to classroom/day/guest.
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Trouble } from '../../core/fault.ts'
import type { Shell } from '../../core/shell.ts'
import type { World } from '../world.ts'

/** Private half. It opens every starter instance of the course, so that exec and ssh need no student's key. */
export const classKeyPath = (world: Pick<World, 'dir'>): string => join(world.dir, 'class-key', 'id_ed25519')

/** The public key line; made where there is none. Throws Trouble `no-key`. */
export async function classKey(world: Pick<World, 'dir' | 'name'>, shell: Shell): Promise<string> {
  const path = classKeyPath(world)
  const known = await readFile(`${path}.pub`, 'utf8').catch(() => undefined)
  if (known !== undefined) return known.trim()
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}`
  await Promise.all([draft, `${draft}.pub`].map((one) => rm(one, { force: true })))
  const comment = `bateau@${world.name}`
  const ran = await shell.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', draft], {
    timeout: 30_000,
  })
  if (ran.code !== 0)
    throw new Trouble({
      code: 'no-key',
      title: `no key pair could be made for ${comment}`,
      why: ran.stderr.trim() || `ssh-keygen exited with ${ran.code}`,
      fix: `apt-get install openssh-client, and see that ${dirname(path)} can be written`,
    })
  // The public half last: where it is, the private one is too.
  await rename(draft, path)
  await rename(`${draft}.pub`, `${path}.pub`)
  return (await readFile(`${path}.pub`, 'utf8')).trim()
}

// Decides where the logs of a failure are put on this machine, and that no secret of the course is in them.
// Leaves fetching them to host/evidence.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { redact, type Secret } from '../core/secret.ts'
import type { Keep } from '../host/evidence.ts'
import type { World } from './world.ts'

/** `evidence/HOST/NAME` in the world's directory, for the user alone; a newer failure takes the place of an older one. */
export function evidenceIn(world: Pick<World, 'dir'>, known: () => Iterable<Secret>): Keep {
  return (host, name, text) => {
    const dir = join(world.dir, 'evidence', host)
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    const path = join(dir, name)
    writeFileSync(`${path}.new`, redact(text, known()), { mode: 0o600 })
    renameSync(`${path}.new`, path)
    return path
  }
}

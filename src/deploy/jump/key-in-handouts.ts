// Decides that every hand-out on this machine has the key of the jump host as soon as that is pinned.
// Leaves pinning it to confirm, and all else in a hand-out to classroom/, which writes it before there is a jump host.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Vault } from '../../core/secret.ts'
import { file } from '../../core/step.ts'
import type { Task } from '../../core/task.ts'
import { differing, installAll } from '../../classroom/handout.ts'
import { jumpKeysFile } from '../../classroom/page/commands.ts'

/** `students`: directory of the hand-outs. `jumpKeys`: what confirm pins. */
export function keyInHandoutsTask(
  { server, students, jumpKeys }: { server: string; students: string; jumpKeys: string },
  vault: Vault,
  after: readonly string[],
): Task {
  const due = (dirs: readonly string[]) => {
    const text = readFileSync(jumpKeys, 'utf8')
    return differing(
      dirs.map((dir) => file(join(dir, jumpKeysFile), text, '0600')),
      vault,
    )
  }
  return {
    id: `${server}/jump/handouts`,
    title: 'Jump host: its key in the hand-outs',
    because: 'so students’ SSH knows it from the first time on, and warns of any other',
    lane: 'local',
    after,
    async look() {
      const dirs = handoutsIn(students)
      if (dirs.length === 0) return { done: true, seen: 'there are none on this machine' }
      if (!existsSync(jumpKeys)) return { done: false, seen: 'its key is not known yet' }
      const differ = await due(dirs)
      return differ.length === 0
        ? { done: true, seen: 'in each' }
        : { done: false, seen: `not in ${differ.length} of them` }
    },
    async act() {
      for (const one of await due(handoutsIn(students))) await installAll(dirname(one.path), [one], vault)
    },
  }
}

/** Teachers of several clouds have a hand-out for each, in a directory of its own. */
function handoutsIn(students: string): string[] {
  const below = (dir: string) =>
    existsSync(dir)
      ? readdirSync(dir, { withFileTypes: true }).flatMap((one) =>
          one.isDirectory() ? [join(dir, one.name)] : [],
        )
      : []
  return below(students)
    .flatMap((dir) => [dir, ...below(dir)])
    .filter((dir) => existsSync(join(dir, 'ssh_config')))
}

// Decides how the jump host is taken away from its server: sessions, accounts, both units, the table, all files.
// Leaves the server, its firewall and the administrators' sshd as they are.
import type { Shell } from '../../core/shell.ts'
import type { Task } from '../../core/task.ts'
import { jumpPaths } from '../../jump/input.ts'
import { deed } from './deed.ts'

const left = `for f in ${jumpPaths.etc} ${jumpPaths.program}; do [ ! -e "$f" ] || echo "$f"; done`

export function removeTask(server: string, course: string, shell: Shell): Task {
  return {
    id: `${server}/jump/removed`,
    title: 'Jump host: taken away',
    because: 'the course has none any more',
    lane: `host:${server}`,
    after: [],
    async look() {
      const ran = await shell.run(['sh', '-c', left], { timeout: 20_000 })
      const there = ran.stdout.trim().split('\n').filter(Boolean)
      return there.length === 0 && ran.code === 0
        ? { done: true, seen: 'nothing left' }
        : { done: false, seen: `still there: ${there.join(', ')}` }
    },
    act: () => deed(shell, 'remove', course),
  }
}

// Decides what happens to the items of a bulk deed that failed: the others go on, and each is tried once more, alone.
// Leaves reporting each to the events of its task, and the exit code to the command.
import type { Task } from '../core/task.ts'
import type { RunSummary } from '../run/scheduler.ts'
import { type ExitCode, exits } from './face.ts'
import type { Session } from './session.ts'

/** `broken` when some are not done even so, which is said. */
export async function carryOut(
  run: Pick<Session, 'attempt' | 'emit'>,
  name: string,
  title: string,
  tasks: readonly Task[],
): Promise<ExitCode> {
  const first = await run.attempt(name, title, tasks)
  if (first.failed.length === 0) return exits.done
  const { failed, left } = await run.attempt(
    `${name}-again`,
    'What failed, once more, each alone',
    again(tasks, first),
  )
  if (failed.length === 0) return exits.done
  const titles = new Map(tasks.map((task) => [task.id, task.title]))
  const listed = (ids: readonly string[]) => ids.map((id) => titles.get(id) ?? id).join(', ')
  run.emit({
    type: 'note',
    text: `not done: ${listed(failed.map(({ id }) => id))}${left.length === 0 ? '' : `; waiting for those: ${listed(left)}`}. All others are done; run the same command again.`,
  })
  return exits.broken
}

function again(tasks: readonly Task[], { failed, left }: RunSummary): Task[] {
  const ids = new Set([...failed.map(({ id }) => id), ...left])
  return tasks
    .filter(({ id }) => ids.has(id))
    .map((task) => ({
      ...task,
      lane: `alone:${task.lane}`,
      after: task.after.filter((id) => ids.has(id)),
    }))
}

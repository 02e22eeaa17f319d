// Decides how tests carry out tasks without the engine room: in order of `after`, a few at a time, looking before and after.
// Leaves events, journal and locks to run/.
import { Trouble } from '../../../src/core/fault.ts'
import type { Progress, Task } from '../../../src/core/task.ts'

export type Carried = { kept: string[]; changed: string[]; failed: Map<string, Trouble> }

const progress: Progress = { line: () => {}, part: () => {}, signal: new AbortController().signal }

export async function carryOut(tasks: readonly Task[], atOnce = 4): Promise<Carried> {
  const carried: Carried = { kept: [], changed: [], failed: new Map() }
  const known = new Set(tasks.map(({ id }) => id))
  let waiting = [...tasks]
  while (waiting.length > 0) {
    const done = new Set([...carried.kept, ...carried.changed])
    const ready = waiting
      .filter(({ after }) => after.every((id) => done.has(id) || !known.has(id)))
      .slice(0, atOnce)
    if (ready.length === 0) break
    waiting = waiting.filter((task) => !ready.includes(task))
    await Promise.all(ready.map((task) => one(task, carried)))
  }
  return carried
}

async function one(task: Task, carried: Carried): Promise<void> {
  try {
    if ((await task.look()).done) return void carried.kept.push(task.id)
    await task.act(progress)
    const after = await task.look()
    if (!after.done) throw new Error(`${task.id} acted, and yet: ${after.seen}`)
    carried.changed.push(task.id)
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    carried.failed.set(task.id, error)
  }
}

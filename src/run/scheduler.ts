// Decides in which order tasks run, how many at a time, and when one is skipped, done, failed or stopped.
// Leaves what a task does to its maker, and the state of the world to the world: every task is looked at first.
import { type Fault, Trouble } from '../core/fault.ts'
import type { Emit } from './events.ts'
import type { Progress, Task } from '../core/task.ts'

export type Limits = {
  /** Tasks at a time in one lane (a host, a cloud). */
  perLane: (lane: string) => number
}

export type RunSummary = {
  kept: string[]
  changed: string[]
  failed: { id: string; fault: Fault }[]
  /** Not tried: something before them failed, or the run was stopped. */
  left: string[]
}

type State = 'waiting' | 'running' | 'done' | 'failed'

/**
 * Carries out tasks: each when everything in its `after` is done, lanes bounded, looked at before and after. A failed
 * task stops what leans on it, nothing else. On abort nothing new starts; running tasks get the signal and are awaited.
 * Throws RangeError for a task graph that cannot be carried out (unknown or circular `after`, doubled id): a bug.
 */
export async function runTasks(
  tasks: readonly Task[],
  emit: Emit,
  limits: Limits,
  signal: AbortSignal,
): Promise<RunSummary> {
  checkGraph(tasks)
  const state = new Map<string, State>(tasks.map((task) => [task.id, 'waiting']))
  const busy = new Map<string, number>()
  const summary: RunSummary = { kept: [], changed: [], failed: [], left: [] }

  const isReady = (task: Task) =>
    state.get(task.id) === 'waiting' &&
    task.after.every((id) => state.get(id) === 'done') &&
    (busy.get(task.lane) ?? 0) < Math.max(1, limits.perLane(task.lane))

  const start = async (task: Task) => {
    state.set(task.id, 'running')
    busy.set(task.lane, (busy.get(task.lane) ?? 0) + 1)
    const outcome = await carryOut(task, emit, signal)
    busy.set(task.lane, (busy.get(task.lane) ?? 1) - 1)
    state.set(task.id, outcome.fault || outcome.stopped ? 'failed' : 'done')
    if (outcome.fault) summary.failed.push({ id: task.id, fault: outcome.fault })
    else if (outcome.stopped) summary.left.push(task.id)
    else summary[outcome.changed ? 'changed' : 'kept'].push(task.id)
  }

  const running = new Set<Promise<void>>()
  for (;;) {
    for (const task of tasks) {
      if (signal.aborted || !isReady(task)) continue
      const promise: Promise<void> = start(task).finally(() => running.delete(promise))
      running.add(promise)
    }
    if (running.size === 0) break
    await Promise.race(running)
  }
  for (const task of tasks) if (state.get(task.id) === 'waiting') summary.left.push(task.id)
  return summary
}

async function carryOut(task: Task, emit: Emit, signal: AbortSignal) {
  const { id, title, lane } = task
  const began = Date.now()
  const seconds = () => (Date.now() - began) / 1000
  let acted = false
  try {
    const before = await task.look()
    if (before.done) {
      emit({ type: 'step.kept', id, title, lane, seen: before.seen })
      return { changed: false }
    }
    if (signal.aborted) return { changed: false, stopped: true }
    emit({ type: 'step.started', id, title, lane, because: task.because, seen: before.seen })
    acted = true
    await task.act(progressOf(task, emit, signal))
    const after = await task.look()
    if (!after.done) throw new Trouble(notSo(task, after.seen))
    emit({ type: 'step.done', id, title, lane, seconds: seconds() })
    return { changed: true }
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    if (signal.aborted) return { changed: acted, stopped: true }
    emit({ type: 'step.failed', id, title, lane, seconds: seconds(), fault: error.fault })
    return { changed: acted, fault: error.fault }
  }
}

function progressOf({ id, title, lane }: Task, emit: Emit, signal: AbortSignal): Progress {
  return {
    line: (line) => emit({ type: 'step.line', id, title, lane, line }),
    part: (done, total) => emit({ type: 'step.part', id, title, lane, done, total }),
    signal,
  }
}

function notSo(task: Task, seen: string): Fault {
  return {
    code: 'step-without-effect',
    title: `${task.title}: carried out, but the world is not as it should be`,
    why: seen,
    fix: 'run the same command again; it looks at the world first and repeats only this step',
  }
}

function checkGraph(tasks: readonly Task[]): void {
  const known = new Set<string>()
  for (const task of tasks) {
    if (known.has(task.id)) throw new RangeError(`two tasks are called ${task.id}`)
    known.add(task.id)
  }
  const done = new Set<string>()
  let rest = [...tasks]
  while (rest.length > 0) {
    const next = rest.filter((task) => !task.after.every((id) => done.has(id)))
    if (next.length === rest.length) {
      const stuck = next[0]
      throw new RangeError(
        `${stuck?.id} waits for ${stuck?.after.filter((id) => !done.has(id)).join(', ')}, which never comes`,
      )
    }
    for (const task of rest) if (!next.includes(task)) done.add(task.id)
    rest = next
  }
}

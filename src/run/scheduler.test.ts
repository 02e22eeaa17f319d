import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Fault, Trouble } from '../core/fault.ts'
import type { Task } from '../core/task.ts'
import type { EventBody } from './events.ts'
import { runTasks } from './scheduler.ts'

const fault: Fault = { code: 'made-up', title: 'made up', why: 'a test', fix: 'none' }
const limits = (n: number) => ({ perLane: () => n })

/** A world of named facts; a task is done when its fact is there. */
function world(names: readonly string[], after: (i: number) => number[] = () => []) {
  const facts = new Set<string>()
  const acts: string[] = []
  const tasks: Task[] = names.map((id, i) => ({
    id,
    title: id,
    because: 'a test',
    lane: `lane${i % 3}`,
    after: after(i).map((j) => names[j] ?? ''),
    look: async () => ({ done: facts.has(id), seen: facts.has(id) ? 'there' : 'missing' }),
    act: async () => {
      for (const other of after(i)) expect(facts).toContain(names[other])
      acts.push(id)
      facts.add(id)
    },
  }))
  return { facts, acts, tasks }
}

const run = (
  tasks: readonly Task[],
  events: EventBody[] = [],
  n = 2,
  signal = new AbortController().signal,
) => runTasks(tasks, (event) => events.push(event), limits(n), signal)

describe('a run', () => {
  it('does what is missing, in order, and keeps what is there', async () => {
    const { facts, acts, tasks } = world(['a', 'b', 'c'], (i) => (i > 0 ? [i - 1] : []))
    facts.add('a')
    const summary = await run(tasks)
    expect(acts).toEqual(['b', 'c'])
    expect(summary).toEqual({ kept: ['a'], changed: ['b', 'c'], failed: [], left: [] })
  })

  it('carried out twice changes nothing the second time', async () => {
    const { acts, tasks } = world(['a', 'b', 'c'])
    await run(tasks)
    const again = await run(tasks)
    expect(again.changed).toEqual([])
    expect(acts).toHaveLength(3)
  })

  it('a failure stops what leans on it and nothing else', async () => {
    const { tasks, acts } = world(['a', 'b', 'c'], (i) => (i === 1 ? [0] : []))
    const failing = tasks.map((t) =>
      t.id === 'a' ? { ...t, act: () => Promise.reject(new Trouble(fault)) } : t,
    )
    const summary = await run(failing)
    expect(acts).toEqual(['c'])
    expect(summary.failed).toEqual([{ id: 'a', fault }])
    expect(summary.left).toEqual(['b'])
  })

  it('a task that acts without effect has failed', async () => {
    const { tasks } = world(['a'])
    const summary = await run(tasks.map((t) => ({ ...t, act: () => Promise.resolve() })))
    expect(summary.failed[0]?.fault.code).toBe('step-without-effect')
  })

  it('a bug in a task is thrown, not reported as trouble', async () => {
    const { tasks } = world(['a'])
    await expect(
      run(tasks.map((t) => ({ ...t, act: () => Promise.reject(new TypeError('bug')) }))),
    ).rejects.toThrow('bug')
  })

  it('never has more in a lane than its limit', async () => {
    let now = 0
    let most = 0
    const { tasks } = world(Array.from({ length: 9 }, (_, i) => `t${i}`))
    const slow = tasks.map((t) => ({
      ...t,
      lane: 'one',
      act: async (p: Parameters<Task['act']>[0]) => {
        most = Math.max(most, ++now)
        await new Promise((next) => setImmediate(next))
        await t.act(p)
        now--
      },
    }))
    await run(slow, [], 2)
    expect(most).toBe(2)
  })

  it('after an abort starts nothing new and says what is left', async () => {
    const { tasks, acts } = world(['a', 'b', 'c'], (i) => (i > 0 ? [i - 1] : []))
    const stop = new AbortController()
    const cutting = tasks.map((t) => ({
      ...t,
      act: (p: Parameters<Task['act']>[0]) => t.act(p).then(() => stop.abort()),
    }))
    const summary = await run(cutting, [], 2, stop.signal)
    expect(acts).toEqual(['a'])
    expect(summary.changed).toEqual(['a'])
    expect(summary.left).toEqual(['b', 'c'])
  })
})

it('any cut of any run, carried on, ends in the state of an uncut run and repeats no step', async () => {
  const graph = fc.array(fc.array(fc.nat({ max: 20 }), { maxLength: 3 }), { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(graph, fc.array(fc.nat({ max: 12 }), { maxLength: 4 }), async (edges, cuts) => {
      const names = edges.map((_, i) => `t${i}`)
      const { tasks, acts, facts } = world(names, (i) => [...new Set((edges[i] ?? []).filter((j) => j < i))])
      for (const cut of cuts) {
        const stop = new AbortController()
        let steps = 0
        const counted = tasks.map((t) => ({
          ...t,
          act: async (p: Parameters<Task['act']>[0]) => {
            if (steps++ >= cut) stop.abort()
            if (stop.signal.aborted) throw new Trouble(fault)
            await t.act(p)
          },
        }))
        await run(counted, [], 1, stop.signal)
      }
      const summary = await run(tasks)
      expect(summary.left).toEqual([])
      expect([...facts].toSorted()).toEqual(names.toSorted())
      expect(acts.toSorted()).toEqual(names.toSorted())
    }),
  )
})

it('a graph that cannot be carried out is refused before anything runs', async () => {
  const { tasks } = world(['a', 'b'], (i) => [1 - i])
  await expect(run(tasks)).rejects.toThrow(/never comes/)
  const double = world(['a', 'a']).tasks
  await expect(run(double)).rejects.toThrow(/two tasks/)
})

// The pace against simulated services: that it finds the knee, backs off, and shares the room fairly.
import { describe, expect, it } from 'vitest'
import { firstWindow, Gate, paced, type Window } from './pace.ts'

/**
 * A service with so many workers, each call taking `work` ms of one: calls wait for a worker in order. Gives the window
 * after `calls` of them, with as many under way as it allows.
 */
function simulate(
  workers: number,
  work: number,
  calls: number,
  overrun: (call: number) => boolean = () => false,
) {
  let window: Window = firstWindow
  const free = Array.from({ length: workers }, () => 0)
  let flying: { begun: number; ended: number; overrun: boolean }[] = []
  const limits: number[] = []
  let now = 0
  for (let call = 0; call < calls;) {
    while (flying.length < Math.floor(window.limit) && call < calls) {
      const worker = free.indexOf(Math.min(...free))
      const refused = overrun(call++)
      const ended = refused ? now + 1 : Math.max(now, free[worker] ?? 0) + work
      if (!refused) free[worker] = ended
      flying.push({ begun: now, ended, overrun: refused })
    }
    flying.sort((a, b) => a.ended - b.ended)
    const [first, ...rest] = flying
    if (!first) break
    flying = rest
    now = first.ended
    window = paced(window, { kind: 'create network', ...first })
    limits.push(window.limit)
  }
  return { window, limits, highest: Math.max(...limits), lowest: Math.min(...limits) }
}

describe('the pace of a service', () => {
  it('stays near four where one worker does all, and rises with the workers, never past sixteen', () => {
    expect(simulate(1, 400, 300).highest).toBeLessThan(7)
    const two = simulate(2, 400, 300)
    expect(two.highest).toBeGreaterThanOrEqual(6)
    expect(two.highest).toBeLessThan(12)
    expect(simulate(64, 400, 2000).highest).toBe(16)
  })

  it('is not slowed by short calls that wait behind long ones', () => {
    // Two workers, eight calls under way: each waits for three others, whatever it takes itself.
    let window: Window = firstWindow
    const sample = (kind: string, begun: number, took: number) => {
      window = paced(window, { kind, begun, ended: begun + took, overrun: false })
    }
    sample('create router', 0, 400)
    sample('set quotas', 0, 20)
    for (let i = 1; i < 300; i++) {
      sample('create router', i * 1000, 3 * 210 + 400)
      sample('set quotas', i * 1000, 3 * 210 + 20)
    }
    expect(window.limit).toBeGreaterThan(4)
  })

  it('is halved by a refusal, once for all calls that were under way, and never below two', () => {
    const burst = simulate(8, 100, 60, (call) => call >= 40 && call < 44)
    const before = burst.limits[39] ?? 0
    expect(burst.lowest).toBeGreaterThanOrEqual(2)
    expect(Math.min(...burst.limits.slice(39))).toBeGreaterThan(before / 4)
    expect(simulate(1, 100, 200, () => true).window.limit).toBe(2)
  })

  it('comes back after a bad time', () => {
    const { limits } = simulate(8, 100, 400, (call) => call < 50)
    expect(limits.at(-1)).toBeGreaterThan(6)
  })

  it('is halved when answers come ten times later than they did', () => {
    let window = firstWindow
    for (let i = 0; i < 20; i++)
      window = paced(window, { kind: 'create network', begun: i * 100, ended: i * 100 + 100, overrun: false })
    const grown = window.limit
    for (let i = 20; i < 40; i++)
      window = paced(window, {
        kind: 'create network',
        begun: i * 1000,
        ended: i * 1000 + 4000,
        overrun: false,
      })
    expect(grown).toBeGreaterThan(6)
    expect(window.limit).toBeLessThan(grown)
  })

  it('compares a call with its own kind only', () => {
    let window = firstWindow
    for (let i = 0; i < 40; i++)
      window = paced(window, {
        kind: i % 2 ? 'list projects' : 'plug a',
        begun: i * 3000,
        ended: i * 3000 + (i % 2 ? 30 : 2000),
        overrun: false,
      })
    expect(window.limit).toBeGreaterThan(6)
  })
})

describe('the gate', () => {
  it('lets as many through as the window allows, in the order in which they came', async () => {
    const gate = new Gate(() => 0)
    let busy = 0
    let worst = 0
    const order: number[] = []
    const call = async (i: number) => {
      order.push(i)
      worst = Math.max(worst, ++busy)
      await Promise.resolve()
      busy--
    }
    await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        gate.through(
          'k',
          () => call(i),
          () => null,
        ),
      ),
    )
    expect(worst).toBe(4)
    expect(order).toEqual(Array.from({ length: 30 }, (_, i) => i))
  })

  it('gives its place back when a call throws', async () => {
    const gate = new Gate(() => 0)
    const failing = Array.from({ length: 10 }, () =>
      gate
        .through(
          'k',
          () => Promise.reject(new Error('no')),
          () => null,
        )
        .catch(() => 'failed'),
    )
    expect(new Set(await Promise.all(failing))).toEqual(new Set(['failed']))
    await expect(
      gate.through(
        'k',
        async () => 'well',
        () => null,
      ),
    ).resolves.toBe('well')
  })
})

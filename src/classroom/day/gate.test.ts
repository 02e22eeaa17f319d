import { expect, it } from 'vitest'
import { Gate } from './gate.ts'

const { signal } = new AbortController()

/** Work that ends when it is told to. */
function work() {
  const running = new Map<string, () => void>()
  const begun: string[] = []
  const start = (gate: Gate, name: string, alone = false) =>
    gate.through(
      () =>
        new Promise<void>((end) => {
          begun.push(name)
          running.set(name, end)
        }),
      signal,
      alone,
    )
  const end = async (name: string) => {
    running.get(name)?.()
    await new Promise((next) => setImmediate(next))
  }
  return { begun, start, end }
}

it('lets in as many as it says, and the next when one leaves', async () => {
  const { begun, start, end } = work()
  const gate = new Gate(2)
  const all = ['a', 'b', 'c'].map((name) => start(gate, name))
  expect(begun).toEqual(['a', 'b'])
  await end('b')
  expect(begun).toEqual(['a', 'b', 'c'])
  await end('a')
  await end('c')
  await Promise.all(all)
})

it('lets in nobody beside one that must be alone, nor while it waits', async () => {
  const { begun, start, end } = work()
  const gate = new Gate(3)
  const all = [start(gate, 'a'), start(gate, 'lone', true), start(gate, 'b')]
  expect(begun).toEqual(['a'])
  await end('a')
  expect(begun).toEqual(['a', 'lone'])
  await end('lone')
  expect(begun).toEqual(['a', 'lone', 'b'])
  await end('b')
  await Promise.all(all)
})

it('halves after a failure, never below one, and recovers by ones', () => {
  const gate = new Gate(4)
  gate.failed()
  expect(gate.limit).toBe(2)
  gate.failed()
  gate.failed()
  expect(gate.limit).toBe(1)
  for (let i = 0; i < 4; i++) gate.went()
  expect(gate.limit).toBe(2)
  for (let i = 0; i < 40; i++) gate.went()
  expect(gate.limit).toBe(4)
})

it('who waits when the run is stopped goes away without having begun', async () => {
  const { begun, start, end } = work()
  const gate = new Gate(1)
  const stop = new AbortController()
  const first = start(gate, 'a')
  const second = gate.through(async () => begun.push('never'), stop.signal)
  const refused = expect(second).rejects.toThrow()
  stop.abort()
  await end('a')
  await Promise.all([first, refused])
  expect(begun).toEqual(['a'])
})

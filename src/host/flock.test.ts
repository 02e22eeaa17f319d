import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { Trouble } from '../core/fault.ts'
import { leanShell } from './lean-spawn.ts'
import { localShell } from './spawn.ts'
import { whileHeld } from './flock.ts'

const top = mkdtempSync(join(tmpdir(), 'bateau-flock-'))
afterAll(() => rmSync(top, { recursive: true }))

it.each([
  ['the agent', leanShell('one')],
  ['bateau', localShell('one')],
])('a lock held by %s keeps everybody else out, and is free afterwards', async (_, shell) => {
  const lock = join(mkdtempSync(join(top, 'x-')), 'lock')
  const other = localShell('two')
  const seen = await whileHeld(shell, lock, async () => {
    expect(await whileHeld(other, lock, async () => 'mended')).toBeNull()
    return 'mended'
  })
  expect(seen).toEqual({ done: 'mended' })
  await expect.poll(() => whileHeld(other, lock, async () => 'mine')).toEqual({ done: 'mine' })
})

it('an error of the work frees the lock and comes through', async () => {
  const lock = join(top, 'lock')
  const shell = leanShell('one')
  const failing = whileHeld(shell, lock, () => Promise.reject(new RangeError('a bug')))
  await expect(failing).rejects.toThrow('a bug')
  await expect.poll(() => whileHeld(shell, lock, async () => true)).toEqual({ done: true })
})

it('a lock that cannot be taken is a fault', async () => {
  const failing = whileHeld(leanShell('one'), join(top, 'no/such/directory'), async () => true)
  await expect(failing).rejects.toBeInstanceOf(Trouble)
})

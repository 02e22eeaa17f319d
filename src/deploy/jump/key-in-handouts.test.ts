// The key of the jump host comes into hand-outs that were written before it was known, and is made right when it changed.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { keyInHandoutsTask } from './key-in-handouts.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bateau-jump-key-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const progress = { line: () => {}, part: () => {}, signal: new AbortController().signal }
const noSecrets = {
  get(name: string): never {
    throw new RangeError(name)
  },
}

it('comes into each hand-out once it is known, also of a teacher of several clouds, and nowhere else', async () => {
  const [students, jumpKeys] = [join(root, 'students'), join(root, 'known_hosts')]
  const task = keyInHandoutsTask({ server: 'gate', students, jumpKeys }, noSecrets, ['gate/jump/confirmed'])
  expect(await task.look()).toEqual({ done: true, seen: 'there are none on this machine' })

  const handouts = ['ada', 'prof/os1', 'prof/os2'].map((one) => join(students, one))
  const others = ['.proof/ada', 'gone'].map((one) => join(students, one))
  for (const dir of [...handouts, ...others]) mkdirSync(dir, { recursive: true })
  for (const dir of handouts) writeFileSync(join(dir, 'ssh_config'), '')
  expect(await task.look()).toMatchObject({ done: false })

  for (const key of ['AAAA', 'BBBB']) {
    const text = `[jump.example]:2222 ssh-ed25519 ${key}\n`
    writeFileSync(jumpKeys, text)
    expect(await task.look()).toEqual({ done: false, seen: 'not in 3 of them' })
    await task.act(progress)
    expect(await task.look()).toMatchObject({ done: true })
    for (const dir of handouts) {
      expect(readFileSync(join(dir, 'jump_known_hosts'), 'utf8')).toBe(text)
      expect(statSync(join(dir, 'jump_known_hosts')).mode & 0o777).toBe(0o600)
    }
    for (const dir of others) expect(() => statSync(join(dir, 'jump_known_hosts'))).toThrow('ENOENT')
  }
})

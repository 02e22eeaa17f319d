import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { lockOwner, type Owner, takeLock } from './lock.ts'

let dir = ''
let path = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bateau-lock-'))
  path = join(dir, 'lock')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))
const me = { host: 'here', command: 'up' }

it('is held by one writer and says who', () => {
  const first = takeLock(path, me)
  expect(first.ok).toBe(true)
  const second = takeLock(path, me)
  expect(second.ok).toBe(false)
  if (!second.ok) expect(second.faults[0]?.why).toContain(`process ${process.pid}`)
  if (first.ok) first.value.release()
  expect(existsSync(path)).toBe(false)
})

it('of a killed process is taken over', async () => {
  const child = spawn('sleep', ['60'])
  const started = startOf(child.pid)
  writeFileSync(path, JSON.stringify(owner({ pid: child.pid ?? 0, started })))
  expect(lockOwner(path, 'here')?.pid).toBe(child.pid)
  expect(takeLock(path, me).ok).toBe(false)
  child.kill('SIGKILL')
  await new Promise((gone) => child.on('exit', gone))
  expect(takeLock(path, me).ok).toBe(true)
})

it('of a process number that was given again is taken over', () => {
  writeFileSync(path, JSON.stringify(owner({ pid: process.pid, started: '1' })))
  expect(takeLock(path, me).ok).toBe(true)
})

it('of another machine counts while its heart beats', () => {
  writeFileSync(path, JSON.stringify(owner({ host: 'there', beat: new Date().toISOString() })))
  expect(takeLock(path, me).ok).toBe(false)
  writeFileSync(path, JSON.stringify(owner({ host: 'there', beat: '2020-01-01T00:00:00Z' })))
  expect(takeLock(path, me).ok).toBe(true)
})

it('that cannot be read is taken over', () => {
  writeFileSync(path, '{')
  expect(takeLock(path, me).ok).toBe(true)
})

const owner = (part: Partial<Owner>): Owner => ({
  pid: 1,
  started: '0',
  host: 'here',
  command: 'up',
  beat: '2026-01-01T00:00:00Z',
  ...part,
})

function startOf(pid: number | undefined): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

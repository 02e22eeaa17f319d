// Decides who may change a world: one writer at a time, named, with a heartbeat, taken over only when its owner is gone.
// Leaves what the writer does to its caller.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { bad, good, type Outcome } from '../core/fault.ts'

/** A heartbeat older than this, of a process that cannot be seen from here, is taken for dead. */
const staleSeconds = 60
const beatSeconds = 10

export type Owner = { pid: number; started: string; host: string; command: string; beat: string }
export type Lock = { release(): void }

/**
 * Takes the lock at `path` for this process. Fault code `locked`: another bateau is at work; it says who, since when.
 * An owner that was killed leaves its file behind; it is recognised by its pid and start time and replaced.
 */
export function takeLock(path: string, me: { host: string; command: string }): Outcome<Lock> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const mine = (): Owner => ({
    pid: process.pid,
    started: startTime(process.pid) ?? '',
    host: me.host,
    command: me.command,
    beat: new Date().toISOString(),
  })
  const draft = `${path}.${process.pid}`
  const write = () => writeFileSync(draft, JSON.stringify(mine()), { mode: 0o600 })
  for (let tries = 0; tries < 3; tries++) {
    write()
    try {
      linkSync(draft, path)
      rmSync(draft)
      return good(hold(path, mine))
    } catch {
      const owner = readOwner(path)
      if (owner && isAlive(owner, me.host)) {
        rmSync(draft, { force: true })
        return bad(locked(owner))
      }
      rmSync(path, { force: true })
    }
  }
  rmSync(draft, { force: true })
  return bad(locked(undefined))
}

/** Whether the process that was `pid` on this machine still is. */
export const isRunning = (pid: number, started: string): boolean =>
  started !== '' && startTime(pid) === started

/** Who holds the lock now, if its process lives. */
export function lockOwner(path: string, host: string): Owner | undefined {
  const owner = readOwner(path)
  return owner && isAlive(owner, host) ? owner : undefined
}

function hold(path: string, mine: () => Owner): Lock {
  const timer = setInterval(() => {
    try {
      writeFileSync(`${path}.beat`, JSON.stringify(mine()), { mode: 0o600 })
      renameSync(`${path}.beat`, path)
    } catch {
      // The directory went away under us (down removes the world): there is nothing left to guard.
    }
  }, beatSeconds * 1000)
  timer.unref()
  return {
    release() {
      clearInterval(timer)
      if (readOwner(path)?.pid === process.pid) rmSync(path, { force: true })
    },
  }
}

function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Owner
  } catch {
    return undefined
  }
}

function isAlive(owner: Owner, host: string): boolean {
  if (owner.host === host) return isRunning(owner.pid, owner.started)
  return Date.now() - Date.parse(owner.beat) < staleSeconds * 1000
}

/** Start time of a process in clock ticks since boot (proc(5), field 22 of stat): a pid alone may have been given again. */
export function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

function locked(owner: Owner | undefined) {
  return {
    code: 'locked',
    title: 'another bateau is at work on this course',
    why: owner
      ? `${owner.command} (process ${owner.pid} on ${owner.host}) holds the lock; last sign of life ${owner.beat}`
      : 'its lock changed hands while it was read',
    fix: 'wait for it, or stop it with Ctrl-C in its terminal; then run the same command again',
  }
}

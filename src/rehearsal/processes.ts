// Decides which processes of this machine belong to a world: those whose environment carries its mark.
// Leaves starting them to daemon.
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { Trouble } from '../core/fault.ts'
import type { RehearsalWorld } from './world.ts'

/** A process is its number and its start (clock ticks since boot, proc(5) stat field 22): numbers are given again. */
export type Process = { pid: number; start: string; name: string; part: string }

const worldKey = 'BATEAU_REHEARSAL'
const partKey = 'BATEAU_PART'

/** Variables for env(1); children inherit them, so whatever a daemon of ours starts is known too. */
export function markedEnv(world: RehearsalWorld, part: string): string[] {
  return [`${worldKey}=${world.mark}`, `${partKey}=${part}`]
}

/** Every living process of the world, or of one part of it. */
export async function processesOf(world: RehearsalWorld, part?: string): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(pids.map((pid) => inspect(pid)))
  return found.flatMap((one) =>
    one && one.mark === world.mark && (part === undefined || one.part === part)
      ? [{ pid: one.pid, start: one.start, name: one.name, part: one.part }]
      : [],
  )
}

/** Start time of a living process; null when there is none. A zombie is not living. */
export async function startOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (stat === null) return null
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? null : (fields[19] ?? null)
}

/** Milliseconds in which even a killed process must be gone. */
const lastWait = 20_000

/**
 * Asks processes to end (`asked`: those that see to the others; else all) and after `patience` milliseconds kills all.
 * Resolves when none is left; throws Trouble `rehearsal-process` when the kernel keeps one.
 */
export async function stopProcesses(
  all: readonly Process[],
  patience: number,
  asked: readonly Process[] = all,
): Promise<void> {
  const began = Date.now()
  for (const { pid } of await stillLiving(asked)) send(pid, 'SIGTERM')
  for (;;) {
    const living = await stillLiving(all)
    if (living.length === 0) return
    const waited = Date.now() - began
    if (waited > patience) for (const { pid } of living) send(pid, 'SIGKILL')
    if (waited > patience + lastWait) throw unkillable(living)
    await pause(50)
  }
}

function unkillable(living: readonly Process[]): Trouble {
  return new Trouble({
    code: 'rehearsal-process',
    title: `${living.length} processes of the rehearsal cannot be ended`,
    why: living.map(({ pid, name, part }) => `${pid} ${name} (${part}) does not react to SIGKILL`).join('\n'),
    fix: 'wait for the disk or device it waits for, then run the same command again; else reboot this machine',
  })
}

async function stillLiving(all: readonly Process[]): Promise<Process[]> {
  const starts = await Promise.all(all.map(({ pid }) => startOf(pid)))
  return all.filter(({ start }, i) => starts[i] === start)
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended between the look and the signal.
  }
}

async function inspect(pid: number) {
  const [environ, start, name] = await Promise.all([
    readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''),
    startOf(pid),
    readFile(`/proc/${pid}/comm`, 'utf8').catch(() => ''),
  ])
  const variables = new Map(
    environ.split('\0').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )
  const mark = variables.get(worldKey)
  return start === null || mark === undefined
    ? null
    : { pid, start, name: name.trim(), part: variables.get(partKey) ?? '', mark }
}

// Decides how the tests run bateau as a person does: the launcher, its own directories, its events read as they come.
// Leaves what must be true to the tests.
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { RunEvent } from '../../src/run/events.ts'

const launcher = resolve(import.meta.dirname, '../../bateau')

export type Ran = { code: number | null; signal: string | null; events: RunEvent[]; err: string }

/** A place where one test's worlds live: state and configuration are its own, the cache is shared. */
export class Berth {
  readonly dir = mkdtempSync('/var/tmp/bateau-voyage-')
  readonly env = {
    ...process.env,
    XDG_STATE_HOME: join(this.dir, 'state'),
    XDG_CONFIG_HOME: join(this.dir, 'config'),
  }

  /** Runs `bateau … --json`; `onEvent` may kill it, or stop it and let it go on. Kills are SIGKILL, as when a machine runs out of memory. */
  run(
    args: readonly string[],
    onEvent: (event: RunEvent, kill: (signal?: NodeJS.Signals) => void) => void = () => {},
  ): Promise<Ran> {
    // What follows `--` is another program's.
    const end = args.includes('--') ? args.indexOf('--') : args.length
    const words = [...args.slice(0, end), '--json', ...args.slice(end)]
    const child = spawn(launcher, words, { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] })
    const stop = () => child.kill('SIGKILL')
    process.once('exit', stop)
    const events: RunEvent[] = []
    let err = ''
    child.stderr.on('data', (data: Buffer) => (err += data.toString()))
    const lines = createInterface({ input: child.stdout })
    lines.on('line', (line) => {
      const event = JSON.parse(line) as RunEvent
      events.push(event)
      onEvent(event, (signal = 'SIGKILL') => child.kill(signal))
    })
    return new Promise((done) => {
      child.on('close', (code, signal) => {
        process.off('exit', stop)
        done({ code, signal, events, err })
      })
    })
  }

  /** Runs `bateau ssh NAME -- command`. */
  ssh(name: string, ...command: string[]): Promise<{ code: number | null; out: string; err: string }> {
    const child = spawn(launcher, ['ssh', name, '--', ...command], {
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (data: Buffer) => (out += data.toString()))
    child.stderr.on('data', (data: Buffer) => (err += data.toString()))
    return new Promise((done) => child.on('close', (code) => done({ code, out, err })))
  }

  /** A second teacher at the same course: what this one knows, and nothing that the two share but the servers. */
  second(): Berth {
    const other = new Berth()
    const servers = join(this.dir, 'state/bateau/rehearsal/rehearsal')
    cpSync(this.dir, other.dir, { recursive: true, filter: (path) => path !== servers })
    symlinkSync(servers, join(other.dir, 'state/bateau/rehearsal/rehearsal'))
    return other
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true })
  }
}

export const of = <T extends RunEvent['type']>(events: readonly RunEvent[], type: T) =>
  events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type)

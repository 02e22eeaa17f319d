// Decides how the agent starts and follows processes: with Node alone, so that watching a server costs little of it.
// Leaves every other part of bateau to spawn.ts, whose execa takes 20 MB more memory and 4 ms more of a core a process.
import { type ChildProcess, spawn } from 'node:child_process'
import { StringDecoder } from 'node:string_decoder'
import type { Ran, RunOptions, Shell } from '../core/shell.ts'
import { notFound, timedOut } from './exit-codes.ts'

/** Kept of one stream; what a command prints past this is followed by `onLine` but not returned. */
const keepCharacters = 2 * 1024 * 1024
/** From SIGTERM to SIGKILL. */
const graceMilliseconds = 2_000

/** Runs argv on this machine. Never rejects for what the command does: its code is the answer. */
export function leanRun(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<Ran> {
  const [program, ...rest] = argv
  return new Promise((resolve) => {
    const child = spawn(program, rest, {
      stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    const streams = { stdout: '', stderr: '' }
    let stopped = false
    let missing = false
    const stop = () => {
      stopped = true
      end(child)
    }
    const timer = options.timeout === undefined ? undefined : setTimeout(stop, options.timeout)
    options.signal?.addEventListener('abort', stop, { once: true })
    if (options.signal?.aborted) stop()
    for (const name of ['stdout', 'stderr'] as const) {
      const lines = options.onLine ? linesTo(options.onLine) : undefined
      const decoder = new StringDecoder('utf8')
      const take = (text: string) => {
        if (options.keep !== false && streams[name].length < keepCharacters) streams[name] += text
        lines?.more(text)
      }
      child[name]?.on('data', (chunk: Buffer) => take(decoder.write(chunk)))
      child[name]?.on('end', () => {
        take(decoder.end())
        lines?.end()
      })
    }
    // A command that ends without reading its input is no trouble of ours.
    child.stdin?.on('error', () => {})
    child.stdin?.end(options.stdin)
    child.on('error', (error: NodeJS.ErrnoException) => {
      missing = error.code === 'ENOENT'
      streams.stderr = missing ? `${program}: not found` : error.message
      if (child.pid === undefined) finish(missing ? notFound : 126)
    })
    child.on('close', (code) => finish(stopped ? timedOut : (code ?? 128)))
    const finish = (code: number) => {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', stop)
      resolve({ code, ...streams })
    }
  })
}

/** A Shell on this machine. */
export const leanShell = (name: string): Shell => ({ name, run: leanRun })

function end(child: ChildProcess): void {
  child.kill('SIGTERM')
  const last = setTimeout(() => child.kill('SIGKILL'), graceMilliseconds)
  child.on('close', () => clearTimeout(last))
}

function linesTo(onLine: (line: string) => void) {
  let rest = ''
  return {
    more(text: string) {
      const parts = (rest + text).split('\n')
      rest = parts.pop() ?? ''
      for (const line of parts) onLine(line)
    },
    end() {
      if (rest !== '') onLine(rest)
      rest = ''
    },
  }
}

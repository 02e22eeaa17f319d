// Decides how a process of this machine is started, fed, followed line by line and stopped. The only file that spawns, with lean-spawn.
// Leaves what to run, and where (a namespace, ssh), to its callers: they give a prefix of argv.
import { execa } from 'execa'
import type { Ran, RunOptions, Shell } from '../core/shell.ts'
import { notFound, timedOut } from './exit-codes.ts'

/** Kept of one stream in memory; what a command prints past this is followed by `onLine` but not returned. */
const keepBytes = 16 * 1024 * 1024

/** Runs argv on this machine. Never rejects for what the command does: its code is the answer. */
export async function spawnRun(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<Ran> {
  const [program, ...rest] = argv
  const child = execa(program, rest, {
    reject: false,
    all: true,
    stripFinalNewline: false,
    maxBuffer: keepBytes,
    forceKillAfterDelay: 2_000,
    ...(options.stdin === undefined ? { stdin: 'ignore' as const } : { input: options.stdin }),
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    ...(options.keep === false ? { buffer: false } : {}),
  })
  const follow = async () => {
    if (!options.onLine) return
    for await (const line of child.iterable({ from: 'all' })) options.onLine(line)
  }
  const [result] = await Promise.all([child, follow().catch(() => {})])
  const missing = result.code === 'ENOENT'
  const code = missing ? notFound : result.timedOut || result.isCanceled ? timedOut : (result.exitCode ?? 128)
  // Without `keep` execa gives undefined for both, whatever its types say.
  const { stdout = '', stderr = '' } = result as { stdout?: string; stderr?: string }
  return { code, stdout, stderr: missing ? `${program}: not found` : stderr }
}

/** A Shell on this machine; `prefix` puts its commands elsewhere, for example `['ip', 'netns', 'exec', NAME]`. */
export function localShell(name = 'this machine', prefix: readonly string[] = []): Shell {
  return {
    name,
    run: (argv, options) => spawnRun([...prefix, ...argv] as [string, ...string[]], options),
  }
}

/** Runs argv on this process's own streams and gives its exit code; signals of the terminal go to it. */
export async function foreground(argv: readonly string[]): Promise<number> {
  const [program = '', ...rest] = argv
  const ignore = () => {}
  process.on('SIGINT', ignore)
  try {
    const result = await execa(program, rest, { reject: false, stdio: 'inherit' })
    return result.code === 'ENOENT' ? notFound : (result.exitCode ?? 128)
  } finally {
    process.off('SIGINT', ignore)
  }
}

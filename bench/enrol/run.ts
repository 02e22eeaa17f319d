// Decides what every contestant is, and how one of its runs is measured: seconds, calls, the servers' own seconds.
// Leaves how they enrol to their files.
import { spawn } from 'node:child_process'
import { byKind, isWrite, type Relay } from './relay.ts'
import { between, serverSeconds, type Used } from './server-cpu.ts'

export type Student = { login: string; password: string; publicKey: string }

export type Contestant = {
  name: string
  /** As it was installed. */
  version: string
  /** Makes the class to be these students: what is there stays. */
  enrol(students: readonly Student[]): Promise<void>
  /** Takes `leaving` away with all they have; `staying` stay. */
  remove(leaving: readonly Student[], staying: readonly Student[]): Promise<void>
}

export type Measured = {
  seconds: number
  calls: number
  writes: number
  refused: number
  /** Those that took longest in all; seconds that they were under way. */
  kinds: readonly { kind: string; calls: number; seconds: number }[]
  /** CPU of the cloud's own processes. */
  server: Used
  /** Null: it went through. */
  failed: string | null
}

/** Shown of each step. */
const mostKinds = 12

export async function measure(relay: Relay, act: () => Promise<void>): Promise<Measured> {
  const from = relay.calls.length
  const [began, used] = [performance.now(), serverSeconds()]
  const failed = await act().then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  const calls = relay.calls.slice(from)
  return {
    seconds: (performance.now() - began) / 1_000,
    calls: calls.length,
    writes: calls.filter(isWrite).length,
    refused: calls.filter(({ status }) => status >= 400).length,
    kinds: byKind(calls).slice(0, mostKinds),
    server: between(used, serverSeconds()),
    failed,
  }
}

/** Throws with the end of what it said when it does not end with one of `fine`. */
export function program(
  argv: readonly [string, ...string[]],
  env: Record<string, string>,
  fine: readonly number[] = [0],
): Promise<string> {
  const [command, ...rest] = argv
  const child = spawn(command, rest, { env: { ...bare(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (said += data.toString()))
  return new Promise((done, failed) => {
    child.on('error', failed)
    child.on('close', (code) =>
      fine.includes(code ?? -1)
        ? done(said)
        : failed(new Error(`${argv.slice(0, 6).join(' ')} ended with ${code}: ${said.slice(-1_500)}`)),
    )
  })
}

/** `OS_*` in the environment would overrule what the contestants are told. */
const bare = () =>
  Object.fromEntries(
    Object.entries(process.env).filter((one): one is [string, string] => !one[0].startsWith('OS_')),
  )

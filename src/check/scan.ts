// Decides how TCP ports are tried from a place where only Node is known to be: a program of its own, given to it as text.
// Leaves what may be open to probes/closed-ports.
import { Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'

export type Scan = {
  /** Ports that completed a handshake. */
  open: number[]
  /** Ports that answered with a reset. */
  refused: number
  /** Ports that said nothing in time: dropped by a filter, or there is nobody. */
  silent: number
  /** What the own kernel said instead (`ENETUNREACH`), or an ICMPv6 error on the way (`EHOSTUNREACH`). */
  errors: Record<string, number>
  /**
   * A port known to be open, if one was named, is tried again with every `canaryEvery` others: how often, and how often
   * it was missed. A scan that misses it may have missed others: machine or line are too busy for it.
   */
  canary: { tried: number; missed: number }
}

/**
 * Linux repeats a SYN after 1 s: this waits for the answer to the second, so that one lost packet hides no open port.
 * 65 535 silent ports at 3000 a time take 33 s.
 */
const patienceMilliseconds = 1_500
const parallel = 3_000
/** Connections begun each 10 ms: a burst of thousands would overflow the queues of network cards and namespaces. */
const perTick = 200
const canaryEvery = 500

export const everyPort = '1-65535'

export type ScanOptions = { canary?: number | undefined; node?: string }

/**
 * Tries ports (`1-65535`, `22,443`) of an address from `place`, where `node` must be the path of a Node.
 * Throws Trouble `scan-failed` when the program could not run there.
 */
export async function scan(
  place: Shell,
  address: string,
  ports: string,
  { canary, node = process.execPath }: ScanOptions = {},
): Promise<Scan> {
  const program = `(${tryPorts.toString()})(require('node:net'), process.argv.slice(2))\n`
  const numbers = [parallel, patienceMilliseconds, perTick, canaryEvery, canary ?? 0].map(String)
  const argv = [node, '-', address, ports, ...numbers] as const
  const ran = await place.run(argv, { stdin: program, timeout: 180_000 })
  if (ran.code === 0) return JSON.parse(ran.stdout) as Scan
  throw new Trouble({
    code: 'scan-failed',
    title: `the port scan of ${address} did not run on ${place.name}`,
    why: ran.stderr.trim().split('\n').at(-1) || `exit ${ran.code}`,
    fix: `see that ${node} runs there`,
  })
}

/**
 * The program. Sent as text: it may lean on nothing outside itself but its parameters, and prints a Scan as JSON.
 * A port that is open is reset at once, so that the other end keeps no half-closed connection.
 */
function tryPorts(net: typeof import('node:net'), argv: readonly string[]): void {
  const [host = '', ports = '', ...numbers] = argv
  const [parallel = 1, patience = 1000, perTick = 1, canaryEvery = 1, canary = 0] = numbers.map(Number)
  const scan: Scan = { open: [], refused: 0, silent: 0, errors: {}, canary: { tried: 0, missed: 0 } }
  type End = { open: boolean; refused?: boolean; error?: string }

  const attempt = (port: number, done: (end: End) => void) => {
    const socket = net.connect({ host, port })
    let ended = false
    const end = (how: End) => {
      if (ended) return
      ended = true
      clearTimeout(timer)
      socket.removeAllListeners().on('error', () => {})
      // A socket that is still connecting would wait for its connection before it resets it.
      if (socket.connecting) socket.destroy()
      else socket.resetAndDestroy()
      done(how)
    }
    // Timers go before sockets in Node's loop: after a late tick the answer may be there, unread. Read it first.
    const timer = setTimeout(() => setImmediate(() => end({ open: false })), patience)
    socket.once('connect', () => end({ open: true }))
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const refused = error.code === 'ECONNREFUSED'
      end(refused ? { open: false, refused } : { open: false, error: error.code ?? error.message })
    })
  }

  const todo = ports.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
  let next = 0
  let busy = 0
  const room = () => busy < parallel && next < todo.length
  const tick = () => {
    for (let i = 0; i < perTick && room(); i++) begin()
    if (busy > 0 || next < todo.length) return
    clearInterval(clock)
    scan.open.sort((a, b) => a - b)
    process.stdout.write(JSON.stringify(scan))
  }
  const begin = () => {
    const port = todo[next++] ?? 0
    busy++
    attempt(port, ({ open, refused, error }) => {
      busy--
      if (open) scan.open.push(port)
      else if (refused) scan.refused++
      else if (error === undefined) scan.silent++
      else scan.errors[error] = (scan.errors[error] ?? 0) + 1
    })
    if (canary === 0 || next % canaryEvery !== 0) return
    busy++
    scan.canary.tried++
    attempt(canary, ({ open }) => {
      busy--
      if (!open) scan.canary.missed++
    })
  }
  const clock = setInterval(tick, 10)
}

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
}

/**
 * Linux repeats a SYN after 1 s: this waits for the answer to the second, so that one lost packet hides no open port.
 * 65 535 silent ports at 3000 a time take 33 s.
 */
const patienceMilliseconds = 1_500
const parallel = 3_000

export const everyPort = '1-65535'

/**
 * Tries ports (`1-65535`, `22,443`) of an address from `place`, where `node` must be the path of a Node.
 * Throws Trouble `scan-failed` when the program could not run there.
 */
export async function scan(
  place: Shell,
  address: string,
  ports: string,
  node: string = process.execPath,
): Promise<Scan> {
  const program = `(${tryPorts.toString()})(require('node:net'), process.argv.slice(2))\n`
  const argv = [node, '-', address, ports, String(parallel), String(patienceMilliseconds)] as const
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
  const [host = '', ports = '', parallel = '', patience = ''] = argv
  const todo = ports.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
  const scan: { open: number[]; refused: number; silent: number; errors: Record<string, number> } = {
    open: [],
    refused: 0,
    silent: 0,
    errors: {},
  }
  let next = 0
  let left = todo.length
  const attempt = () => {
    const port = todo[next++]
    if (port === undefined) return
    const socket = net.connect({ host, port })
    const end = (count: () => void) => {
      clearTimeout(timer)
      socket.removeAllListeners().on('error', () => {})
      count()
      // A socket that is still connecting would wait for its connection before it resets it.
      if (socket.connecting) socket.destroy()
      else socket.resetAndDestroy()
      if (--left === 0) {
        scan.open.sort((a, b) => a - b)
        process.stdout.write(JSON.stringify(scan))
      } else attempt()
    }
    const timer = setTimeout(() => end(() => void scan.silent++), Number(patience))
    socket.once('connect', () => end(() => void scan.open.push(port)))
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end(() => {
        const code = error.code ?? error.message
        if (code === 'ECONNREFUSED') scan.refused++
        else scan.errors[code] = (scan.errors[code] ?? 0) + 1
      }),
    )
  }
  for (let i = 0; i < Number(parallel); i++) attempt()
}

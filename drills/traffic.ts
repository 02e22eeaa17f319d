// Decides how traffic is watched while something is broken: a ping each 0.2 s, each way, for each stand-in of an instance.
// Leaves what a gap means to the drill. Both ends stamp with the clock of the machine that they share.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Address } from '../src/core/prefix.ts'
import type { Shell } from '../src/core/shell.ts'
import type { RehearsedServer } from '../src/rehearsal/world.ts'

export type Instance = 'direct' | 'class'
export const instances: readonly Instance[] = ['direct', 'class']

/** Seconds between pings. */
const interval = 0.2

/** Where a server's own pings are kept, on its disk. */
const logOf = (instance: Instance) => `/var/lib/bateau-drill/ping-${instance}.log`

/** Unit file text: pings from the stand-in to the internet for as long as the server is up. */
export const pingUnit = (instance: Instance, target: Address): string => `[Unit]
Description=A drill's pings from ${instance}
After=bateau-drill-inside.service
Requires=bateau-drill-inside.service
StartLimitIntervalSec=0
[Service]
ExecStart=ip netns exec ${instance} ping -6 -n -D -i ${interval} ${target}
StandardOutput=append:${logOf(instance)}
StandardError=null
Restart=always
RestartSec=0.3
[Install]
WantedBy=multi-user.target
`

/** Pings of one server's stand-ins, from when `watch` was called until `stop`. */
export class Traffic {
  readonly #server: RehearsedServer
  readonly #in = new Map<Instance, number[]>(instances.map((instance) => [instance, []]))
  readonly #stop = new AbortController()
  #running: Promise<unknown> = Promise.resolve()

  constructor(server: RehearsedServer) {
    this.#server = server
  }

  watch(internet: Shell, addresses: Readonly<Record<Instance, Address>>): void {
    this.#running = Promise.all(
      instances.map((instance) => this.#pings(internet, instance, addresses[instance])),
    )
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  /** Epoch milliseconds of each reply that came in or went out since `from`, oldest first. */
  async replies(instance: Instance, from: number): Promise<{ in: number[]; out: number[] }> {
    // The disk is a layer on this machine: read there, the log needs no way to the server.
    const log = await readFile(join(this.#server.directory, 'up', logOf(instance)), 'utf8').catch(() => '')
    const out = log.split('\n').flatMap((line) => replyAt(line) ?? [])
    const since = (times: readonly number[]) => times.filter((at) => at >= from)
    return { in: since(this.#in.get(instance) ?? []), out: since(out) }
  }

  async #pings(internet: Shell, instance: Instance, to: Address): Promise<void> {
    while (!this.#stop.signal.aborted)
      await internet.run(['ping', '-6', '-n', '-D', '-i', String(interval), String(to)], {
        signal: this.#stop.signal,
        onLine: (line) => {
          const at = replyAt(line)
          if (at !== undefined) this.#in.get(instance)?.push(at)
        },
      })
  }
}

/** iputils ping(8) with -D: `[1732416000.123456] 64 bytes from …`; undefined for any other line. */
export function replyAt(line: string): number | undefined {
  const seconds = /^\[(\d+\.\d+)\] \d+ bytes from/.exec(line)?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000
}

/** Milliseconds without a reply that count as traffic being away: five pings. */
const away = 1_000

export type Outage = {
  cut: boolean
  /** Epoch milliseconds of the first reply after the last gap; null: none came. */ back: number | null
}

/** What the replies between `from` and `until` say. Traffic is back when replies came for a second on end. */
export function outage(replies: readonly number[], from: number, until: number): Outage {
  const times = [from, ...replies.filter((at) => at > from && at <= until), until]
  const gaps = times.slice(1).map((at, i) => ({ at, long: at - (times[i] ?? at) > away }))
  const last = gaps.findLast(({ long }) => long)
  if (!last) return { cut: false, back: from }
  return { cut: true, back: last.at === until ? null : last.at }
}

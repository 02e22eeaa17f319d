// Decides how one server's agent is listened to over SSH: its journal from where it was left, again and again, nothing twice and nothing lost unsaid.
// Leaves what the events mean to watch-state, and the connection to host/ssh.
import { agentPlaces } from '../agent/places.ts'
import { type AgentEvent, readEvent } from '../agent/events.ts'
import { journalName } from '../agent/journal.ts'
import { Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'

export type Heard =
  /** `isReplay`: told before anybody listened. */
  | { kind: 'event'; event: AgentEvent; isReplay: boolean }
  /** The link stands, what was on disk is read. */
  | { kind: 'live' }
  /** The link went, or could not be made; `why` in ssh's words. */
  | { kind: 'lost'; why: string }
  /** So many events were told and are on disk no more; null: some. */
  | { kind: 'missed'; count: number | null }

export type Waiting = (milliseconds: number, signal: AbortSignal) => Promise<void>

const firstPause = 1_000
const longestPause = 30_000

const mark = '==bateau live'

/**
 * $1 journal. What is on disk, then a mark, then what comes, through rotations. tail(1) ends when nobody reads it any
 * more. A journal that is not there yet is waited for.
 */
const tailScript = `size=0
cat "$1.1" 2>/dev/null
if [ -e "$1" ]; then size=$(stat -c %s "$1"); head -c "$size" "$1"; fi
printf '\\n${mark}\\n'
exec tail -c "+$((size + 1))" -F "$1" 2>/dev/null`

/** Listens until `signal` aborts; the server may be away meanwhile. */
export async function listen(
  shell: Shell,
  hear: (heard: Heard) => void,
  wait: Waiting,
  signal: AbortSignal,
): Promise<void> {
  const reader = new TailReader(hear)
  const path = `${agentPlaces.directory}/${journalName}`
  for (let pause = firstPause; !signal.aborted; pause = Math.min(pause * 2, longestPause)) {
    const why = await once(shell, path, reader, signal)
    if (signal.aborted) return
    if (reader.wasLive) pause = firstPause
    hear({ kind: 'lost', why })
    await wait(pause, signal)
  }
}

async function once(shell: Shell, path: string, reader: TailReader, signal: AbortSignal): Promise<string> {
  reader.begin()
  try {
    const ran = await shell.run(['sh', '-c', tailScript, 'sh', path], {
      signal,
      keep: false,
      patience: 0,
      onLine: (line) => reader.line(line),
    })
    return reader.complaint || `the connection ended with ${ran.code}`
  } catch (error) {
    if (error instanceof Trouble) return error.fault.why || error.fault.title
    throw error
  }
}

/** Joins what several connections read of one journal: each event once, in order. */
export class TailReader {
  /** The last line that was no event: what ssh complained of. */
  complaint = ''
  wasLive = false
  readonly #hear: (heard: Heard) => void
  #before: AgentEvent[] = []
  #last: AgentEvent | undefined

  constructor(hear: (heard: Heard) => void) {
    this.#hear = hear
  }

  /** A new connection: everything on disk comes again. */
  begin(): void {
    this.#before = []
    this.complaint = ''
    this.wasLive = false
  }

  line(line: string): void {
    if (line === mark) return this.#live()
    const event = readEvent(line)
    if (event === undefined) {
      if (line.trim() !== '' && !line.startsWith('{')) this.complaint = line.trim()
    } else if (this.wasLive) this.#next(event, false)
    else this.#before.push(event)
  }

  #live(): void {
    const { run, seq } = this.#last ?? {}
    const at = this.#before.findIndex((event) => event.run === run && event.seq === seq)
    if (this.#last !== undefined && at < 0 && this.#before.length > 0)
      this.#hear({ kind: 'missed', count: null })
    const isFirst = this.#last === undefined
    for (const event of this.#before.slice(at + 1)) this.#next(event, isFirst)
    this.#before = []
    this.wasLive = true
    this.#hear({ kind: 'live' })
  }

  #next(event: AgentEvent, isReplay: boolean): void {
    const last = this.#last
    if (last?.run === event.run && event.seq > last.seq + 1)
      this.#hear({ kind: 'missed', count: event.seq - last.seq - 1 })
    this.#last = event
    this.#hear({ kind: 'event', event, isReplay })
  }
}

// Decides how a server is listened to and spoken from, packet by packet, over any Shell: nothing is installed, nothing stays.
// Leaves the program that does it there to ear-script, and what packets mean to wire/ and check/.
import { setTimeout as pause } from 'node:timers/promises'
import { type Fault, Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'
import { fromHex } from '../wire/bytes.ts'
import type { Filter } from '../wire/filter.ts'
import { earScript, type Sending } from './ear-script.ts'

export type Frame = {
  /** Milliseconds since the epoch, by the server's clock. */
  at: number
  link: string
  /** `out`: sent by the server, or passed on by it out of this link. */
  direction: 'in' | 'out'
  bytes: Uint8Array
}

export type Listening = {
  /** `all`: every Ethernet link, also one that comes later. Named ones also hear multicast that nobody there joined. */
  links: readonly string[] | 'all'
  /** Ends by itself after this long. */
  seconds: number
  filter?: Filter
  /** Sent while listening, so that no answer is missed. */
  sends?: readonly Sending[]
}

/** Milliseconds for the program on the server to end when it is told to; then the connection to it is ended instead. */
const farewell = 5_000

/** Frames as they come; ends after `seconds`, or by `close`. */
export type Ear = AsyncIterable<Frame> & {
  /** When this resolves nothing of it is left on the server, as long as that can be reached. */
  close(): Promise<void>
  /** Frames that were heard and not handed over: more than the program passes on. Known when it has ended. */
  readonly lost: number
}

/**
 * Begins to listen; when this resolves, every frame from now on is heard. The server's shell must be root's (packet(7):
 * CAP_NET_RAW). Throws Trouble: `ear-not-allowed`, `no-such-link`, `no-perl`, `ear-deaf`, and those of the shell.
 */
export function openEar(shell: Shell, listening: Listening): Promise<Ear> {
  const stop = new AbortController()
  const heard = new Heard()
  return new Promise((resolve, reject) => {
    let pid: string | undefined
    let isOver = false
    const { links, seconds, filter = {}, sends = [] } = listening
    const said: string[] = []
    const onLine = (line: string) => {
      const ready = /^ready (\d+)$/.exec(line)?.[1]
      if (ready !== undefined) {
        // A shell that lost its link may begin again; what was to be sent is not sent twice.
        if (pid !== undefined) return stop.abort()
        pid = ready
        return resolve(ear)
      }
      if (!heard.take(line) && line !== '.') said.push(line)
    }
    const run = shell.run(['perl', '-'], {
      stdin: earScript({ links, seconds, filter, sends }),
      timeout: (seconds + 60) * 1_000,
      signal: stop.signal,
      onLine,
    })
    const ended = run.then(
      ({ code, stderr }) => {
        isOver = true
        heard.end()
        if (pid === undefined)
          reject(new Trouble(deaf(shell, said.join('\n') || stderr || `perl ended with ${code}`)))
      },
      (error: unknown) => {
        isOver = true
        heard.end()
        reject(error)
      },
    )
    const ear: Ear = {
      [Symbol.asyncIterator]: () => heard[Symbol.asyncIterator](),
      get lost() {
        return heard.lost
      },
      async close() {
        // An ssh that is stopped here leaves what it ran there alone, up to the next dot.
        if (!isOver)
          await Promise.race([
            ended,
            dismiss(shell, pid).then(() => pause(farewell, undefined, { ref: false })),
          ])
        stop.abort()
        await ended
      },
    }
  })
}

/** Whoever cannot be reached to be told finds out by the next dot. */
async function dismiss(shell: Shell, pid = ''): Promise<void> {
  await shell.run(['sh', '-c', `kill ${pid}`], { timeout: farewell, patience: 0 }).catch(() => {})
}

/** The frames of a server while they come; closes its ear when the reader has had enough. Throws as `openEar`. */
async function* listen(shell: Shell, listening: Listening): AsyncGenerator<Frame> {
  const ear = await openEar(shell, listening)
  try {
    yield* ear
  } finally {
    await ear.close()
  }
}

/** What is heard until `enough` says so, or the time is over. Throws as `openEar`. */
export async function converse(
  shell: Shell,
  listening: Listening,
  enough: (frame: Frame) => boolean = () => false,
): Promise<Frame[]> {
  const frames: Frame[] = []
  for await (const frame of listen(shell, listening)) {
    frames.push(frame)
    if (enough(frame)) break
  }
  return frames
}

/** Sends whole Ethernet frames; nothing is listened to. Throws as `openEar`. */
export async function send(shell: Shell, link: string, ...frames: readonly Uint8Array[]): Promise<void> {
  const sends = frames.map((frame) => ({ link, frame, after: 0 }))
  await converse(shell, { links: [link], seconds: 0.1, filter: { echo: [] }, sends })
}

/** Lines of the program become frames, in order; a reader waits for the next one. */
class Heard implements AsyncIterable<Frame> {
  lost = 0
  readonly #waiting: Frame[] = []
  #isOver = false
  #wake = () => {}

  /** False for a line that is no frame. */
  take(line: string): boolean {
    const [at = '', link = '', direction, hex, rest] = line.split(' ')
    if (at === 'lost') this.lost = Number(link)
    if ((direction !== 'in' && direction !== 'out') || hex === undefined || rest !== undefined)
      return at === 'lost'
    const bytes = fromHex(hex)
    if (bytes === null || !/^\d+\.\d+$/.test(at)) return false
    this.#waiting.push({ at: Number(at) * 1_000, link, direction, bytes })
    this.#wake()
    return true
  }

  end(): void {
    this.#isOver = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Frame> {
    for (;;) {
      const next = this.#waiting.shift()
      if (next !== undefined) yield next
      else if (this.#isOver) return
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
    }
  }
}

function deaf(shell: Shell, said: string): Fault {
  const about = { host: shell.name, why: said.trim().slice(0, 400) }
  if (/^fail link (\S+)/m.test(said))
    return {
      ...about,
      code: 'no-such-link',
      title: `${shell.name} has no link ${/^fail link (\S+)/m.exec(said)?.[1]}`,
      fix: `see which there are, on ${shell.name}: ip -br link`,
    }
  if (/^fail \w+ Operation not permitted/m.test(said))
    return {
      ...about,
      code: 'ear-not-allowed',
      title: `packets on ${shell.name} cannot be listened to`,
      why: `the log-in there may not open a packet socket (${about.why})`,
      fix: 'log in as root: bateau probe root@HOST, or access.user: root in the course file',
    }
  if (/perl.*(not found|No such file)/.test(said))
    return {
      ...about,
      code: 'no-perl',
      title: `${shell.name} has no perl`,
      fix: 'install perl-base there; Debian and Ubuntu always have it',
    }
  return {
    ...about,
    code: 'ear-deaf',
    title: `packets on ${shell.name} cannot be listened to`,
    fix: `try it there by hand: tcpdump -ni any icmp6`,
  }
}

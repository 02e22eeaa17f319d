// Decides when the agent should look at once: the kernel or OVN said that something changed. What it was is not believed, only looked up.
// Leaves looking to loop.
import type { Shell } from '../core/shell.ts'
import type { Clock } from './clock.ts'

/** From the first ring to the look: what changes together is seen together. */
const gatherMilliseconds = 200

/** Rings are not counted: many before an answer are one. */
export class Bell {
  #rung = false
  #wake: (() => void) | undefined

  ring(): void {
    this.#rung = true
    this.#wake?.()
  }

  /** Resolves `bell` a moment after it was rung (also before the call), else `time`; at once when `signal` aborts. */
  async answer(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<'bell' | 'time'> {
    if (!this.#rung && milliseconds > 0) {
      // AbortSignal.any would do, but for every turn it leaves something at the long-lived signal (Node 18 and 20).
      const stop = new AbortController()
      const wake = () => stop.abort()
      this.#wake = wake
      signal.addEventListener('abort', wake, { once: true })
      if (!signal.aborted) await clock.wait(milliseconds, stop.signal)
      signal.removeEventListener('abort', wake)
      this.#wake = undefined
    }
    if (!this.#rung) return 'time'
    await clock.wait(gatherMilliseconds, signal)
    this.#rung = false
    return 'bell'
  }
}

/** `ip monitor` of what IPv6 hangs on. Neighbours are left out: they change with every packet. */
export const kernelMonitor = ['ip', '-o', 'monitor', 'link', 'address', 'route', 'netconf'] as const

const firstPause = 1_000
const longestPause = 60_000
/** How often something that is not there (a database that has not started yet) is looked for. */
const absentPause = 5_000

/**
 * Rings for each line that a monitoring command prints and `isNews` takes for one, and when it ends. Not run while `isThere` says no. A command that
 * ends is started again, each time later, for as long as it ends at once; nothing hangs on it but speed.
 */
export async function monitor(
  shell: Shell,
  argv: readonly [string, ...string[]],
  ring: () => void,
  clock: Clock,
  signal: AbortSignal,
  options: { isNews?: (line: string) => boolean; isThere?: () => boolean } = {},
): Promise<void> {
  const { isNews = () => true, isThere = () => true } = options
  for (let pause = firstPause; !signal.aborted;) {
    if (!isThere()) {
      await clock.wait(absentPause, signal)
      continue
    }
    const began = clock.milliseconds()
    await shell.run(argv, { signal, keep: false, onLine: (line) => void (isNews(line) && ring()) })
    if (signal.aborted) return
    ring()
    pause = clock.milliseconds() - began > longestPause ? firstPause : pause
    await clock.wait(pause, signal)
    pause = Math.min(pause * 2, longestPause)
  }
}

/** Subjects remembered; past this all are forgotten, which only makes the bell ring more. */
const most = 1_000

/**
 * Router advertisements renew routes and addresses every few seconds: the same words of the same link, address or
 * destination, with other lifetimes, are no news. Anything that goes is, and what comes after it went.
 */
export function newsOf(): (line: string) => boolean {
  const last = new Map<string, string>()
  return (line) => {
    const plain = line
      .replaceAll(/\b(?:expires|valid_lft|preferred_lft) \S+/g, '')
      .replaceAll(/\s+/g, ' ')
      .trim()
    if (plain === '') return false
    const isGone = plain.startsWith('Deleted ')
    const subject = subjectOf(isGone ? plain.slice('Deleted '.length) : plain)
    if (isGone) {
      last.delete(subject)
      return true
    }
    if (last.get(subject) === plain) return false
    if (last.size >= most) last.clear()
    last.set(subject, plain)
    return true
  }
}

/** `2: eno1:` of a link, `ipv6 all` of kernel parameters, `2: eno1 inet6 2001:db8::1/64` of an address, `default` or `unreachable 2001:db8::/32` of a route. */
const subjectOf = (line: string): string =>
  subjects.map((subject) => subject.exec(line)?.[0]).find((words) => words !== undefined) ?? line

const subjects = [
  /^\d+: \S+ inet6? \S+/,
  /^\d+: [^ :]+/,
  /^(?:ipv4|ipv6|inet|inet6|mpls) (?:dev \S+|all|default)/,
  /^(?:[a-z]+ )?[\da-f:./]+|^default/,
]

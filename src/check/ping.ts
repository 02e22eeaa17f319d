// Decides how ping is asked and its answer read, for iputils and for busybox.
// Leaves what an answer means to the probes.
import type { Address } from '../core/prefix.ts'
import type { Ran, Shell } from '../core/shell.ts'
import { timedOut } from '../host/exit-codes.ts'

export type Pinged = {
  sent: number
  received: number
  /** Average round trip in milliseconds. */
  milliseconds: number | null
  /** MTU that a router (or the own kernel) named as too small. */
  tooBig: number | null
  /** In the words of ping: its summary, or its complaint. */
  words: string
  /** False when ping itself could not work: absent, no socket, no route from here. */
  worked: boolean
}

export type PingOptions = {
  count?: number
  /** Whole IPv6 packet in bytes, header (40) and ICMPv6 header (8) included. */
  packet?: number
  /** Source address. */
  from?: Address
}

const headers = 48
/** The place itself may take this long to be reached, or to be given up (ssh's ConnectTimeout is 10 s). */
const reachSeconds = 14
/** iputils allows root intervals under 0.2 s; busybox before 1.34 has none at all and takes 1 s. */
const interval = '0.25'

/**
 * iputils ping(8). With `packet`, nobody on the way may fragment (`-M do`): a router for which it is too long says so.
 * A ping that does not know these options (busybox, BSD) is asked with the few that all know, except for the length.
 */
export async function ping(place: Shell, to: Address, options: PingOptions = {}): Promise<Pinged> {
  const count = options.count ?? 5
  const ran = await place.run(
    [
      // Its answer is read in English, whatever the place's language is.
      'env',
      'LC_ALL=C',
      'ping',
      '-6',
      '-n',
      '-c',
      String(count),
      '-i',
      interval,
      '-W',
      '2',
      ...(options.packet === undefined ? [] : ['-M', 'do', '-s', String(options.packet - headers)]),
      ...(options.from === undefined ? [] : ['-I', String(options.from)]),
      String(to),
    ],
    { timeout: (count + reachSeconds) * 1_000 },
  )
  const plain = options.packet === undefined && options.from === undefined
  return plain && otherPing.test(ran.stderr) ? guestPing(place, to, count) : readPing(ran)
}

/** How a ping that is not iputils' answers options that it does not know. */
const otherPing = /(invalid|illegal|unrecognized|unknown) option|BusyBox|bad timing interval|cannot flood/i

/** busybox ping: no interval, no path MTU discovery. */
export async function guestPing(place: Shell, to: Address, count = 3): Promise<Pinged> {
  const ran = await place.run(['ping', '-6', '-c', String(count), '-W', '3', String(to)], {
    timeout: (count + 20) * 1_000,
  })
  return readPing(ran)
}

/** The kernel of that place refuses to send: on a server that must have the route itself, that is an answer. */
export const hasNoRoute = ({ worked, words }: Pinged): boolean =>
  !worked && /No route to host|Network is unreachable/.test(words)

export function readPing({ code, stdout, stderr }: Ran): Pinged {
  const counts = /(\d+) packets transmitted, (\d+)(?: packets)? received/.exec(stdout)
  const rtt = /(?:rtt|round-trip) min\/avg\/max(?:\/mdev)? = [\d.]+\/([\d.]+)\//.exec(stdout)
  const tooBig = /(?:Packet too big|[Mm]essage too long).*?mtu[=: ]+(\d+)/.exec(`${stdout}\n${stderr}`)
  const sent = Number(counts?.[1] ?? 0)
  const received = Number(counts?.[2] ?? 0)
  const milliseconds = rtt?.[1] === undefined ? null : Number(rtt[1])
  const complaint = [...stdout.split('\n'), ...stderr.split('\n')].find((line) =>
    /unreachable|too big|too long|exceeded|prohibited|^ping: /i.test(line),
  )
  const replies = `${received} of ${sent} replies`
  return {
    sent,
    received,
    milliseconds,
    tooBig: tooBig?.[1] === undefined ? null : Number(tooBig[1]),
    words:
      sent === 0
        ? complaint?.trim() || (code === timedOut ? 'stopped: no answer in time' : `ping ended with ${code}`)
        : [
            replies,
            milliseconds === null ? '' : `${milliseconds} ms`,
            received < sent ? complaint?.trim() : '',
          ]
            .filter(Boolean)
            .join(', '),
    worked: sent > 0,
  }
}

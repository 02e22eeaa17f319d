// Decides how an instance that cannot be reached is explained: marked pings both ways, and ears on every link of the path.
// Leaves where each packet was seen to trace, what it means to explain-verdict, and its drawing to explain-text.
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Fault, Trouble } from '../core/fault.ts'
import type { Address } from '../core/prefix.ts'
import type { Shell } from '../core/shell.ts'
import { bridges, type Site } from '../core/site.ts'
import { type Ear, openEar } from '../host/ear.ts'
import { toHex } from '../wire/bytes.ts'
import { type Break, type Conclusion, judgeTraces, type Traced } from './explain-verdict.ts'
import { readPing } from './ping.ts'
import { type Heard, type Marked, type Point, traceOf } from './trace.ts'

export type ExplainInput = {
  site: Site
  instance: { name: string; network: 'direct' | 'class'; address: Address }
  /** Its server, by SSH, as root. */
  host: Shell
  /** From where it cannot be reached. Listened to as well, where that is allowed. */
  outside: Shell
  /** The instance itself, where a shell in it can be had. Without it only its replies show the way out. */
  guest?: Shell | undefined
  /** The provider's router, in a rehearsal: its links towards the internet and towards the server. */
  edge?: { shell: Shell; outer: string; inner: string } | undefined
  /** Something outside that answers ping. */
  target: Address
}

export type Explanation = {
  schema_version: 1
  instance: string
  address: string
  conclusion: Conclusion
  breaks: readonly Break[]
  /** Places that could not be listened to, and why. */
  deaf: readonly { place: string; why: string }[]
  /** Frames that were too many to be looked at; with some, a packet that was not seen may have been there. */
  lost: number
  traces: readonly Traced[]
}

const pings = 3
/** More than all pings and a neighbour discovery that fails (RFC 4861: three tries, a second apart) take. */
const listenSeconds = 40
/** Milliseconds for replies under way. */
const grace = 1_500

/** Touches no route, address or filter. Throws Trouble only when the server itself cannot be reached. */
export async function explain(input: ExplainInput): Promise<Explanation> {
  const path = pathOf(input)
  const deaf: { place: string; why: string }[] = []
  const ears = await openAll(input, deaf)
  const heard: Heard[] = []
  const collecting = ears.map(async ({ place, ear }) => {
    for await (const frame of ear) heard.push({ place, frame })
  })
  const { outside, host, guest, instance, target } = input
  const from = input.site.addressing[instance.network === 'direct' ? 'public' : 'transit']?.host
  try {
    const sent = await Promise.all([
      sendMarked('in', outside, instance.address, null),
      sendMarked('beside', host, instance.address, from ?? null),
      ...(guest ? [sendMarked('out', guest, target, null, instance.address)] : []),
    ])
    await pause(grace)
    for (const { ear } of ears) await ear.close()
    await Promise.all(collecting)
    const traces = sent.map(({ marked, ...one }): Traced => ({ ...one, trace: traceOf(path, heard, marked) }))
    const silent = deaf.map(({ place }) => place)
    return {
      schema_version: 1,
      instance: instance.name,
      address: String(instance.address),
      ...judgeTraces(traces, silent, host.name),
      deaf,
      lost: ears.reduce((sum, { ear }) => sum + ear.lost, 0),
      traces,
    }
  } finally {
    await Promise.all(ears.map(({ ear }) => ear.close()))
  }
}

/** From outside to the instance. */
function pathOf({ site, instance, host, outside, edge }: ExplainInput): Point[] {
  return [
    { id: 'outside', place: outside.name, link: null },
    ...(edge
      ? ([
          { id: 'edge-outer', place: edge.shell.name, link: edge.outer },
          { id: 'edge-inner', place: edge.shell.name, link: edge.inner },
        ] as const)
      : []),
    { id: 'uplink', place: host.name, link: site.facts.uplink.name },
    { id: 'bridge', place: host.name, link: bridges[instance.network === 'direct' ? 'public' : 'transit'] },
    { id: 'port', place: host.name, link: null },
  ]
}

async function openAll(
  { host, outside, edge }: ExplainInput,
  deaf: { place: string; why: string }[],
): Promise<{ place: string; ear: Ear }[]> {
  const opened = await Promise.all(
    [host, outside, ...(edge ? [edge.shell] : [])].map(async (shell) => {
      try {
        return [{ place: shell.name, ear: await openEar(shell, { links: 'all', seconds: listenSeconds }) }]
      } catch (error) {
        if (!(error instanceof Trouble)) throw error
        deaf.push({ place: shell.name, why: wordsOf(error.fault) })
        return []
      }
    }),
  )
  return opened.flat()
}

const wordsOf = ({ title, why }: Fault): string => `${title}: ${why}`

type Sent = Omit<Traced, 'trace'> & { marked: Marked }

/**
 * iputils fills the packet with a pattern of ours; busybox, in a guest, cannot: there the two addresses have to tell.
 * `from` is the address that the sender shall use, `known` the one that it is known to have.
 */
async function sendMarked(
  way: Traced['way'],
  place: Shell,
  to: Address,
  from: Address | null,
  known: Address | null = from,
): Promise<Sent> {
  const mark = randomBytes(12)
  const marked = { from: known, to, mark: way === 'out' ? null : Uint8Array.from(mark) }
  const pattern = ['-n', '-i', '0.5', '-p', toHex(mark), '-s', '56', ...(from ? ['-I', String(from)] : [])]
  const options = way === 'out' ? [] : pattern
  try {
    const ran = await place.run(['ping', '-6', '-c', String(pings), '-W', '2', ...options, String(to)], {
      timeout: 20_000,
    })
    const { sent, received } = readPing(ran)
    return { way, sent, received, marked }
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    return { way, sent: 0, received: 0, marked }
  }
}

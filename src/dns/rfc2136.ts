// Decides how a zone is read and changed on a server of our own: queries and dynamic update (RFC 2136), signed (RFC 8945).
// Leaves signing to dig and nsupdate of BIND, which read the key from its file; bateau never holds it.
import { Trouble } from '../core/fault.ts'
import type { Ran, Shell } from '../core/shell.ts'
import { checkTsigKey } from './credentials.ts'
import { digArgv, digInput, digPatience, type Question, readDig, type Reply } from './dig.ts'
import { markerName, readMarker } from './marker.ts'
import { nsupdateArgv, nsupdatePatience, nsupdateScript } from './nsupdate.ts'
import { type RecordType, type Rrset, rrsetsOf, sameData } from './record.ts'
import { type Place, racedStatus, silentFault, statusFault } from './rfc2136-fault.ts'
import { type Batch, ownTypes, racedFault, type Snapshot, type ZoneHand, type ZoneKind } from './zone.ts'

export type Rfc2136 = Place & {
  kind: ZoneKind
  shell: Shell
  signal: AbortSignal
}

/** Questions of one dig, and digs at once: they are asked one after the other on a connection. */
const questionsOfOne = 100
const atOnce = 4

/**
 * A message has at most 65,535 bytes (RFC 1035 section 4.2.2), and holds the marker twice: with 100 names a batch a
 * course may have about 1,500. A text of more than 255 bytes is several strings of one record; BIND takes 100 records
 * of a name and type at most (max-records-per-type, 9.18.28 and later).
 */
const limits = { names: 100, text: 1000 }

export function rfc2136Zone(input: Rfc2136): ZoneHand {
  const { zone, kind, server, port, shell, signal } = input
  return {
    zone,
    kind,
    where: `${server}, port ${port}`,
    limits,
    async read(course, wanted) {
      checkTsigKey(input.keyFile)
      const marker = `${markerName(course)}.${zone}`
      const first = await ask(input, [
        { name: zone, type: 'SOA' },
        { name: marker, type: 'TXT' },
      ])
      const [soa, texts] = first.map(answered(input))
      if (soa?.authoritative !== true || soa.answers.length === 0)
        throw new Trouble(statusFault('NOTAUTH', input))
      const lines = (texts?.answers ?? []).filter(({ name, type }) => name === marker && type === 'TXT')
      const held = readMarker(
        course,
        lines.map(({ data }) => data),
      )
      const names = [...new Set([...wanted, ...held])]
      const found = await at(names)
      const strange = found.filter(({ name }) => !held.includes(name))
      const wild = await at([...new Set(strange.flatMap(({ name }) => wildcardsOf(name)))])
      return {
        marker: { ttl: lines[0]?.ttl ?? 0, texts: lines.map(({ data }) => data) },
        held,
        found: found.filter((one) => !strange.includes(one) || !isWild(one, wild)),
        negative: negativeOf(soa),
      } satisfies Snapshot
    },
    async apply(batch: Batch) {
      const script = nsupdateScript(input, batch)
      const ran = await shell.run(nsupdateArgv(input.keyFile), {
        stdin: script,
        timeout: nsupdatePatience,
        signal,
      })
      if (ran.code === 0) return
      const said = `${ran.stdout}${ran.stderr}`
      const [, rcode = '', tsig] = /update failed: ([A-Z0-9]+)(?:\(([A-Z]+)\))?/.exec(said) ?? []
      if (racedStatus.has(rcode)) throw new Trouble(racedFault(zone))
      throw new Trouble(rcode ? statusFault(tsig ?? rcode, input) : silentFault(input, ran.code, said))
    },
  }

  async function at(names: readonly string[]): Promise<Rrset[]> {
    const questions = names.flatMap((name) =>
      ownTypes[kind].map((type) => ({ name: `${name}.${zone}`, type })),
    )
    const replies = (await askAll(input, questions)).map(answered(input))
    return rrsetsOf(replies.flatMap((reply) => recordsOf(reply, zone)))
  }
}

/** `*.alice` and `*` for `vm1.alice`: what may have answered for it (RFC 4592 section 3.3.1). */
function wildcardsOf(name: string): string[] {
  const [, ...parents] = name.split('.')
  return [...parents.map((_, i) => `*.${parents.slice(i).join('.')}`), '*']
}

/**
 * A record that says the same as a wildcard cannot be told from it by asking, and need not be: an update of the name
 * itself leaves the wildcard alone, and is refused where the name has records after all.
 */
const isWild = (one: Rrset, wild: readonly Rrset[]) =>
  one.type !== 'NS' &&
  wild.some(
    (star) => wildcardsOf(one.name).includes(star.name) && star.type === one.type && sameData(star, one),
  )

/** What the name itself has; of an alias only the alias, and a reference to another server as the delegation it is. */
function recordsOf(
  { question, authoritative, status, answers }: Reply,
  zone: string,
): { name: string; type: RecordType; ttl: number; data: string }[] {
  const name = question.name.slice(0, -zone.length - 1)
  if (status === 'NOERROR' && !authoritative) return [{ name, type: 'NS', ttl: 0, data: 'delegated' }]
  return answers.flatMap((answer) => {
    const type = answer.type as RecordType
    if (answer.name !== question.name || (type !== question.type && type !== 'CNAME')) return []
    return [{ name, type, ttl: answer.ttl, data: answer.data }]
  })
}

function negativeOf(soa: Reply): number | null {
  const [answer] = soa.answers
  const minimum = Number(answer?.data.split(' ').at(-1))
  return answer && Number.isInteger(minimum) ? Math.min(minimum, answer.ttl) : null
}

/** Throws for a status that is no answer. */
const answered =
  (place: Place) =>
  (reply: Reply): Reply => {
    if (reply.status === 'NOERROR' || reply.status === 'NXDOMAIN') return reply
    throw new Trouble(statusFault(reply.status, place))
  }

async function askAll(input: Rfc2136, questions: readonly Question[]): Promise<Reply[]> {
  const size = Math.min(questionsOfOne, Math.ceil(questions.length / atOnce))
  const parts: Question[][] = []
  for (let i = 0; i < questions.length; i += size) parts.push(questions.slice(i, i + size))
  const replies: Reply[][] = []
  for (let i = 0; i < parts.length; i += atOnce)
    replies.push(...(await Promise.all(parts.slice(i, i + atOnce).map((part) => ask(input, part)))))
  return replies.flat()
}

async function ask(input: Rfc2136, questions: readonly Question[]): Promise<Reply[]> {
  const ran: Ran = await input.shell.run(digArgv(input), {
    stdin: digInput(questions),
    timeout: digPatience,
    signal: input.signal,
  })
  const replies = readDig(ran.stdout)
  if (replies.length === questions.length) return replies
  throw new Trouble(silentFault(input, ran.code, `${ran.stderr}${ran.stdout}`))
}

// Decides how dig(1) is asked many questions at once, and what its answers say.
// Leaves what to ask and what follows from it to rfc2136.
import type { RecordType } from './record.ts'

export type Question = { name: string; type: RecordType | 'SOA' }

export type Reply = {
  question: Question
  /** RCODE as dig names it: `NOERROR`, `NXDOMAIN`, `NOTAUTH`. */
  status: string
  /** The server answers for this name itself, and does not refer to another (RFC 1035 section 4.1.1, AA). */
  authoritative: boolean
  /** Name without a dot at its end, in small letters; data as a zone file has it. */
  answers: { name: string; ttl: number; type: string; data: string }[]
}

/**
 * The key is in a file and only the file's name on the command line. TCP, so that no answer is cut; one connection for
 * all questions of a call, which stand in the file `-`, standard input (dig(1), BIND 9.18: -f, +keepopen).
 */
export const digArgv = (at: { server: string; port: number; keyFile: string }): [string, ...string[]] => [
  'dig',
  `@${at.server}`,
  ...['-p', String(at.port)],
  ...['-k', at.keyFile],
  ...['+tcp', '+keepopen', `+tries=${tries}`, `+time=${seconds}`, '+norecurse', '+nottlunits'],
  ...['+noall', '+comments', '+question', '+answer', '+additional'],
  ...['-f', '-'],
]

/** Seconds that one try may take, and tries: a server across the world answers within one. */
const seconds = 5
const tries = 2
/** Milliseconds that a call may take at most, whatever it asks. */
export const digPatience = 60_000

export const digInput = (questions: readonly Question[]) =>
  questions.map(({ name, type }) => `${name}. ${type}\n`).join('')

/** Replies in the order of the questions; a question without a reply is missing from it. */
export function readDig(stdout: string): Reply[] {
  const replies: Reply[] = []
  for (const block of stdout.split(/^;; Got answer:$/m).slice(1)) {
    const status = /status: ([A-Z0-9]+),/.exec(block)?.[1] ?? ''
    const flags = /^;; flags: ([^;]*);/m.exec(block)?.[1]?.split(' ') ?? []
    const asked = /^;(\S+)\s+IN\s+(\S+)$/m.exec(block)
    const tsig = /\b(BADKEY|BADSIG|BADTIME)\b/.exec(block)?.[1]
    replies.push({
      question: { name: bare(asked?.[1] ?? ''), type: (asked?.[2] ?? '') as Question['type'] },
      status: tsig ?? status,
      authoritative: flags.includes('aa'),
      answers: answersOf(block),
    })
  }
  return replies
}

function answersOf(block: string): Reply['answers'] {
  const section = /^;; ANSWER SECTION:\n((?:[^;\n].*\n?)*)/m.exec(block)?.[1] ?? ''
  return section.split('\n').flatMap((line) => {
    const read = /^(\S+)\s+(\d+)\s+IN\s+(\S+)\s+(.*)$/.exec(line)
    if (read === null) return []
    const [, name = '', ttl, type = '', data = ''] = read
    return [{ name: bare(name), ttl: Number(ttl), type, data: type === 'TXT' ? joined(data) : data }]
  })
}

const bare = (name: string) => name.toLowerCase().replace(/\.$/, '')

/** The character strings of a TXT record as one text (RFC 7208 section 3.3 joins them the same way). */
function joined(data: string): string {
  const parts = [...data.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, part]) => part ?? '')
  return parts
    .join('')
    .replaceAll(/\\(\d{3})|\\(.)/g, (_, code: string | undefined, other: string) =>
      code === undefined ? other : String.fromCodePoint(Number(code)),
    )
}

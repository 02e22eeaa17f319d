// Decides where packets of students' sessions may go, whatever sshd thinks: the class's prefixes, on the allowed ports.
// Leaves the server's own firewall alone: this is a table of its own, and of input it sees only the students' port.
import { frontPort } from '../core/site.ts'
import type { Prefix } from '../core/prefix.ts'
import { type MemorySet, nftTable, quoted, type Rule, type Table } from '../render/nftables.ts'
import { jumpGroup, type JumpInput, jumpTable } from './input.ts'
import { startups } from './sshd.ts'

const asking = { ipv4: 'asking4', ipv6: 'asking6' } as const

/** Sources that are counted at a time; one more is not held back. */
const sources = 16_384

/** Seconds of silence after which a source is forgotten. */
const forgetAfter = 300

const memory: readonly MemorySet[] = [
  { name: asking.ipv4, type: 'ipv4_addr', seconds: forgetAfter, size: sources },
  { name: asking.ipv6, type: 'ipv6_addr', seconds: forgetAfter, size: sources },
]

export function filterText(input: JumpInput): string {
  return nftTable(
    [
      `Written by bateau for ${input.course}. Loading it replaces the table "${jumpTable}" and no other.`,
      "A session's sockets belong to the student's account: sshd gives up root before it forwards anything.",
    ],
    filterTable(input),
  )
}

export function filterTable(input: JumpInput): Table {
  return {
    family: 'inet',
    name: jumpTable,
    sets: memory,
    chains: [
      {
        name: 'input',
        hook: { at: 'input', priority: 'filter', policy: 'accept' },
        rules: heldBack(input),
      },
      {
        name: 'output',
        hook: { at: 'output', priority: 'filter', policy: 'accept' },
        rules: [{ nft: `meta skgid ${quoted(jumpGroup)} goto students` }],
      },
      { name: 'students', rules: students(input) },
      {
        name: 'refused',
        rules: [
          { nft: 'limit rate 60/minute burst 30 packets log prefix "bateau-jump refused " flags skuid' },
          { nft: 'counter reject with icmpx admin-prohibited' },
        ],
      },
    ],
  }
}

/** A minute, of one student. Each `ssh` and `scp` through the jump host is a connection. */
const connections = 4

/** A whole class may be behind one address, and begin at once. */
function heldBack({ port, travellers }: JumpInput): Rule[] {
  const most = connections * startups(travellers.length).begin
  const over = `limit rate over ${most}/minute burst ${most} packets`
  const begun = `tcp dport ${port} ct state new`
  return [
    {
      nft: `${begun} update @${asking.ipv4} { ip saddr ${over} } counter drop`,
      why: 'new connections from one address; a campus has one for all',
    },
    {
      nft: `${begun} update @${asking.ipv6} { ip6 saddr & ffff:ffff:ffff:ffff:: ${over} } counter drop`,
      why: 'and from one /64, which is one link',
    },
  ]
}

/** Every packet is judged, not only the first: what is taken out of the class's prefixes is out at once. */
function students({ reached, ports, facts }: JumpInput): Rule[] {
  const targets = widest(reached.prefixes)
  const own = reached.never.map(String).toSorted()
  return [
    ...asksNames(facts.resolvers),
    // Before this server itself is refused: it may be one of the clouds.
    ...accepted(
      reached.fronts.map(String).toSorted(),
      [frontPort],
      'API and dashboard of the clouds, for browsers behind ssh -D',
    ),
    { nft: 'fib daddr type local goto refused', why: 'this server itself, by whatever address' },
    ...(own.length === 0
      ? []
      : [
          {
            nft: `ip6 daddr { ${[...new Set(own)].join(', ')} } goto refused`,
            why: "the clouds' own addresses among them",
          },
        ]),
    ...accepted(targets.map(String), ports, 'who went where'),
    { nft: 'goto refused' },
  ]
}

function accepted(targets: readonly string[], ports: readonly number[], why: string): Rule[] {
  if (targets.length === 0) return []
  const to = `ip6 daddr { ${targets.join(', ')} } tcp dport { ${sorted(ports).join(', ')} }`
  return [
    { nft: `${to} tcp flags & (syn | ack) == syn log prefix "bateau-jump opened " flags skuid`, why },
    { nft: `${to} counter accept` },
  ]
}

/** A student may type a name: sshd asks for its addresses as the student. */
function asksNames(resolvers: readonly string[]): Rule[] {
  const of = (family: 'ip' | 'ip6') => {
    const some = resolvers.filter((one) => one.includes(':') === (family === 'ip6'))
    return some.length === 0 ? [] : [`${family} daddr { ${some.join(', ')} } udp dport 53 accept`]
  }
  return [...of('ip'), ...of('ip6')].map((nft, i) => ({
    nft,
    ...(i === 0 ? { why: 'names of instances; what they lead to is judged like any address' } : {}),
  }))
}

/** Without those that lie in another: nftables takes no overlaps. */
function widest(prefixes: readonly Prefix[]): Prefix[] {
  return prefixes.filter(
    (one, i) => !prefixes.some((other, j) => other.contains(one) && (!one.contains(other) || j < i)),
  )
}

const sorted = (ports: readonly number[]) => [...new Set(ports)].sort((a, b) => a - b)

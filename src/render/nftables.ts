// Decides how one nftables table is written so that loading it replaces it, whole and at once, and touches no other.
// Leaves the rules to delivery/firewall.

export type Rule = { nft: string; why?: string }

export type Chain = {
  name: string
  /** Absent: a chain that others jump to. */
  hook?: { at: 'input' | 'output' | 'forward'; priority: string; policy: 'accept' | 'drop' }
  rules: readonly Rule[]
}

/** A set that rules write to; an element is forgotten `seconds` after it was last written. */
export type MemorySet = {
  name: string
  type: 'ipv4_addr' | 'ipv6_addr' | 'ifname'
  seconds: number
  /** Elements at most; left out: few. */
  size?: number
}

export type Table = { family: 'inet'; name: string; sets?: readonly MemorySet[]; chains: readonly Chain[] }

/** Elements of a set: senders of packets are not asked how many they are. A full set remembers no more, and nothing else happens. */
const setSize = 64

/**
 * nft(8) input. Declared, deleted, declared again in one file is one transaction: there is no moment without rules,
 * and the file loads whether the table was there or not.
 */
export function nftTable(comment: readonly string[], table: Table): string {
  const title = `table ${table.family} ${table.name}`
  const sets = (table.sets ?? []).map(({ name, type, seconds, size = setSize }) =>
    block(`  set ${name}`, [`    type ${type}; flags dynamic, timeout; size ${size}; timeout ${seconds}s;`]),
  )
  const chains = table.chains.map((chain) => block(`  chain ${chain.name}`, chainBody(chain)))
  return `${[
    ...comment.map((line) => `# ${line}`),
    '',
    title,
    `delete ${title}`,
    `${title} {`,
    [...sets, ...chains].join('\n\n'),
    '}',
  ].join('\n')}\n`
}

/** `{ "eno1", "br-ex" }`: interface names quoted, as they may hold anything but a quote. */
export function anyOf(...names: readonly string[]): string {
  return `{ ${names.map(quoted).join(', ')} }`
}

export function quoted(name: string): string {
  if (/["\n\\]/.test(name)) throw new RangeError(`nftables cannot quote ${name}`)
  return `"${name}"`
}

function chainBody({ hook, rules }: Chain): string[] {
  const head = hook
    ? [`    type filter hook ${hook.at} priority ${hook.priority}; policy ${hook.policy};`]
    : []
  return [...head, ...rules.flatMap(({ nft, why }) => [...(why ? [`    # ${why}`] : []), `    ${nft}`])]
}

const block = (title: string, lines: readonly string[]) => [`${title} {`, ...lines, '  }'].join('\n')

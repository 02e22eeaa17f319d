// Decides what of a course file a probed server becomes: its entry under `servers`, as YAML.
// Leaves whether the file is sound to course/. A DUID never stands in it: the name of its file does.
import type { HostFacts } from '../core/site.ts'
import type { RootDisk } from '../host/root-disk.ts'
import type { Told } from './delivery-kind.ts'

export type StanzaInput = {
  told: Told
  facts: HostFacts
  disk: RootDisk | null
  /** As ssh takes it. */
  address: string
  /** File of the DUID, as it was named. */
  duidFile: string | null
  /** What should hold a delegated block there; null: what bateau chooses anyway. */
  client: string | null
}

/** Null where nothing can be served from what is delivered, or nothing could be told. */
export function stanza({ told, facts, disk, address, duidFile, client }: StanzaInput): string | null {
  const { kind, block, gateway, nextHop } = told
  if (block === null || (kind !== 'routed' && kind !== 'dhcpv6-pd' && kind !== 'on-link')) return null
  const ipv6 = [
    `delivery: ${kind}`,
    `block: '${block}'`,
    ...(kind === 'dhcpv6-pd' ? [`duid_file: ${quoted(duidFile ?? 'secrets/block.duid')}`] : []),
    ...(kind === 'dhcpv6-pd' && client !== null ? [`client: ${client}`] : []),
    ...(nextHop === null ? [] : [`next_hop: '${nextHop}/64'`]),
    gateway === null ? "# gateway: '…'   not seen: the console names it" : `gateway: '${gateway}'`,
  ]
  const lines = [
    'servers:',
    `  - name: ${nameOf(facts.hostname)}`,
    '    provider: adopted',
    `    address: ${quoted(address)}`,
    `    cores: ${facts.cores}`,
    `    ram: ${Math.max(1, Math.round(facts.memoryMiB / 1024))} GiB`,
    disk === null
      ? '    # disks: [{kind: ssd, size: … GB}]   not seen: the console names them'
      : `    disks: [{kind: ${disk.kind}, size: ${disk.gigabytes} GB}]`,
    '    ipv6:',
    ...ipv6.map((line) => `      ${line}`),
  ]
  return `${lines.join('\n')}\n`
}

/** A name that the course file takes: lower case, digits, hyphens, at most 24 (course/schema). */
function nameOf(hostname: string): string {
  const [first = ''] = hostname.toLowerCase().split('.')
  const slug = first
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 24)
    .replaceAll(/^[-0-9]+|-+$/g, '')
  return slug === '' || ['null', 'true', 'false', 'yes', 'no', 'on', 'off'].includes(slug) ? 'os1' : slug
}

/** YAML single-quoted style (YAML 1.2 section 7.3.2). */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

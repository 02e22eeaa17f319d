// Decides what may pass in an exam: how it is typed, and which rules of a security group say it.
// Leaves the group itself to exam-group.
import { type Fault, Trouble } from '../../core/fault.ts'
import { Address, Prefix } from '../../core/prefix.ts'
import type { WallRule } from '../../cloud/walls.ts'
import { describe } from '../mark.ts'

/** Where instances may go to, and who may come to them. */
export type Allowance = {
  out: readonly { prefix: Prefix; port: number; protocol: 'tcp' | 'udp' }[]
  /** Ping and SSH from there. */
  in: readonly Prefix[]
}

/** `2001:db8::/32:443`, `[2001:db8::5]:53/udp`. Throws Trouble `not-allowed-form`. */
export function readAllowance(text: string): Allowance['out'][number] {
  const [, bracketed, plain, port = '', protocol = 'tcp'] =
    /^(?:\[([^\]]+)\]|([0-9a-f:]+\/\d+)):(\d{1,5})(?:\/(tcp|udp))?$/i.exec(text) ?? []
  const prefix = readPrefix(bracketed ?? plain ?? '')
  const number = Number(port)
  if (prefix === null || number < 1 || number > 65_535) throw new Trouble(oddForm(text))
  return { prefix, port: number, protocol: protocol.toLowerCase() === 'udp' ? 'udp' : 'tcp' }
}

/** Throws Trouble `not-allowed-form`. */
export function readSource(text: string): Prefix {
  const prefix = readPrefix(text)
  if (prefix !== null) return prefix
  throw new Trouble({ ...oddForm(text), title: `${text} is no IPv6 prefix`, why: 'instances have IPv6 only' })
}

/** An IPv6 prefix, or an address for itself alone; null for anything else. */
function readPrefix(text: string): Prefix | null {
  const read = text.includes('/') ? Prefix.parse(text) : Address.parse(text)
  if (!read.ok) return null
  return read.value instanceof Prefix ? read.value : Prefix.at(read.value, 128)
}

/** Rules of the security group of an exam. */
export function wallRules(course: string, allowed: Allowance): WallRule[] {
  const rule = (rest: Omit<WallRule, 'ethertype' | 'description'>): WallRule => ({
    ethertype: 'IPv6',
    description: describe(course, 'exam'),
    ...rest,
  })
  return [
    ...allowed.out.map(({ prefix, port, protocol }) =>
      rule({
        direction: 'egress',
        protocol,
        port_range_min: port,
        port_range_max: port,
        remote_ip_prefix: String(prefix),
      }),
    ),
    ...allowed.in.flatMap((from) => [
      rule({ direction: 'ingress', protocol: 'ipv6-icmp', remote_ip_prefix: String(from) }),
      rule({
        direction: 'ingress',
        protocol: 'tcp',
        port_range_min: 22,
        port_range_max: 22,
        remote_ip_prefix: String(from),
      }),
    ]),
  ]
}

/** Alike for a rule that is wanted and for the one that Neutron made of it. */
export const keyOf = (one: {
  direction: string
  protocol?: string | null | undefined
  port_range_min?: number | null | undefined
  remote_ip_prefix?: string | null | undefined
}) =>
  [
    one.direction,
    one.protocol ?? 'any',
    one.port_range_min ?? '',
    one.remote_ip_prefix ? String(readPrefix(one.remote_ip_prefix)) : '',
  ].join(' ')

function oddForm(text: string): Fault {
  return {
    code: 'not-allowed-form',
    title: `${text} is no prefix with a port`,
    why: 'an IPv6 prefix, a colon and a port; an address alone stands in brackets',
    fix: 'for example: --allow 2001:db8::/32:443 --allow [2001:db8::53]:53/udp',
  }
}

// Decides how a delegated prefix is asked after (RFC 8415 section 18.2.1) and what a server's answer offers.
// Leaves sending and hearing to host/ear. It only ever asks: a Solicit without Rapid Commit leases nothing.
import { Address, Prefix } from '../core/prefix.ts'
import { buildDhcpv6, buildUdp, type Dhcpv6, dhcpPorts } from './dhcpv6.ts'
import type { DhcpOption, IaPd, IaPrefix } from './dhcpv6-option.ts'
import { buildEthernet, etherTypes, multicastMac } from './ethernet.ts'
import { buildIpv6, protocols } from './ipv6.ts'

/** All_DHCP_Relay_Agents_and_Servers (RFC 8415 section 7.1). */
const dhcpServers = Address.of('ff02::1:2')
/** SOL_MAX_RT: RFC 8415 section 18.2.1 has every client ask for it. */
const solMaxRt = 82

export type Asking = {
  mac: string
  /** Link-local address of the link. */
  from: Address
  /** A secret: whoever sends it gets the block. */
  duid: Uint8Array
  iaid: number
  transaction: number
  /** The block that is expected; a hint to the server. */
  hint: Prefix | null
}

export function solicit(asking: Asking): Uint8Array {
  const { mac, from, hint } = asking
  const wished: IaPrefix[] = hint
    ? [
        {
          option: 'ia-prefix',
          preferred: 0,
          valid: 0,
          length: hint.length,
          address: hint.network,
          options: [],
        },
      ]
    : []
  const message = buildDhcpv6({
    type: 'solicit',
    transaction: asking.transaction,
    options: [
      { option: 'client-id', duid: asking.duid },
      { option: 'wanted', codes: [solMaxRt] },
      { option: 'elapsed', centiseconds: 0 },
      { option: 'ia-pd', iaid: asking.iaid, t1: 0, t2: 0, options: wished },
    ],
  })
  const to = dhcpServers
  const payload = buildUdp({ from: dhcpPorts.client, to: dhcpPorts.server, payload: message }, from, to)
  const ip = buildIpv6({ flow: 0, hopLimit: 1, from, to, extensions: [], protocol: protocols.udp, payload })
  return buildEthernet({
    from: mac,
    to: multicastMac(to.bits),
    tag: null,
    type: etherTypes.ipv6,
    payload: ip,
  })
}

export type Offered = { prefix: Prefix; preferredSeconds: number; validSeconds: number }
export type Answer =
  | { answer: 'offers'; prefixes: readonly Offered[]; ignored: readonly string[] }
  /** A status of the server's: `NoPrefixAvail`, … */
  | { answer: 'refuses'; status: string; message: string }
  /** It answered, and nothing in it can be used. */
  | { answer: 'absurd'; why: string }

/** RFC 8415 section 21.13. */
const statuses = [
  'Success',
  'UnspecFail',
  'NoAddrsAvail',
  'NoBinding',
  'NotOnLink',
  'UseMulticast',
  'NoPrefixAvail',
]
const statusName = (code: number) => statuses[code] ?? `status ${code}`
/** A client must keep to what a server gives for as long as this; more is as good as for ever. */
const forEver = 0xffff_ffff

/** Undefined when the message is not the answer to this question: another type, transaction or client. */
export function answerOf(
  message: Dhcpv6,
  asking: Pick<Asking, 'transaction' | 'duid' | 'iaid'>,
): Answer | undefined {
  if (message.type !== 'advertise' || message.transaction !== asking.transaction) return undefined
  const client = find(message.options, 'client-id')
  if (client === undefined || !same(client.duid, asking.duid)) return undefined
  // RFC 8415 section 16.3: without a server identifier it must be discarded.
  if (find(message.options, 'server-id') === undefined) return { answer: 'absurd', why: 'it names no server' }
  const said = find(message.options, 'status')
  if (said !== undefined && said.code !== 0) return refusal(said)
  const ours = message.options.filter((option) => option.option === 'ia-pd' && option.iaid === asking.iaid)
  const [ia] = ours as IaPd[]
  return ia === undefined ? { answer: 'absurd', why: 'it holds no answer to the question' } : ofIa(ia)
}

function ofIa(ia: IaPd): Answer {
  const said = find(ia.options, 'status')
  if (said !== undefined && said.code !== 0) return refusal(said)
  // RFC 8415 section 21.21: T1 after T2 makes the whole IA_PD invalid.
  if (ia.t1 > ia.t2 && ia.t2 > 0) return { answer: 'absurd', why: `T1 is ${ia.t1} s and T2 ${ia.t2} s` }
  const ignored: string[] = []
  const prefixes = ia.options.flatMap((option): Offered[] => {
    if (option.option !== 'ia-prefix') return []
    const prefix = Prefix.at(option.address, option.length)
    const refused = find(option.options, 'status')
    const why =
      refused !== undefined && refused.code !== 0 ? statusName(refused.code) : refusedPrefix(prefix, option)
    if (why === null)
      return [{ prefix, preferredSeconds: option.preferred, validSeconds: Math.min(option.valid, forEver) }]
    ignored.push(`${prefix}: ${why}`)
    return []
  })
  if (prefixes.length > 0) return { answer: 'offers', prefixes, ignored }
  return { answer: 'absurd', why: ignored.join('; ') || 'it offers no prefix and says no reason' }
}

/** RFC 8415 section 21.22. */
function refusedPrefix(prefix: Prefix, { preferred, valid }: IaPrefix): string | null {
  if (preferred > valid) return `preferred for ${preferred} s but valid for ${valid} s`
  if (valid === 0) return 'valid for 0 s'
  return prefix.length === 0 || prefix.network.isLinkLocal() ? 'not a prefix that can be delegated' : null
}

const refusal = ({ code, message }: { code: number; message: string }): Answer => ({
  answer: 'refuses',
  status: statusName(code),
  message,
})

function find<K extends DhcpOption['option']>(options: readonly DhcpOption[], kind: K) {
  return options.find((option): option is Extract<DhcpOption, { option: K }> => option.option === kind)
}

const same = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, i) => byte === other[i])

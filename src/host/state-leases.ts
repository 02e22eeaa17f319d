// Decides how the delegations that systemd-networkd, dhclient and dhcpcd say they hold are read.
// Leaves whether the right one is among them to delivery/expect.
import type { LeaseState, RouteState } from '../core/host-state.ts'
import { Address, Prefix } from '../core/prefix.ts'

type Told = { networkd: string; notes: string }
/** `uptime`: seconds since boot, by which all lifetimes are counted: a wall clock that jumps changes none. */
type At = { uplink: string; uptime: number; routes: readonly RouteState[] }

/** RFC 8415 section 7.7: a lifetime without end. */
const infinity = 0xffff_ffff

export function readLeases(told: Told, at: At): LeaseState[] {
  return [...networkdLeases(told.networkd, at), ...notedLeases(told.notes, at)]
}

/**
 * systemd 255 and later report leases, lifetimes as microseconds since boot. Before, the unreachable route that networkd
 * holds with the lease is all that shows it.
 */
function networkdLeases(text: string, { uplink, uptime, routes }: At): LeaseState[] {
  const told = text.split('\n').flatMap((line): LeaseState[] => {
    const [, bytes, length] = /"Prefix":\[([\d,]+)\],"PrefixLength":(\d+)/.exec(line) ?? []
    const prefix = prefixOf(bytes?.split(',').map(Number), Number(length))
    if (prefix === undefined) return []
    const left = (kind: string) => {
      const until = new RegExp(`"${kind}LifetimeU[Ss][Ee][Cc]":(\\d+)`).exec(line)?.[1]
      return until === undefined || Number(until) > 1e18 ? null : atLeastZero(Number(until) / 1e6 - uptime)
    }
    return [
      {
        client: 'networkd',
        link: uplink,
        prefix,
        validSeconds: left('Valid'),
        preferredSeconds: left('Preferred'),
      },
    ]
  })
  if (told.length > 0) return told
  return routes
    .filter(({ type, protocol }) => type === 'unreachable' && protocol === 'dhcp')
    .map(({ to }) => ({
      client: 'networkd',
      link: uplink,
      prefix: to,
      validSeconds: null,
      preferredSeconds: null,
    }))
}

/**
 * What the hook of our own dhcpcd or dhclient noted when the lease came: `CLIENT LINK PREFIX PREFERRED VALID UPTIME`, all
 * in seconds, the last of them since boot.
 */
function notedLeases(text: string, { uplink, uptime }: At): LeaseState[] {
  const [client, link, prefix = '', preferred, valid, came, ...rest] = text.trim().split(' ')
  const parsed = Prefix.parse(prefix)
  const known = client === 'dhcpcd' || client === 'dhclient'
  if (!known || link !== uplink || !parsed.ok || came === undefined || rest.length > 0) return []
  const left = (life: string | undefined) => {
    const seconds = Number(life)
    if (seconds >= infinity) return null
    return atLeastZero(seconds - Math.max(0, uptime - Number(came)))
  }
  const [validSeconds, preferredSeconds] = [left(valid), left(preferred)]
  if (Number.isNaN(validSeconds) || Number.isNaN(preferredSeconds)) return []
  return [{ client, link, prefix: parsed.value, validSeconds, preferredSeconds }]
}

function prefixOf(bytes: readonly number[] | undefined, length: number): Prefix | undefined {
  if (bytes?.length !== 16 || bytes.some((byte) => !(byte >= 0 && byte <= 255))) return undefined
  const bits = bytes.reduce<bigint>((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  const parsed = Prefix.parse(`${Address.fromBits(bits)}/${length}`)
  return parsed.ok ? parsed.value : undefined
}

const atLeastZero = (seconds: number): number => Math.max(0, Math.floor(seconds))

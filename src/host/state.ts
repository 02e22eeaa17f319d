// Decides how one look at a server's network becomes a value, and when the look itself failed: could not check, never a guess.
// Leaves what the script asks to state-script, and what of the answer is right or wrong to delivery/ and check/.
import { Trouble } from '../core/fault.ts'
import type { HostPart, HostState, UplinkManager, UnitState } from '../core/host-state.ts'
import type { Shell } from '../core/shell.ts'
import { readFilter } from './state-filter.ts'
import { readLeases } from './state-leases.ts'
import { readAddresses, readLinks, readNeighbours, readProxies, readRoutes } from './state-network.ts'
import { mark, stateScript } from './state-script.ts'
import { readSysctlFiles } from './state-sysctl.ts'

export type StateQuestion = {
  /** Name in the course file. */
  host: string
  uplink: string
  /** systemd units to be told of. */
  units: readonly string[]
  /** Keys of /proc/sys: `net/ipv6/conf/all/forwarding`. */
  kernel: readonly string[]
}

/** A busy server may take seconds for what else takes 50 ms. */
const patienceMilliseconds = 30_000

/** What `.network` files say of router advertisements, beside the kernel's own parameters. */
const acceptKey = 'networkd/IPv6AcceptRA'

/** Throws Trouble `state-unreadable` when links, addresses or routes could not be read whole; `host-unreachable` is the shell's. */
export async function readHostState(shell: Shell, question: StateQuestion): Promise<HostState> {
  const { uplink, kernel, units } = question
  const argv = ['sh', '-s', '--', uplink, kernel.join(' '), units.join(' ')] as const
  const ran = await shell.run(argv, { stdin: stateScript, timeout: patienceMilliseconds })
  return parseHostState(ran.stdout, question, lastLine(ran.stderr) || `sh ended with ${ran.code}`)
}

/** Pure. `complaint`: what to say of an answer that is not whole. */
export function parseHostState(text: string, question: StateQuestion, complaint = ''): HostState {
  const parts = partsOf(text)
  const unreadable = (why: string): Trouble => new Trouble(unreadableFault(question.host, why || complaint))
  const part = (name: string) => parts.get(name) ?? { text: '', code: -1 }
  if (!parts.has('end')) throw unreadable(`the answer is not whole: ${complaint}`)
  const must = <T>(name: string, read: (text: string) => T): T => {
    const { text: own, code } = part(name)
    if (code !== 0) throw unreadable(`${name}: exit ${code}${complaint && `: ${complaint}`}`)
    try {
      return read(own)
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof RangeError)
        throw unreadable(`${name}: ${error.message}`)
      throw error
    }
  }
  const clock = must('clock', readClock)
  const parameters = readParameters(part('kernel').text)
  const accepts = parameters[`net/ipv6/conf/${question.uplink}/accept_ra`]
  const { manager, networkFile } = readManager(part('manager').text, accepts)
  const routes = must('routes', readRoutes)
  const leases = readLeases(
    { networkd: part('networkd').text, notes: part('notes').text },
    { uplink: question.uplink, uptime: clock.uptimeSeconds, routes },
  )
  const filter = readFilter(part('filter').text)
  const filterRead = part('filter').code === 0
  const units = readUnits(part('units').text)
  const unread: Partial<Record<HostPart, string>> = {
    ...(filterRead
      ? {}
      : { filter: `the packet filters could not be read: ${firstLine(part('filter').text) || complaint}` }),
    ...(question.units.every((unit) => units[unit]) ? {} : { units: 'systemd did not tell of every unit' }),
  }
  return {
    host: question.host,
    ...clock,
    manager,
    links: must('addresses', readLinks),
    addresses: must('addresses', readAddresses),
    routes,
    neighbours: must('neighbours', readNeighbours),
    proxies: part('proxies').code === 0 ? must('proxies', readProxies) : [],
    leases,
    kernel: parameters,
    persisted: {
      ...readSysctlFiles(part('sysctl').text, question.kernel),
      ...(networkFile ? { [acceptKey]: networkFile } : {}),
    },
    units,
    foreignDrops: filterRead ? filter.foreignDrops : [],
    firewall: filterRead ? filter.firewall : null,
    heard: filterRead ? filter.heard : null,
    unread,
  }
}

function partsOf(text: string): Map<string, { text: string; code: number }> {
  const parts = new Map<string, { text: string; code: number }>()
  let name = ''
  let lines: string[] = []
  for (const line of text.split('\n')) {
    const [, what, value] = line.startsWith(mark) ? line.split(' ') : []
    if (what === 'part' && value !== undefined) {
      name = value
      lines = []
    } else if (what === 'left') {
      parts.set(name, { text: lines.join('\n').trim(), code: Number(value) })
    } else lines.push(line)
  }
  return parts
}

function readClock(text: string): { clock: number; uptimeSeconds: number; bootId: string } {
  const [now = '', up = '', bootId = ''] = text.split('\n')
  const clock = Math.round(Number(now) * 1_000)
  const uptimeSeconds = Number(up)
  if (!now || !Number.isFinite(clock) || !Number.isFinite(uptimeSeconds) || bootId === '')
    throw new RangeError(`no clock in ${JSON.stringify(text)}`)
  return { clock, uptimeSeconds, bootId }
}

/**
 * systemd-networkd says of a link that it leaves alone `unmanaged`; NetworkManager knows `true` and `false`. dhcpcd that
 * listens to routers itself keeps the kernel from it (accept_ra=0); one that does not only asks for prefixes.
 */
function readManager(
  text: string,
  accepts: string | undefined,
): {
  manager: UplinkManager
  networkFile?: { value: string; file: string }
} {
  const says = readPairs(text)
  const networkd = says['networkd'] ?? ''
  const lines = text.split('\n').flatMap((line) => {
    const [, file, value] = /^(\/[^:]*):\s*IPv6AcceptRA\s*=\s*(.*?)\s*$/.exec(line) ?? []
    return file !== undefined && value !== undefined ? [{ file, value }] : []
  })
  const last = lines.at(-1)
  const manager =
    networkd !== '' && networkd !== 'unmanaged'
      ? 'networkd'
      : says['NetworkManager'] === 'true' || says['NetworkManager'] === 'full'
        ? 'NetworkManager'
        : says['dhcpcd'] !== undefined && accepts === '0'
          ? 'dhcpcd'
          : 'kernel'
  return { manager, ...(last ? { networkFile: last } : {}) }
}

function readUnits(text: string): Record<string, UnitState> {
  const units: Record<string, UnitState> = {}
  for (const block of text.split('\n\n')) {
    const says = readPairs(block)
    const { Id: id, LoadState: load, ActiveState: active, UnitFileState: enabled } = says
    if (id === undefined || active === undefined) continue
    units[id] = { active: load === 'not-found' ? 'absent' : active, enabled: enabled ?? '' }
  }
  return units
}

/** `/proc/sys/KEY:VALUE`, as grep prints; an interface's name in the key may hold a colon, a value does not. */
function readParameters(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const [, key, value] = /^\/proc\/sys\/(.+):([^:]*)$/.exec(line) ?? []
      return key !== undefined && value !== undefined ? [[key, value.trim()] as const] : []
    }),
  )
}

function readPairs(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf('=')
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1).trim()] as const] : []
    }),
  )
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''
const firstLine = (text: string): string => text.trim().split('\n')[0] ?? ''

const unreadableFault = (host: string, why: string) => ({
  code: 'state-unreadable',
  title: `${host}: its network could not be read`,
  why,
  fix: 'run it again; if it stays, log in and look at: ip -j address; ip -j -6 route',
  host,
})

// Decides how ssh goes through a jump host: whether it lets one in, and the command that leads on to an instance.
// Leaves what is on that host to jump/, and who goes through to deploy/ and check/.
import type { Shell } from '../core/shell.ts'
import { quote } from './quote.ts'

/** One account of the jump host, as somebody uses it. */
export type JumpWay = {
  /** What is typed: a name or an address. */
  address: string
  port: number
  user: string
  identityFile: string
  /** File with the host's own key. */
  knownHosts: string
  /** By IPv4 alone, as from a campus that has nothing else. */
  ipv4?: boolean
}

/** Nothing of the user's own ssh_config counts: what is proven must hold for everybody. */
export function hopArgv(way: JumpWay, to: string, logLevel = 'ERROR'): [string, ...string[]] {
  const options = {
    BatchMode: 'yes',
    ConnectTimeout: '10',
    IdentitiesOnly: 'yes',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: way.knownHosts,
    GlobalKnownHostsFile: '/dev/null',
    LogLevel: logLevel,
    ControlPath: 'none',
  }
  const set = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`])
  const family = way.ipv4 === true ? ['-4'] : []
  return [
    'ssh',
    '-F',
    'none',
    ...family,
    ...set,
    '-i',
    way.identityFile,
    '-p',
    String(way.port),
    '-l',
    way.user,
    '-W',
    to,
    way.address,
  ]
}

/** ProxyCommand (ssh_config(5)) through it; a `%` that is not a token of the outer ssh is doubled. */
export function hopCommand(way: JumpWay): string {
  const [last = '', to = '', ...first] = hopArgv(way, '[%h]:%p').toReversed()
  const doubled = (argv: readonly string[]) => quote(argv.map((one) => one.replaceAll('%', '%%')))
  return `${doubled(first.toReversed())} '${to}' ${doubled([last])}`
}

/**
 * Whether a fresh log-in there succeeds. It asks for a forward that nobody is allowed, as there is nothing else to ask
 * for: that it is refused ends the connection. Never throws for what ssh says.
 */
export async function authenticates(place: Shell, way: JumpWay): Promise<{ in: boolean; said: string }> {
  const ran = await place.run(hopArgv(way, '[::1]:9', 'VERBOSE'), { timeout: 30_000 })
  const lines = ran.stderr.trim().split('\n')
  const welcome = lines.find((line) => line.startsWith('Authenticated to '))
  return { in: welcome !== undefined, said: welcome ?? lines.at(-1) ?? `ssh ended with ${ran.code}` }
}

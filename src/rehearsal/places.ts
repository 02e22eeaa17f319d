// Decides how the places of a world are reached: the internet beyond the edge, the edge itself, and the servers by SSH.
// Leaves what is run there to the rooms above.
import type { Shell } from '../core/shell.ts'
import { localShell } from '../host/spawn.ts'
import type { SshTarget } from '../host/ssh.ts'
import { greeting } from './greeting.ts'
import { markedEnv } from './processes.ts'
import { simplePath } from './python-index.ts'
import { gitMount, type RehearsalWorld } from './world.ts'

/** The internet: beyond the provider's router, sharing no link with the servers. Checks from outside run here. */
export const internetShell = (world: RehearsalWorld): Shell =>
  localShell('the internet', internetPrefix(world))

/** A campus without IPv6. */
export const campusShell = (world: RehearsalWorld): Shell => localShell('the campus', campusPrefix(world))

/** Argv prefix for commands that shall run on the campus; marked like those in the internet. */
export const campusPrefix = (world: RehearsalWorld): [string, ...string[]] =>
  enter(world, world.campus.namespace)

/** The provider's router. */
export const edgeShell = (world: RehearsalWorld): Shell =>
  localShell('the edge', enter(world, world.edge.namespace))

/**
 * Argv prefix for commands that shall run in the internet. They carry the world's mark, so that `down` also ends an ssh
 * connection left open there.
 */
export const internetPrefix = (world: RehearsalWorld): [string, ...string[]] =>
  enter(world, world.internet.namespace)

/** How bateau logs in to a server, from the internet and by IPv4, as at a real provider before IPv6 is there. */
export function sshTarget(world: RehearsalWorld, name: string): SshTarget {
  const server = world.servers.find((one) => one.name === name)
  if (!server) throw new RangeError(`no server ${name} in ${world.name}`)
  return {
    name,
    address: server.ipv4.address,
    user: 'root',
    port: 22,
    identityFile: world.identityFile,
    knownHostsFile: world.knownHostsFile,
    via: internetPrefix(world),
    bare: true,
  }
}

/** A TCP service in the internet that greets whoever asks `GET /`: the target of checks from inside. */
export const internetService = (world: RehearsalWorld) => ({
  address: world.internet.address,
  /** Two addresses that answer ping: an answer of either is a way out. */
  pings: [world.internet.address, world.internet.second] as const,
  port: world.internet.port,
  greeting,
})

/**
 * URL of the simple index (PEP 503) that servers have there: this machine's own, by way of the mirror. It is http, so pip
 * wants its host named as trusted (`--trusted-host`, PIP_TRUSTED_HOST).
 */
export const pythonIndex = (world: RehearsalWorld): string =>
  `http://[${world.internet.address}]:${world.internet.port}${simplePath}`

/** Path at which servers have the git repositories of this machine; null where the course names none. */
export const gitInside = (world: RehearsalWorld): string | null => (world.git === null ? null : gitMount)

function enter(world: RehearsalWorld, namespace: string): [string, ...string[]] {
  return ['env', ...markedEnv(world, 'visitor'), 'nsenter', `--net=/run/netns/${namespace}`]
}

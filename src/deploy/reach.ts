// Decides how bateau gets to each server of a course: by SSH from here, or from inside the rehearsal's internet.
// Leaves the connection itself to host/ssh.
import { Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'
import type { Course } from '../course/course.ts'
import { localShell } from '../host/spawn.ts'
import { sshShell, type SshTarget } from '../host/ssh.ts'
import type { World } from './world.ts'

export type Reach = {
  target(server: string): SshTarget
  shell(server: string): Shell
  /** Where the proof looks from: a place on the internet with IPv6. */
  outside: Shell
}

/** The ways to the servers: `targets` as a provider gives them. */
export function reachBy(world: World, targets: readonly SshTarget[], outside: Shell): Reach {
  const known = new Map(targets.map((target) => [target.name, target]))
  const shells = new Map(targets.map((target) => [target.name, sshShell(target, world.control)]))
  const find = <T>(all: Map<string, T>, server: string): T => {
    const one = all.get(server)
    if (one === undefined) throw new RangeError(`no server ${server}`)
    return one
  }
  return { target: (server) => find(known, server), shell: (server) => find(shells, server), outside }
}

/** Servers that exist already: the address, user and key of the course file; the user's own ssh_config counts. Fault code: `no-address`. */
export function adoptedTargets(course: Course, world: World): SshTarget[] {
  return course.servers
    .filter((server) => server.role === 'cloud' || server.name === course.jump?.server)
    .map((server) => {
      if (server.address === null)
        throw new Trouble({
          code: 'no-address',
          title: `${server.name} has no address in the course file`,
          why: 'bateau adopts servers that are delivered already, by SSH',
          fix: `write its address under servers, name: ${server.name}, address: …`,
        })
      return {
        name: server.name,
        address: server.address,
        user: course.access.user,
        port: course.access.port,
        knownHostsFile: world.knownHosts,
        trustFirst: true,
        ...(course.access.key === null ? {} : { identityFile: course.access.key }),
      }
    })
}

export const thisMachine = localShell()

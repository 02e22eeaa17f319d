// Decides what a course stands on: containers behind a simulated provider on this machine, or servers that exist already.
// Leaves everything after that to ascend, which is the same for both.
import { dirname, join, resolve } from 'node:path'
import { type Fault, Trouble } from '../core/fault.ts'
import type { Address } from '../core/prefix.ts'
import { unsupported } from '../core/release.ts'
import type { Shell } from '../core/shell.ts'
import type { Task } from '../core/task.ts'
import type { Course, Server } from '../course/course.ts'
import { adoptedTargets, type Reach, reachBy, thisMachine } from './reach.ts'
import { imagePackages, tinyImageTask } from '../image/tiny.ts'
import { readMirror } from '../rehearsal/apt-mirror.ts'
import { internetCable } from '../rehearsal/edge-network.ts'
import {
  edgeShell,
  gitInside,
  internetPrefix,
  internetService,
  internetShell,
  pythonIndex,
  sshTarget,
} from '../rehearsal/places.ts'
import { rehearsalTasks } from '../rehearsal/tasks.ts'
import { type Release, rehearsalWorld, type RehearsalWorld } from '../rehearsal/world.ts'
import type { World } from './world.ts'

export type Ground = {
  /** What must be there before a server can be logged in to. */
  tasks: readonly Task[]
  reach: Reach
  /** What instances must reach: something that answers ping, something that accepts TCP. */
  targets: {
    ping: Address
    /** The same and, where there is one, a second opinion: an answer of any is a way out. */
    pings: readonly [Address, ...Address[]]
    tcp: { address: Address; port: number }
  }
  /** What servers build from unless the course says otherwise: base of git repositories, Python index. Null: the public ones. */
  sources: { git: string | null; pip: string | null }
  /** Argv prefix that puts a command where the proof looks from; empty for this machine. */
  outsidePrefix: readonly string[]
  /** The provider's router, where it can be listened to: its links towards the internet and towards a server. */
  edge?: (server: string) => { shell: Shell; outer: string; inner: string }
}

/** What the course stands on. Throws Trouble. */
export function groundOf(course: Course, world: World, rehearsal: boolean): Ground {
  return rehearsal ? rehearsalGround(rehearsalOf(course, world), world) : adoptedGround(course, world)
}

/** The rehearsal of a course: every server of it as a container, whatever provider it names. Throws Trouble. */
export function rehearsalOf(course: Course, world: World): RehearsalWorld {
  const servers = course.servers
    .filter((server) => server.role === 'cloud')
    .map((server) => {
      const { ipv6 } = server
      if (!ipv6?.block) throw new Trouble(notRehearsed(server.name, 'it has no block in the course file'))
      const common = {
        name: server.name,
        release: releaseOf(course, server),
        ...(server.mac === null ? {} : { mac: server.mac }),
      }
      switch (ipv6.delivery) {
        case 'routed':
          return {
            ...common,
            delivery: {
              kind: 'routed' as const,
              block: ipv6.block,
              gateway: ipv6.gateway,
              nextHop: ipv6.nextHop,
            },
          }
        case 'dhcpv6-pd': {
          if (!ipv6.duid) throw new Trouble(notRehearsed(server.name, 'it has no DUID in the course file'))
          return { ...common, delivery: { kind: 'dhcpv6-pd' as const, block: ipv6.block, duid: ipv6.duid } }
        }
        case 'on-link':
          return {
            ...common,
            delivery: { kind: 'on-link' as const, block: ipv6.block, gateway: ipv6.gateway },
          }
        case 'slaac-only':
          throw new Trouble(notRehearsed(server.name, 'a single address cannot serve instances'))
      }
    })
  const { git } = course.rehearsal
  const made = rehearsalWorld({
    name: world.name,
    directories: { state: join(world.dir, 'rehearsal'), cache: world.cache },
    identityFile: join(world.dir, 'rehearsal', 'id_ed25519'),
    servers,
    mirror: course.rehearsal.mirror,
    git: git === null ? null : resolve(dirname(course.source.file), git),
  })
  if (!made.ok) throw new Trouble(made.faults[0] as Fault)
  return made.value
}

/** Debian 13 where the engine runs on it, else 12, unless the course file says which. */
function releaseOf({ engine }: Course, server: Server): Release {
  if (server.os !== null) return server.os === 'debian-12' ? 'bookworm' : 'trixie'
  return unsupported(engine, { id: 'debian', codename: 'trixie' }) === null ? 'trixie' : 'bookworm'
}

export function rehearsalGround(rehearsal: RehearsalWorld, world: World): Ground {
  const targets = rehearsal.servers.map(({ name }) => sshTarget(rehearsal, name))
  const internet = internetService(rehearsal)
  return {
    tasks: [
      ...rehearsalTasks(rehearsal, { machine: thisMachine, env: process.env, packages: imagePackages }),
      imageTask(world, rehearsal.mirror, ['rehearsal/packages']),
    ],
    sources: { git: gitInside(rehearsal), pip: pythonIndex(rehearsal) },
    outsidePrefix: internetPrefix(rehearsal),
    edge: (server) => ({
      shell: edgeShell(rehearsal),
      outer: internetCable,
      inner: rehearsal.servers.find(({ name }) => name === server)?.port ?? '',
    }),
    reach: reachBy(world, targets, internetShell(rehearsal)),
    targets: {
      ping: internet.address,
      pings: internet.pings,
      tcp: { address: internet.address, port: internet.port },
    },
  }
}

/**
 * Servers rented already. The proof looks from this machine, so it needs IPv6; without it the answers are
 * could-not-check. What instances must reach is the course's first resolver, by ping and on port 53.
 */
function adoptedGround(course: Course, world: World): Ground {
  const [target, second] = course.networks.resolvers
  if (!target)
    throw new Trouble({
      code: 'no-resolver',
      title: 'the course names no IPv6 resolver',
      why: 'instances need one, and the proof reaches it from inside',
      fix: 'write at least one under networks, resolvers',
    })
  return {
    tasks: ownImage(course) ? [imageTask(world, null, [])] : [],
    reach: reachBy(world, adoptedTargets(course, world), thisMachine),
    targets: {
      ping: target,
      pings: second ? [target, second] : [target],
      tcp: { address: target, port: 53 },
    },
    sources: { git: null, pip: null },
    outsidePrefix: [],
  }
}

/** Clouds that exist already may have an image that serves. */
const ownImage = ({ servers, clouds }: Course): boolean =>
  servers.some(({ role }) => role === 'cloud') || clouds.some(({ image }) => image === null)

/** The guest image of the proof, built here from the packages of this machine's own mirror. */
function imageTask(world: World, mirror: string | null, after: readonly string[]): Task {
  return tinyImageTask(
    {
      shell: thisMachine,
      cacheDir: world.cache,
      sources: async () => `deb ${(await readMirror(thisMachine, process.env, mirror)).main} trixie main\n`,
      arch: process.arch,
    },
    after,
  )
}

function notRehearsed(server: string, why: string): Fault {
  return {
    code: 'not-rehearsed',
    title: `${server} cannot be rehearsed`,
    why,
    fix: 'see what the plan says of it: bateau plan, with the course file',
    host: server,
  }
}

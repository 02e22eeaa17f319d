// Decides how servers get packages of Debian and Python with no route out of the rehearsal: a proxy here, a door to it in the internet.
// Leaves proxying to mirror-server.
import { existsSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'
import type { Task } from '../core/task.ts'
import type { AptMirror } from './apt-mirror.ts'
import { type Daemon, daemonTrouble, logTail, startDaemon, stateOf } from './daemon.ts'
import { greeting } from './greeting.ts'
import type { MirrorConfig } from './mirror-server.ts'
import { internetShell } from './places.ts'
import type { PythonSource } from './python-source.ts'
import type { RehearsalWorld } from './world.ts'

export type MirrorDeps = {
  machine: Shell
  mirror: () => Promise<AptMirror>
  python: () => Promise<PythonSource>
  /** Files with authorities that this machine believes. */
  trust: () => Promise<readonly string[]>
  /** Directory of the compiled daemons: build/rehearsal. */
  programs: string
}

/** Milliseconds for both daemons to listen. */
const patience = 10_000

export function mirrorTask(world: RehearsalWorld, deps: MirrorDeps): Task {
  const prepared = async () => {
    const text = JSON.stringify(
      mirrorConfig(world, await deps.mirror(), await deps.python(), await deps.trust()),
    )
    return { text, daemons: daemons(world, deps.programs, text) }
  }
  return {
    id: 'rehearsal/mirror',
    title: 'Package mirror in the internet',
    because:
      'the servers install packages of Debian and Python, and have no way out of the rehearsal but this one',
    lane: 'local',
    after: ['rehearsal/edge'],
    async look() {
      const off = await notRunning(world, (await prepared()).daemons)
      if (off.length > 0) return { done: false, seen: `${off.join(' and ')} not running` }
      return (await greets(world))
        ? { done: true, seen: `answers at [${world.internet.address}]:${world.internet.port}` }
        : { done: false, seen: 'does not answer' }
    },
    async act() {
      const { text, daemons: both } = await prepared()
      for (const program of ['mirror-daemon.js', 'door-daemon.js'])
        if (!existsSync(join(deps.programs, program))) throw unbuilt(join(deps.programs, program))
      const path = join(world.directories.state, 'mirror.json')
      await mkdir(world.directories.state, { recursive: true, mode: 0o700 })
      await writeFile(`${path}.new`, text, { mode: 0o600 })
      await rename(`${path}.new`, path)
      for (const daemon of both) await startDaemon(world, daemon, deps.machine)
      const deadline = Date.now() + patience
      while (!(await greets(world))) {
        const [off] = await notRunning(world, both)
        if (off !== undefined && Date.now() > deadline) throw daemonTrouble(off, await logTail(world, off))
        if (Date.now() > deadline) throw daemonTrouble('door', await logTail(world, 'door'))
        await pause(100)
      }
    },
  }
}

function mirrorConfig(
  world: RehearsalWorld,
  mirror: AptMirror,
  python: PythonSource,
  trust: readonly string[],
): MirrorConfig {
  const archives = [mirror.main, mirror.security].flatMap((uri) => (uri === null ? [] : [new URL(uri)]))
  const hosts = new Map(archives.map(({ host, protocol }) => [host, protocol === 'https:']))
  return {
    archives: [...hosts].map(([host, https]) => ({ host, https })),
    proxy: mirror.proxy,
    trust,
    packages: join(world.directories.cache, 'packages'),
    python: { ...python, files: join(world.directories.cache, 'python') },
  }
}

/** Paths are relative to the world's directory, where daemons run: a socket's path may have 107 bytes only (unix(7)). */
function daemons(world: RehearsalWorld, programs: string, configuration: string): Daemon[] {
  const { internet } = world
  const node = process.execPath
  const socket = 'mirror.sock'
  const inside = `--net=/run/netns/${internet.namespace}`
  const door = join(programs, 'door-daemon.js')
  return [
    {
      name: 'mirror',
      argv: [node, join(programs, 'mirror-daemon.js'), 'mirror.json', socket],
      configuration,
    },
    { name: 'door', argv: ['nsenter', inside, node, door, String(internet.port), socket], configuration: '' },
  ]
}

async function notRunning(world: RehearsalWorld, all: readonly Daemon[]): Promise<string[]> {
  const states = await Promise.all(all.map((daemon) => stateOf(world, daemon)))
  return all.filter((_, i) => states[i] !== 'running').map(({ name }) => name)
}

/** Asked from the internet itself, with nothing but bash. */
async function greets(world: RehearsalWorld): Promise<boolean> {
  const { ipv4, port } = world.internet
  const ask = `exec 3<>/dev/tcp/${ipv4}/${port} && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3`
  const ran = await internetShell(world).run(['bash', '-c', ask], { timeout: 5_000 })
  return ran.stdout.endsWith(greeting)
}

function unbuilt(path: string): Trouble {
  return new Trouble({
    code: 'not-built',
    title: 'a program of bateau is not built',
    why: `${path} is not there`,
    fix: 'npm run build',
  })
}

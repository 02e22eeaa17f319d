// Decides when the provider's edge stands: its namespaces wired as described and its daemons running as configured.
// Leaves the wiring to edge-network, and the configuration to edge-daemons.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'
import type { Task } from '../core/task.ts'
import { daemonTrouble, logTail, startDaemon, stateOf } from './daemon.ts'
import { type EdgeDaemon, edgeDaemons, installConfiguration } from './edge-daemons.ts'
import { edgeNetwork } from './edge-network.ts'
import { missing, namespaceScript, type SeenNamespace } from './namespace.ts'
import { edgeShell } from './places.ts'
import type { RehearsalWorld } from './world.ts'

/** Milliseconds for a daemon to start listening. */
const patience = 15_000

export function edgeTask(world: RehearsalWorld, machine: Shell): Task {
  const daemons = edgeDaemons(world)
  return {
    id: 'rehearsal/edge',
    title: "The provider's edge",
    because:
      'a router that announces itself and delegates each block to its one server, with the internet beyond it',
    lane: 'local',
    after: ['rehearsal/keys', 'rehearsal/image/edge'],
    async look() {
      const lacking = await lackingOf(world, machine)
      const off = await notReady(world, daemons)
      const found = [...lacking, ...off.map(({ name }) => `${name} is not running as configured`)]
      const rest = found.length > 2 ? ` and ${found.length - 2} more` : ''
      return found.length === 0
        ? {
            done: true,
            seen: `${world.servers.length} segments, ${daemons.map(({ name }) => name).join(', ')}`,
          }
        : { done: false, seen: `lacking: ${found.slice(0, 2).join('; ')}${rest}` }
    },
    async act(progress) {
      await mkdir(join(world.directories.state, 'edge'), { recursive: true, mode: 0o700 })
      await noteMountOfNamespaces(world)
      const made = await machine.run(['sh', '-e'], {
        stdin: namespaceScript(edgeNetwork(world)),
        onLine: (line) => progress.line(line),
      })
      if (made.code !== 0) throw wiringTrouble(made.stderr)
      for (const daemon of await notReady(world, daemons)) {
        await installConfiguration(world, daemon)
        await startDaemon(world, daemon, machine)
      }
      for (const deadline = Date.now() + patience; ; await pause(100)) {
        const [off] = await notReady(world, daemons)
        if (off === undefined) return
        if (Date.now() > deadline) throw daemonTrouble(off.name, await logTail(world, off.name))
      }
    },
  }
}

async function lackingOf(world: RehearsalWorld, machine: Shell): Promise<string[]> {
  const found = await Promise.all(
    edgeNetwork(world).map(async (namespace) => missing(namespace, await look(namespace.name, machine))),
  )
  return found.flat()
}

async function look(namespace: string, machine: Shell): Promise<SeenNamespace> {
  const read = async (...args: string[]) => {
    const ran = await machine.run(['ip', '-n', namespace, '-j', ...args])
    return ran.code === 0 && ran.stdout.trim() !== '' ? (JSON.parse(ran.stdout) as unknown[]) : []
  }
  // addr shows no aliases, link no addresses
  const [names, links, ipv6, ipv4] = await Promise.all([
    read('link', 'show', 'lo'),
    read('addr'),
    read('-6', 'route'),
    read('-4', 'route'),
  ])
  return { names, links, routes: [...ipv6, ...ipv4] } as SeenNamespace
}

/** Kea counts once it listens: the port is what a client needs, and a running Kea may have opened none. */
async function notReady(world: RehearsalWorld, daemons: readonly EdgeDaemon[]): Promise<EdgeDaemon[]> {
  const states = await Promise.all(daemons.map((daemon) => stateOf(world, daemon)))
  const kea = daemons.some(({ name }) => name === 'kea')
  const sockets = kea ? (await edgeShell(world).run(['ss', '-Hlun', 'sport', '=', ':547'])).stdout : ''
  return daemons.filter(({ name }, i) => states[i] !== 'running' || (name === 'kea' && sockets === ''))
}

export const ownMountNote = (world: RehearsalWorld): string =>
  join(world.directories.state, 'mounted-run-netns')

/** The first `ip netns add` of a machine mounts /run/netns on itself; `down` takes that back when it was this world's doing. */
async function noteMountOfNamespaces(world: RehearsalWorld): Promise<void> {
  const mounts = await readFile('/proc/self/mounts', 'utf8')
  if (!mounts.includes(' /run/netns ')) await writeFile(ownMountNote(world), '')
}

function wiringTrouble(why: string): Trouble {
  return new Trouble({
    code: 'rehearsal-wiring',
    title: "the edge's network could not be made",
    why: why.trim(),
    fix: 'take the rehearsal down and start it again: ./bateau down && ./bateau rehearse',
  })
}

// Decides how a server of the rehearsal comes to be: its disk installed over the base image, its power switched on until SSH answers.
// Leaves what is on the disk to provider-image, and its boots to supervisor.
import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'
import type { Look, Progress, Task } from '../core/task.ts'
import type { AptMirror } from './apt-mirror.ts'
import { type Daemon, logTail, startDaemon, stateOf, stopDaemon } from './daemon.ts'
import { baseImage } from './image-cache.ts'
import { readKeys } from './keys.ts'
import { internetPrefix } from './places.ts'
import { providerImage } from './provider-image.ts'
import { bootScript, supervisorScript } from './supervisor.ts'
import type { RehearsalWorld, RehearsedServer } from './world.ts'

export type ServerDeps = { machine: Shell; mirror: () => Promise<AptMirror> }

/** Milliseconds. Debian boots in 2 s here; a whole cloud that starts with it keeps a small machine busy for a while. */
const bootPatience = 75_000
/**
 * Milliseconds. sshd turns an address away for a while that connected without logging in (sshd_config(5),
 * PerSourcePenalties: 15 s and more), as the proof does when it scans ports: that is no reason to touch the power.
 */
const penaltyPatience = 25_000
/** Milliseconds given to a system to shut down before its power is cut. */
const shutdownPatience = 20_000

export const powerOf = (server: RehearsedServer): string => `server-${server.name}`

export function diskTask(world: RehearsalWorld, server: RehearsedServer, deps: ServerDeps): Task {
  const { directory, release, name } = server
  const marker = join(directory, 'installed')
  const wanted = async () => {
    const base = await readFile(baseImage(world.directories.cache, release).id, 'utf8')
    return sha256(JSON.stringify([base, name, release, server.ipv4, server.mac, server.uplinkManager]))
  }
  return {
    id: `rehearsal/${name}/disk`,
    title: `${name}: Debian ${release} installed`,
    because: 'the provider hands over a clean server with the key of the course on it',
    lane: `host:${name}`,
    after: ['rehearsal/keys', `rehearsal/image/${release}`],
    async look() {
      const had = await readFile(marker, 'utf8').catch(() => null)
      if (had === null) return { done: false, seen: 'not installed' }
      return had === (await wanted().catch(() => null))
        ? { done: true, seen: 'installed' }
        : { done: false, seen: 'installed from another image or as another server' }
    },
    async act() {
      await stopDaemon(world, powerOf(server), 0)
      for (const old of ['installed', 'up', 'work', 'root', 'up.new'])
        await rm(join(directory, old), { recursive: true, force: true })
      const top = join(directory, 'up.new')
      const id = randomBytes(16).toString('hex')
      const files = providerImage(world, server, id, await readKeys(world, server), await deps.mirror())
      for (const file of files) {
        const path = join(top, file.path)
        await mkdirs(top, dirname(file.path))
        await writeFile(path, file.text)
        await chmod(path, Number.parseInt(file.mode, 8))
      }
      if (server.uplinkManager === 'ifupdown') await withoutNetworkd(top, deps.machine)
      await chmod(join(top, 'root'), 0o700)
      await chmod(join(top, 'root/.ssh'), 0o700)
      await mkdir(join(directory, 'work'))
      await rename(top, join(directory, 'up'))
      await writeFile(`${marker}.new`, await wanted())
      await rename(`${marker}.new`, marker)
    },
  }
}

/** What `systemctl enable systemd-networkd` of the base image made (systemd 252 and 257); below /etc/systemd/system. */
const networkdLinks = [
  'dbus-org.freedesktop.network1.service',
  'multi-user.target.wants/systemd-networkd.service',
  'network-online.target.wants/systemd-networkd-wait-online.service',
  'sockets.target.wants/systemd-networkd.socket',
  'sockets.target.wants/systemd-networkd-varlink.socket',
  'sysinit.target.wants/systemd-network-generator.service',
]

/** A server of ifupdown has networkd disabled: a character device 0/0 hides the base's file (overlayfs documentation, whiteouts). */
async function withoutNetworkd(top: string, machine: Shell): Promise<void> {
  for (const link of networkdLinks) {
    const path = join('etc/systemd/system', link)
    await mkdirs(top, dirname(path))
    const made = await machine.run(['mknod', join(top, path), 'c', '0', '0'])
    if (made.code !== 0) throw new Error(made.stderr)
  }
}

export function powerTask(world: RehearsalWorld, server: RehearsedServer, deps: ServerDeps): Task {
  const { name, directory } = server
  const daemon = supervisor(world, server)
  return {
    id: `rehearsal/${name}/power`,
    title: `${name}: switched on`,
    because: 'from here on it is reached by SSH only, exactly as a rented server',
    lane: `host:${name}`,
    after: [`rehearsal/${name}/disk`, 'rehearsal/edge', 'rehearsal/mirror'],
    look: () => lookAtPower(world, server, daemon, deps.machine),
    async act(progress) {
      const state = await stateOf(world, daemon)
      if (state !== 'running' || !(await isPlugged(world, server, deps.machine))) {
        await installScripts(world, server, directory)
        await switchOn(world, server, daemon, deps.machine)
      }
      if (await isReached(world, server, daemon, deps.machine, progress)) return
      // As a hand in the provider's hall would: off and on again, once.
      progress.line('no answer by SSH: switching it off and on again')
      await stopDaemon(world, powerOf(server), 0)
      await switchOn(world, server, daemon, deps.machine)
      if (await isReached(world, server, daemon, deps.machine, progress)) return
      throw await unreached(world, server, daemon)
    },
  }
}

/** The cable is pulled first: a system whose supervisor was killed lives on for a moment, and must not answer for the new one. */
async function switchOn(
  world: RehearsalWorld,
  server: RehearsedServer,
  daemon: Daemon,
  machine: Shell,
): Promise<void> {
  await stopDaemon(world, daemon.name, daemon.patience)
  await machine.run(['ip', '-n', world.edge.namespace, 'link', 'del', server.port])
  await startDaemon(world, daemon, machine)
}

function supervisor(world: RehearsalWorld, server: RehearsedServer): Daemon {
  const base = baseImage(world.directories.cache, server.release)
  return {
    name: powerOf(server),
    argv: ['sh', '-c', 'cd "$1" && exec sh ./supervise', 'power', server.directory],
    configuration: sha256(supervisorScript(world, server) + bootScript(world, server, base)),
    patience: shutdownPatience,
  }
}

async function installScripts(
  world: RehearsalWorld,
  server: RehearsedServer,
  directory: string,
): Promise<void> {
  const base = baseImage(world.directories.cache, server.release)
  const scripts = { supervise: supervisorScript(world, server), boot: bootScript(world, server, base) }
  for (const [name, text] of Object.entries(scripts)) {
    await writeFile(join(directory, `${name}.new`), text, { mode: 0o700 })
    await rename(join(directory, `${name}.new`), join(directory, name))
  }
}

async function lookAtPower(
  world: RehearsalWorld,
  server: RehearsedServer,
  daemon: Daemon,
  machine: Shell,
): Promise<Look> {
  const state = await stateOf(world, daemon)
  if (state === 'absent') return { done: false, seen: 'switched off' }
  if (state === 'other') return { done: false, seen: 'runs with an earlier configuration' }
  if (!(await isPlugged(world, server, machine))) return { done: false, seen: 'its cable is not in the edge' }
  const deadline = Date.now() + penaltyPatience
  do {
    if (await answers(world, server, machine))
      return { done: true, seen: `SSH answers at ${server.ipv4.address}` }
    await pause(500)
  } while (Date.now() < deadline)
  return { done: false, seen: `SSH does not answer at ${server.ipv4.address}` }
}

async function isPlugged(world: RehearsalWorld, server: RehearsedServer, machine: Shell): Promise<boolean> {
  const port = await machine.run(['ip', '-n', world.edge.namespace, 'link', 'show', server.port])
  return port.code === 0 && port.stdout.includes(`master ${server.segment} `)
}

async function answers(world: RehearsalWorld, server: RehearsedServer, machine: Shell): Promise<boolean> {
  const options = {
    BatchMode: 'yes',
    ConnectTimeout: '5',
    IdentitiesOnly: 'yes',
    UserKnownHostsFile: world.knownHostsFile,
    GlobalKnownHostsFile: '/dev/null',
    StrictHostKeyChecking: 'yes',
  }
  const flags = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`])
  const to = ['-i', world.identityFile, '-l', 'root', server.ipv4.address]
  const argv: [string, ...string[]] = [...internetPrefix(world), 'ssh', '-F', 'none', ...flags, ...to, 'true']
  return (await machine.run(argv, { timeout: 15_000 })).code === 0
}

/** False when its patience ends. Throws Trouble when the server went off by itself, or on abort. */
async function isReached(
  world: RehearsalWorld,
  server: RehearsedServer,
  daemon: Daemon,
  machine: Shell,
  progress: Progress,
): Promise<boolean> {
  const deadline = Date.now() + bootPatience
  while (!(await answers(world, server, machine))) {
    progress.line((await logTail(world, daemon.name, 1)).trim())
    if ((await stateOf(world, daemon)) === 'absent' || progress.signal.aborted)
      throw await unreached(world, server, daemon)
    if (Date.now() > deadline) return false
    await pause(200)
  }
  return true
}

async function unreached(world: RehearsalWorld, server: RehearsedServer, daemon: Daemon): Promise<Trouble> {
  const off = (await stateOf(world, daemon)) === 'absent'
  return new Trouble({
    code: 'rehearsal-server',
    title: `${server.name} ${off ? 'did not stay on' : 'does not answer by SSH'}`,
    why: (await logTail(world, daemon.name, 12)) || 'its console is empty',
    fix: `read the whole console: less ${join(world.directories.state, 'log', `${daemon.name}.log`)}`,
    host: server.name,
  })
}

/** Directories of a server's disk are root's and open to all, whatever the umask: the top one is `/` of the server. */
async function mkdirs(top: string, path: string): Promise<void> {
  const parts = path.split('/').filter((part) => part !== '')
  for (let i = 0; i <= parts.length; i++) {
    const directory = join(top, ...parts.slice(0, i))
    await mkdir(directory, { recursive: true })
    await chmod(directory, 0o755)
  }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

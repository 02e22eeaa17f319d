// Decides how the router's daemons run: from the edge image, read-only, inside the edge's namespace, with no trace in the machine's mounts.
// Leaves their configuration to radvd and kea, their life to daemon.
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Secret } from '../core/secret.ts'
import type { Daemon } from './daemon.ts'
import { baseImage, edgeLayer } from './image-cache.ts'
import { edgePaths, keaConfig } from './kea.ts'
import { radvdConfig } from './radvd.ts'
import type { RehearsalWorld } from './world.ts'

export type EdgeDaemon = Daemon & { file: string; text: Secret }

/** The daemons that this world's servers need: radvd where anything is announced, Kea where anything is delegated. */
export function edgeDaemons(world: RehearsalWorld): EdgeDaemon[] {
  const radvd = radvdConfig(world)
  const kea = keaConfig(world)
  const { config, routeScript } = edgePaths
  const announce = `exec radvd --nodaemon --logmethod=stderr --pidfile=/run/radvd.pid --config=${config}/radvd.conf`
  const delegate = `export KEA_PIDFILE_DIR=/run/kea KEA_LOCKFILE_DIR=/run/kea
${routeScript} replay
exec kea-dhcp6 -c ${config}/kea-dhcp6.json`
  return [
    ...(radvd === null ? [] : [edgeDaemon(world, 'radvd', 'radvd.conf', new Secret(radvd), announce)]),
    ...(kea === null ? [] : [edgeDaemon(world, 'kea', 'kea-dhcp6.json', kea, delegate)]),
  ]
}

/** Writes the daemon's configuration where it reads it; 0600, as Kea's holds DUIDs. */
export async function installConfiguration(world: RehearsalWorld, daemon: EdgeDaemon): Promise<void> {
  const { etc, data, root } = edgeDirectories(world)
  for (const directory of [etc, data, root]) await mkdir(directory, { recursive: true, mode: 0o755 })
  const path = join(etc, daemon.file)
  const had = await readFile(path, 'utf8').catch(() => null)
  if (had === daemon.text.reveal()) return
  await writeFile(`${path}.new`, daemon.text.reveal(), { mode: 0o600 })
  await rename(`${path}.new`, path)
}

function edgeDirectories(world: RehearsalWorld) {
  const top = join(world.directories.state, 'edge')
  return { etc: join(top, 'etc'), data: join(top, 'data'), root: join(top, 'root') }
}

function edgeDaemon(
  world: RehearsalWorld,
  name: string,
  file: string,
  text: Secret,
  /** Shell text, run in the edge's root. */
  program: string,
): EdgeDaemon {
  const { cache } = world.directories
  const lower = `${edgeLayer(cache).root}:${baseImage(cache, 'trixie').root}`
  const script = `cd edge
mount -t overlay overlay -o "lowerdir=$1" root
mount -t tmpfs -o mode=0755 tmpfs root/run
mkdir -p root/run/kea root/run/lock
chmod 0750 root/run/kea
mount -t proc proc root/proc
mount --rbind /dev root/dev
mount --bind etc root${edgePaths.config}
mount --bind data root${edgePaths.data}
exec chroot root sh -ec "$2"`
  const inside: [string, ...string[]] = [
    'nsenter',
    `--net=/run/netns/${world.edge.namespace}`,
    'unshare',
    '--mount',
  ]
  const digest = createHash('sha256').update(text.reveal()).digest('hex')
  return {
    name,
    file,
    text,
    configuration: digest,
    argv: [...inside, 'sh', '-ec', script, name, lower, program],
  }
}

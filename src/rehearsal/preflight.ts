// Decides whether this machine can hold the rehearsal, before anything is changed: everything that stands in its way, each with the next command.
// Leaves what may be installed to packages, and another run's lock to run/lock.
import { access, readFile, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Fault, Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'
import { type AptMirror, readMirror } from './apt-mirror.ts'
import { baseImage } from './image-cache.ts'
import { inotifyFaults } from './inotify.ts'
import { namespacesNamedAs, remains } from './remains.ts'
import type { RehearsalWorld } from './world.ts'

export type Needs = {
  /** GiB free where state and cache are, MiB of memory available; for servers that are not there yet. */
  diskGiB: number
  memoryMiB: number
}

/**
 * Measured: base and edge images 0.3 GiB, packages of a cloud 0.6 GiB kept, one server with a cloud 5 GiB. A server that
 * is given git repositories builds the cloud from them: clones, a virtual environment and logs are about 6 GiB more.
 */
export const needsOf = (world: RehearsalWorld): Needs => ({
  diskGiB: 2 + (world.git === null ? 6 : 12) * world.servers.length,
  memoryMiB: 5_500 * world.servers.length,
})

/** Every fault at once, none when the rehearsal can begin. Reads only. A world that is up already needs no more room. */
export async function preflight(
  world: RehearsalWorld,
  machine: Shell,
  options: { needs?: Needs; env?: NodeJS.ProcessEnv } = {},
): Promise<Fault[]> {
  const basics = [...(await system(machine)), ...(await root(machine))]
  if (basics.length > 0) return basics
  const isUp = (await remains(world, machine)).some(({ kind }) => kind === 'process')
  const needs = options.needs ?? needsOf(world)
  const found = await Promise.all([
    namespaces(machine),
    foreign(world, machine),
    stateFileSystem(world, machine),
    repositories(world),
    ...(isUp ? [] : [disk(world, needs.diskGiB), memory(needs.memoryMiB), watches(world)]),
    archiveOf(world, machine, options.env),
  ])
  return found.flat()
}

async function system(machine: Shell): Promise<Fault[]> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const apt = await machine.run(['apt-get', '--version'])
  if (/^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release) && apt.code === 0) return []
  const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(release)?.[1] ?? process.platform
  return [
    {
      code: 'not-debian',
      title: `a rehearsal needs Debian or Ubuntu, and this is ${name}`,
      why: 'its servers are unpacked and run with the tools of that family: apt, mmdebstrap, systemd-nspawn',
      fix: 'run it in a virtual machine with Debian 13, or use ./bateau plan, which runs everywhere',
    },
  ]
}

async function root(machine: Shell): Promise<Fault[]> {
  const ran = await machine.run(['id', '-u'])
  if (ran.stdout.trim() === '0') return []
  return [
    {
      code: 'not-root',
      title: 'a rehearsal needs root',
      why: 'it makes network namespaces and boots containers with their own systemd',
      fix: 'sudo ./bateau rehearse',
    },
  ]
}

/** Tries all of it in namespaces that vanish with the attempt: mounts, network, an overlay, a control group hierarchy. */
async function namespaces(machine: Shell): Promise<Fault[]> {
  const attempt = `mount -t tmpfs tmpfs /tmp && cd /tmp && mkdir lower upper work merged &&
    mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged &&
    ip link add bateau0 type veth peer name bateau1 && ip link add bateau2 type bridge`
  const ran = await machine.run(['unshare', '--mount', '--net', 'sh', '-c', attempt])
  const mounts = await readFile('/proc/self/mounts', 'utf8')
  const groups = mounts.split('\n').some((line) => line.split(' ')[2] === 'cgroup2' && / rw[, ]/.test(line))
  if (ran.code === 0 && groups) return []
  return [
    {
      code: 'no-namespaces',
      title: 'this machine does not let root make namespaces, overlays, virtual cables or control groups',
      why: ran.code === 0 ? 'no cgroup2 hierarchy is mounted for writing' : ran.stderr.trim(),
      fix: 'run it on a machine or virtual machine of your own; in a container it takes at least docker run --privileged',
    },
  ]
}

async function foreign(world: RehearsalWorld, machine: Shell): Promise<Fault[]> {
  const seen = await namespacesNamedAs(world, machine)
  const named = (whose: (typeof seen)[number]['whose']) =>
    seen.filter((one) => one.planned && one.whose === whose).map(({ name }) => name)
  const [another, unmarked] = [named('another'), named('foreign')]
  return [
    ...(another.length === 0
      ? []
      : [
          {
            code: 'another-rehearsal',
            title: `a rehearsal named ${world.name} is on this machine already, and it is not this one`,
            why: `its network namespaces (${another.join(', ')}) carry the mark of another state directory: another user's, or another XDG_STATE_HOME`,
            fix: `give this course another name; or take that one down as whoever made it: ./bateau down; or, if its directory is gone: ${another.map((name) => `ip netns del ${name}`).join('; ')}`,
          },
        ]),
    ...unmarked.map((name) => ({
      code: 'foreign-namespace',
      title: `there is a network namespace ${name} already`,
      why: 'it does not carry the mark of a rehearsal: another program or user made it',
      fix: `if nobody needs it: ip netns del ${name}`,
    })),
  ]
}

/** overlayfs cannot write to another overlay, nor to a network file system. */
async function stateFileSystem(world: RehearsalWorld, machine: Shell): Promise<Fault[]> {
  const at = await existing(world.directories.state)
  const type = (await machine.run(['stat', '--file-system', '--format=%T', at])).stdout.trim()
  if (!/^(overlayfs|nfs|fuse|smb|cifs|9p|vfat|msdos)/.test(type)) return []
  return [
    {
      code: 'rehearsal-file-system',
      title: `the servers' disks cannot be on ${at}: it is ${type}`,
      why: 'each is a layer over the base image, which the kernel allows on a local file system only',
      fix: 'name a directory on a local disk: XDG_STATE_HOME=/var/lib ./bateau rehearse',
    },
  ]
}

/** Servers read them as they are, so there is nothing to make: they are there or not. */
async function repositories({ git }: RehearsalWorld): Promise<Fault[]> {
  if (git === null || (await isThere(join(git, 'openstack/devstack.git/HEAD')))) return []
  return [
    {
      code: 'rehearsal-git',
      title: `there is no repository ${join(git, 'openstack/devstack.git')}`,
      why: 'rehearsal.git names the directory that servers clone from; each repository in it is bare, as git clone --bare makes it',
      fix: `git clone --bare https://opendev.org/openstack/devstack ${join(git, 'openstack/devstack.git')}, or correct the path in the course file`,
    },
  ]
}

async function watches(world: RehearsalWorld): Promise<Fault[]> {
  const limit = await readFile('/proc/sys/fs/inotify/max_user_instances', 'utf8').catch(() => '')
  return inotifyFaults(world.servers.length, Number.parseInt(limit, 10))
}

async function disk(world: RehearsalWorld, gib: number): Promise<Fault[]> {
  const at = await existing(world.directories.state)
  const { bavail, bsize } = await statfs(at)
  const free = (bavail * bsize) / 2 ** 30
  if (free >= gib) return []
  return [
    {
      code: 'no-disk',
      title: `${gib} GiB of disk are needed, and ${free.toFixed(1)} GiB are free`,
      why: `images, packages and the servers' disks go to ${world.directories.cache} and ${world.directories.state}`,
      fix: `make room on ${at}, or name another disk: XDG_STATE_HOME=… XDG_CACHE_HOME=… ./bateau rehearse`,
    },
  ]
}

async function memory(mib: number): Promise<Fault[]> {
  const info = await readFile('/proc/meminfo', 'utf8')
  const available = Number(/^MemAvailable:\s+(\d+) kB/m.exec(info)?.[1] ?? 0) / 1024
  if (available >= mib) return []
  return [
    {
      code: 'no-memory',
      title: `${mib} MiB of memory are needed, and ${Math.floor(available)} MiB are available`,
      why: 'each server of the rehearsal runs a whole cloud',
      fix: 'end other programs, or rehearse a course file with fewer servers',
    },
  ]
}

async function archiveOf(world: RehearsalWorld, machine: Shell, env?: NodeJS.ProcessEnv): Promise<Fault[]> {
  try {
    return await archive(world, await readMirror(machine, env, world.mirror), machine)
  } catch (error) {
    if (error instanceof Trouble) return [error.fault]
    throw error
  }
}

/** Only while something is still to be fetched: a rehearsal that stands needs no archive. */
async function archive(world: RehearsalWorld, mirror: AptMirror, machine: Shell): Promise<Fault[]> {
  const images = [...new Set(world.servers.map(({ release }) => release))]
  const here = await Promise.all(
    [
      ...images.map((release) => baseImage(world.directories.cache, release).id),
      ...world.servers.map(({ directory }) => `${directory}/installed`),
    ].map((path) => isThere(path)),
  )
  if (here.every(Boolean)) return []
  const url = `${mirror.main}/dists/${images[0] ?? 'trixie'}/InRelease`
  const fetch = `d=$(mktemp -d) && trap 'rm -rf "$d"' EXIT && /usr/lib/apt/apt-helper download-file "$1" "$d/InRelease"`
  const ran = await machine.run(['sh', '-c', fetch, 'fetch', url], { timeout: 40_000 })
  if (ran.code === 0) return []
  return [
    {
      code: 'apt-unreachable',
      title: `Debian's archive does not answer: ${url}`,
      why: ran.stderr.trim().split('\n').at(-1) ?? `apt-helper ended with ${ran.code}`,
      fix: 'see that apt-get update works on this machine; the archive is read from /etc/apt/sources.list and sources.list.d',
    },
  ]
}

/** The path, or the nearest directory above it that exists. */
async function existing(path: string): Promise<string> {
  return path === '/' || (await isThere(path)) ? path : existing(dirname(path))
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

// Decides how base image and edge layer are built once and kept: under a lock, beside their place, then renamed into it.
// Leaves what is in them to recipe, and where Debian comes from to apt-mirror.
import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'
import type { Progress, Task } from '../core/task.ts'
import type { AptMirror } from './apt-mirror.ts'
import { markedEnv } from './processes.ts'
import { baseRecipe, digestOf, edgeRecipe } from './recipe.ts'
import type { RehearsalWorld, Release } from './world.ts'

/** Where an image is kept: `root` its files (of a layer: the overlay's upper directory), `id` what tells this build from another. */
export type CachedImage = { directory: string; root: string; id: string }

const imageAt = (directory: string): CachedImage => ({
  directory,
  root: join(directory, 'root'),
  id: join(directory, 'id'),
})
export const baseImage = (cache: string, release: Release): CachedImage =>
  imageAt(join(cache, 'base', digestOf(baseRecipe(release))))
export const edgeLayer = (cache: string): CachedImage => imageAt(join(cache, 'edge', digestOf(edgeRecipe())))

/** Held shared by every daemon and server of every world, and alone by whoever empties the cache. */
export const useLock = (cache: string): string => join(cache, 'in-use.lock')

export type ImageDeps = { machine: Shell; mirror: () => Promise<AptMirror>; nice: boolean }

/** Debian unpacked: about a minute from a near mirror, 260 MB. */
export function baseTask(world: RehearsalWorld, release: Release, deps: ImageDeps): Task {
  const recipe = baseRecipe(release)
  const image = baseImage(world.directories.cache, release)
  return {
    id: `rehearsal/image/${release}`,
    title: `Base image: Debian ${release}`,
    because: 'every server starts from the same clean Debian, built once and kept in the cache',
    lane: 'local',
    after: ['rehearsal/packages'],
    look: () => lookAt(image),
    act: async (progress) => {
      const { main, security, proxy } = await deps.mirror()
      const suites = [
        `deb ${main} ${release} main`,
        `deb ${main} ${release}-updates main`,
        ...(security === null ? [] : [`deb ${security} ${release}-security main`]),
      ]
      const mmdebstrap = [
        'mmdebstrap',
        '--mode=root',
        '--variant=minbase',
        '--keyring=/usr/share/keyrings/debian-archive-keyring.gpg',
        '--aptopt=APT::Install-Recommends "false"',
        ...(proxy === null ? [] : [`--aptopt=Acquire::http::Proxy "${proxy}"`]),
        `--include=${recipe.packages.join(',')}`,
        release,
        'root',
        ...suites,
      ]
      await build(
        world,
        image,
        `"$@"\nsh -c "$finish" finish "$PWD/root"\n`,
        recipe.finish,
        mmdebstrap,
        deps,
        progress,
      )
    },
  }
}

/** Router daemons over the base: about ten seconds. */
export function edgeLayerTask(world: RehearsalWorld, deps: ImageDeps): Task {
  const recipe = edgeRecipe()
  const image = edgeLayer(world.directories.cache)
  const base = baseImage(world.directories.cache, 'trixie')
  return {
    id: 'rehearsal/image/edge',
    title: 'Edge image: Kea and radvd',
    because: "the provider's router is played by the daemons that real providers run",
    lane: 'local',
    after: ['rehearsal/image/trixie'],
    look: () => lookAt(image),
    act: async (progress) => {
      const { main, security, proxy } = await deps.mirror()
      const sources = [
        `deb ${main} trixie main`,
        ...(security ? [`deb ${security} trixie-security main`] : []),
      ]
      const script = `
mkdir root work merged
mount -t overlay overlay -o "lowerdir=${base.root},upperdir=root,workdir=work" merged
mount -t tmpfs tmpfs merged/run
mount -t proc proc merged/proc
mount --rbind /dev merged/dev
mount --bind "$(mktemp -d -p .)" merged/etc/apt/sources.list.d
printf '%s\\n' ${sources.map((line) => `'${line}'`).join(' ')} > merged/etc/apt/sources.list.d/build.list
touch merged/etc/resolv.conf 2>/dev/null || true
mkdir -p merged/run/systemd/resolve
cat /etc/resolv.conf > merged/run/systemd/resolve/stub-resolv.conf
cp /etc/hosts merged/run/hosts
mount --bind merged/run/hosts merged/etc/hosts 2>/dev/null || true
printf '#!/bin/sh\\nexit 101\\n' > merged/usr/sbin/policy-rc.d
chmod 0755 merged/usr/sbin/policy-rc.d
export DEBIAN_FRONTEND=noninteractive
chroot merged apt-get update "$@"
chroot merged apt-get install -y --no-install-recommends "$@" ${recipe.packages.join(' ')}
chroot merged apt-get clean
rm merged/usr/sbin/policy-rc.d
rm -rf merged/var/lib/apt/lists/*_dists_*
sh -c "$finish" finish "$PWD/merged"
umount -R merged
rm -rf work merged tmp.*
`
      const options = proxy === null ? [] : [`-oAcquire::http::Proxy=${proxy}`]
      await build(world, image, script, recipe.finish, options, deps, progress)
    },
  }
}

async function lookAt(image: CachedImage) {
  const id = await readFile(image.id, 'utf8').catch(() => null)
  return id === null
    ? { done: false, seen: `not in the cache (${image.directory})` }
    : { done: true, seen: `in the cache since ${id.split(' ')[0]}` }
}

/**
 * Runs `script` (sh -e) in a new directory beside the image's place, in a mount namespace of its own, so that a killed
 * build leaves files but no mounts. One build of a cache at a time; who waited finds the image there and is done.
 */
async function build(
  world: RehearsalWorld,
  image: CachedImage,
  script: string,
  finish: string,
  args: readonly string[],
  deps: ImageDeps,
  progress: Progress,
): Promise<void> {
  const { directory } = image
  const locked = `set -e
umask 022
mkdir -p "$(dirname "$place")"
exec 9>>"$cache/build.lock"
flock -n 9 || { echo "another run is building an image; waiting for it"; flock 9; }
[ ! -e "$place/id" ] || exit 0
rm -rf "$place" "$(dirname "$place")"/.building-*
building=$(dirname "$place")/.building-$$
mkdir "$building"
cd "$building"
export TMPDIR=$PWD/tmp
mkdir -p tmp
(
${script}
) 9>&-
rm -rf tmp
echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $$" > id
cd /
mv -T "$building" "$place"
`
  const argv = [
    'env',
    ...markedEnv(world, 'build'),
    `place=${directory}`,
    `cache=${world.directories.cache}`,
    `finish=${finish}`,
    ...(deps.nice ? ['nice'] : []),
    'unshare',
    '--mount',
    'sh',
    '-ec',
    locked,
    'build',
    ...args,
  ] as [string, ...string[]]
  const tail: string[] = []
  const ran = await deps.machine.run(argv, {
    signal: progress.signal,
    onLine: (line) => {
      tail.push(line)
      if (tail.length > 12) tail.shift()
      progress.line(line)
    },
  })
  if (
    ran.code === 0 &&
    (await access(image.id).then(
      () => true,
      () => false,
    ))
  )
    return
  throw new Trouble({
    code: 'rehearsal-image',
    title: 'an image of the rehearsal could not be built',
    why: tail.join('\n') || `the build ended with code ${ran.code}`,
    fix: 'see that apt-get update works on this machine and that the disk has room, then run the same command again',
  })
}

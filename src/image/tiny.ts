// Decides what the tiny guest image is made of, when one in the cache still serves, and how a new one is built.
// Leaves the guest's own behaviour to guest, the disk's layout to disk, and where Debian is fetched to the caller.
import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'
import type { Progress, Task } from '../core/task.ts'
import { type Entry, newc } from './cpio.ts'
import { makeDisk } from './disk.ts'
import { bootConfig, guestFiles, modules } from './guest.ts'

/** Debian packages that the machine which builds the image needs. */
export const imagePackages = [
  'mmdebstrap',
  'debian-archive-keyring',
  'mtools',
  'syslinux',
  'syslinux-common',
] as const

/** What Glance and Nova are told of the image. Sizes in GiB and MiB, as Glance counts. */
export const tinyImage = {
  name: 'tiny',
  diskFormat: 'raw',
  minDiskGiB: 1,
  minRamMiB: 128,
  properties: { architecture: 'x86_64', hw_rng_model: 'virtio', os_distro: 'debian', os_type: 'linux' },
} as const

/** Kernel 12 MB and first root 4 MB, with room for the next kernels. */
const sizeMiB = 32
const suite = 'trixie'
const guestPackages = ['linux-image-cloud-amd64', 'busybox-static', 'dropbear-bin']
/** Raised when this file builds something else from the same texts. */
const recipeVersion = 1

const recipe = { recipeVersion, sizeMiB, suite, guestPackages, modules, bootConfig, guestFiles }

/** Changes with everything that decides what is built; Debian's own updates do not count. */
export const tinyDigest = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 16)

export function tinyImagePath(cacheDir: string): string {
  return join(cacheDir, 'images', `tiny-${tinyDigest}.raw`)
}

export type ImageDeps = {
  /** This machine, as root. */
  shell: Shell
  cacheDir: string
  /** Lines of a sources.list for Debian 13, which mmdebstrap reads: `deb MIRROR trixie main`. Asked for when building. */
  sources: () => Promise<string>
  /** Machine architecture as process.arch has it. */
  arch: string
}

/** Builds the image into the cache, once for a recipe. Fault codes: `image-arch`, `image-fetch`, `image-disk`, `image-module`. */
export function tinyImageTask(deps: ImageDeps, after: readonly string[] = []): Task {
  const path = tinyImagePath(deps.cacheDir)
  return {
    id: 'image/tiny',
    title: 'Tiny guest image',
    because:
      'the proof boots one instance on each network, and a Debian cloud image would take a minute to boot without KVM',
    lane: 'local',
    after,
    async look() {
      const found = await stat(path).catch(() => undefined)
      return found
        ? { done: true, seen: `${basename(path)} is in the cache` }
        : { done: false, seen: `no ${path}` }
    },
    act: (progress) => build(deps, path, progress),
  }
}

async function build(deps: ImageDeps, path: string, progress: Progress): Promise<void> {
  if (deps.arch !== 'x64')
    throw new Trouble({
      code: 'image-arch',
      title: `the tiny guest image cannot be built on ${deps.arch}`,
      why: 'it boots by BIOS from a kernel for amd64, and no other form is built yet',
      fix: 'run bateau on an amd64 machine',
    })
  const work = join(deps.cacheDir, 'images', `.tiny-${tinyDigest}.${process.pid}`)
  await rm(work, { recursive: true, force: true })
  await mkdir(work, { recursive: true })
  try {
    progress.line(`unpacking ${guestPackages.join(', ')} of Debian ${suite}`)
    const root = join(work, 'root')
    await unpack(deps, root, progress)
    progress.line('packing the first root')
    const [kernel] = (await readdir(join(root, 'boot'))).filter((name) => name.startsWith('vmlinuz-'))
    if (kernel === undefined) throw noFile('boot/vmlinuz-*')
    const files = {
      vmlinuz: await readFile(join(root, 'boot', kernel)),
      'initrd.gz': gzipSync(newc(await firstRoot(deps.shell, root)), { level: 9 }),
      'syslinux.cfg': bootConfig,
    }
    for (const [name, data] of Object.entries(files)) await writeFile(join(work, name), data)
    progress.line('writing the disk')
    const disk = join(work, 'disk.raw')
    await makeDisk(
      deps.shell,
      disk,
      sizeMiB,
      Object.keys(files).map((name) => join(work, name)),
    )
    await rename(disk, path)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function unpack(deps: ImageDeps, root: string, progress: Progress): Promise<void> {
  const ran = await deps.shell.run(
    [
      'mmdebstrap',
      '--variant=extract',
      `--include=${guestPackages.join(',')}`,
      '--aptopt=APT::Install-Recommends "false"',
      '--aptopt=Acquire::Languages "none"',
      suite,
      root,
      '-',
    ],
    {
      stdin: await deps.sources(),
      timeout: 900_000,
      onLine: (line) => progress.line(line),
      signal: progress.signal,
    },
  )
  if (ran.code === 0) return
  throw new Trouble({
    code: 'image-fetch',
    title: 'the packages of the guest image could not be fetched',
    why: lastLines(ran.stderr) || `mmdebstrap exited with ${ran.code}`,
    fix: `apt-get install ${imagePackages.join(' ')}; then see that apt-get update works on this machine`,
  })
}

/** Everything the kernel unpacks into memory: busybox and its names, dropbear with its libraries, modules, the guest's files. */
async function firstRoot(shell: Shell, root: string): Promise<Entry[]> {
  const at = (path: string) => readFile(join(root, path))
  const programs: [string, string][] = [
    ['bin/busybox', 'usr/bin/busybox'],
    ['sbin/dropbear', 'usr/sbin/dropbear'],
    ['sbin/dropbearkey', 'usr/bin/dropbearkey'],
    ['lib64/ld-linux-x86-64.so.2', 'usr/lib64/ld-linux-x86-64.so.2'],
  ]
  const libraries = await needed(shell, root, 'usr/sbin/dropbear')
  const loaded = await modulesOf(shell, root)
  const files: Entry[] = [
    ...(await Promise.all(programs.map(async ([to, from]) => file(to, await at(from), 0o755)))),
    ...(await Promise.all(
      libraries.map(async (name) =>
        file(`lib/x86_64-linux-gnu/${name}`, await at(`usr/lib/x86_64-linux-gnu/${name}`), 0o755),
      ),
    )),
    ...loaded.map(({ name, data }) => file(`lib/modules/${name}.ko`, data, 0o644)),
    ...guestFiles.map(({ path, mode, text }) =>
      file(
        path,
        Buffer.from(path === 'lib/modules/order' ? loaded.map(({ name }) => `${name}\n`).join('') : text),
        mode,
      ),
    ),
  ]
  const names = await output(shell, [join(root, 'usr/bin/busybox'), '--list'])
  const links: Entry[] = names
    .split('\n')
    .filter((name) => name !== '' && name !== 'busybox')
    .map((name) => ({ kind: 'link', path: `bin/${name}`, mode: 0o777, target: 'busybox' }))
  return [
    ...directories([
      ...files.map(({ path }) => path),
      'dev/.',
      'proc/.',
      'sys/.',
      'mnt/.',
      'tmp/.',
      'run/.',
      'var/log/.',
      'var/run/.',
      'etc/dropbear/.',
    ]),
    { kind: 'character', path: 'dev/console', mode: 0o600, major: 5, minor: 1 },
    { kind: 'link', path: 'init', mode: 0o777, target: 'bin/busybox' },
    ...files,
    ...links,
  ]
}

const file = (path: string, data: Uint8Array, mode: number): Entry => ({ kind: 'file', path, mode, data })

/** Every directory on the way to these paths, parents first. dropbear refuses keys under a directory that others may write. */
function directories(paths: readonly string[]): Entry[] {
  const all = new Set<string>()
  for (const path of paths) {
    const parts = path.split('/').slice(0, -1)
    parts.forEach((_, i) => all.add(parts.slice(0, i + 1).join('/')))
  }
  return [...all]
    .sort()
    .map((path) => ({ kind: 'directory', path, mode: path.startsWith('root') ? 0o700 : 0o755 }))
}

/** Shared libraries of a program, asked of Debian's own loader and so right for whatever version was unpacked. */
async function needed(shell: Shell, root: string, program: string): Promise<string[]> {
  const from = join(root, 'usr/lib/x86_64-linux-gnu')
  const said = await output(shell, [
    join(root, 'usr/lib64/ld-linux-x86-64.so.2'),
    '--library-path',
    from,
    '--list',
    join(root, program),
  ])
  return [...said.matchAll(/^\s*(lib\S+) => \S+/gm)].map((match) => match[1] ?? '')
}

async function modulesOf(shell: Shell, root: string): Promise<{ name: string; data: Buffer }[]> {
  const base = join(root, 'usr/lib/modules')
  const [version] = await readdir(base)
  if (version === undefined) throw noFile('lib/modules')
  const tree = join(base, version)
  const builtIn = new Set(
    (await readFile(join(tree, 'modules.builtin'), 'utf8')).split('\n').map((line) => basename(line, '.ko')),
  )
  const all = await readdir(tree, { recursive: true })
  const found: { name: string; data: Buffer }[] = []
  for (const name of modules) {
    if (builtIn.has(name)) continue
    const packed = all.find((path) => basename(path) === `${name}.ko.xz`)
    if (packed === undefined) throw noFile(`${name}.ko.xz`)
    const ran = await shell.run(['xz', '--decompress', '--keep', join(tree, packed)], { timeout: 60_000 })
    if (ran.code !== 0) throw noFile(`${name}.ko (${ran.stderr.trim()})`)
    found.push({ name, data: await readFile(join(tree, packed.slice(0, -'.xz'.length))) })
  }
  return found
}

async function output(shell: Shell, argv: [string, ...string[]]): Promise<string> {
  const ran = await shell.run(argv, { timeout: 60_000 })
  if (ran.code !== 0) throw noFile(`${argv[0]} (${ran.stderr.trim()})`)
  return ran.stdout
}

const noFile = (what: string) =>
  new Trouble({
    code: 'image-module',
    title: `Debian's packages lack ${what}`,
    why: `the guest image takes it from ${guestPackages.join(', ')} of Debian ${suite}, where it was when this was written`,
    fix: 'report it with the output of: apt-cache policy linux-image-cloud-amd64',
  })

const lastLines = (text: string) => text.trim().split('\n').slice(-3).join('; ')

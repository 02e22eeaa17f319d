// Decides how a world is taken away, so that the machine is as it was: processes, control groups, namespaces, files, in this order.
// Leaves finding what there is to remains; touches nothing else.
import { access, readFile, readdir, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'
import type { Task } from '../core/task.ts'
import { ownMountNote } from './edge.ts'
import { useLock } from './image-cache.ts'
import { processesOf, stopProcesses } from './processes.ts'
import { controlGroupsOf, namespacesOf, remains, unitsOf } from './remains.ts'
import type { RehearsalWorld } from './world.ts'

/** Milliseconds. Nothing on the servers is kept, so their power is cut soon. */
const patience = 2_000
/** Milliseconds. A killed cloud with its guests takes seconds to give its memory back, and holds its groups until then. */
const deathPatience = 30_000

/** What bateau keeps in the cache directory. */
const cached = ['base', 'edge', 'images', 'packages', 'python', 'build.lock', 'in-use.lock']

/** Ids: rehearsal/down/{processes,control-groups,namespaces,files} and, where asked for, rehearsal/down/cache. */
export function downTasks(world: RehearsalWorld, machine: Shell, options: { purgeCache: boolean }): Task[] {
  const { state, cache } = world.directories
  const task = (
    id: string,
    title: string,
    after: readonly string[],
    left: () => Promise<readonly string[]>,
    act: () => Promise<void>,
  ): Task => ({
    id: `rehearsal/down/${id}`,
    title,
    because: 'the machine shall be as it was before the rehearsal',
    lane: 'local',
    after: after.map((name) => `rehearsal/down/${name}`),
    async look() {
      const there = await left()
      const some = there.slice(0, 3).join(', ')
      return there.length === 0
        ? { done: true, seen: 'nothing left' }
        : { done: false, seen: there.length > 3 ? `${some} and ${there.length - 3} more` : some }
    },
    act,
  })
  const living = async () => [
    ...(await unitsOf(world, machine)),
    ...(await processesOf(world)).map(({ pid, name }) => `${pid} ${name}`),
  ]
  const namespaces = () => namespacesOf(world, machine)
  return [
    task('processes', 'Servers and daemons stopped', [], living, () => stopAll(world, machine)),
    task(
      'control-groups',
      'Control groups removed',
      ['processes'],
      () => controlGroupsOf(world),
      () => removeGroups(world),
    ),
    task('namespaces', 'Namespaces removed', ['control-groups'], namespaces, () =>
      removeNamespaces(world, machine),
    ),
    task(
      'files',
      'Disks, keys and logs of the servers removed',
      ['namespaces'],
      () => present([state]),
      async () => {
        const [first] = (await remains(world, machine)).filter(({ kind }) => kind !== 'files')
        if (first !== undefined) throw stillThere(first.kind, first.name)
        await rm(state, { recursive: true, force: true })
      },
    ),
    ...(options.purgeCache
      ? [
          task(
            'cache',
            'Cache emptied',
            ['files'],
            () => present(cached.map((name) => join(cache, name))),
            () => emptyCache(cache, machine),
          ),
        ]
      : []),
  ]
}

async function stopAll(world: RehearsalWorld, machine: Shell): Promise<void> {
  const units = await unitsOf(world, machine)
  await stopProcesses(await processesOf(world), patience)
  if (units.length > 0) {
    await machine.run(['systemctl', 'stop', ...units])
    await machine.run(['systemctl', 'reset-failed', ...units])
  }
}

/** What a server leaves behind in its groups when its supervisor was killed is of that server: nothing else gets in there. */
async function removeGroups(world: RehearsalWorld): Promise<void> {
  for (const group of await controlGroupsOf(world)) {
    await writeFile(join(group, 'cgroup.kill'), '1').catch(() => {})
    await removeGroup(group)
  }
}

/**
 * Looks anew each time: a system that is still dying makes groups, and starts processes, until its last one is gone. The
 * hierarchies of cgroup v1 have no cgroup.kill, so what is in them is killed one by one.
 */
async function removeGroup(group: string, deadline = Date.now() + deathPatience): Promise<void> {
  for (;;) {
    const entries = await readdir(group, { withFileTypes: true }).catch(() => [])
    for (const entry of entries) if (entry.isDirectory()) await removeGroup(join(group, entry.name), deadline)
    const held = await killAll(group)
    const error = await rmdir(group).then(
      () => null,
      (one: NodeJS.ErrnoException) => one,
    )
    if (error === null || error.code === 'ENOENT') return
    if (error.code !== 'EBUSY' || Date.now() > deadline)
      throw stillThere('control group', held.length > 0 ? `${group}, with ${held.join(', ')}` : group)
    await pause(100)
  }
}

/** Kills what is in the group itself; gives pid and name of each, for whoever must find out why it does not end. */
async function killAll(group: string): Promise<string[]> {
  const text = await readFile(join(group, 'cgroup.procs'), 'utf8').catch(() => '')
  const pids = text.split('\n').map(Number)
  const held: string[] = []
  for (const pid of pids) {
    // 0: of a pid namespace that is not seen from here.
    if (!(pid > 1)) continue
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
    held.push(`${pid} ${name.trim()}`)
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended meanwhile.
    }
  }
  return held
}

async function removeNamespaces(world: RehearsalWorld, machine: Shell): Promise<void> {
  const names = await namespacesOf(world, machine)
  for (const name of names) {
    for (const deadline = Date.now() + deathPatience; ; await pause(100)) {
      const inside = await machine.run(['ip', 'netns', 'pids', name])
      const [pid] = inside.stdout.trim().split('\n')
      if (!pid) break
      if (Date.now() > deadline) throw stillThere('process', `${pid} in the namespace ${name}`)
    }
  }
  // A cable goes with either end; without this a server's card would linger until the kernel cleans up.
  for (const { port } of world.servers)
    await machine.run(['ip', '-n', world.edge.namespace, 'link', 'del', port])
  for (const name of names) {
    await machine.run(['ip', 'netns', 'del', name])
    // What `ip netns add` leaves when it is killed half-way is a plain file.
    if (names.includes(name)) await rm(join('/run/netns', name), { force: true }).catch(() => {})
  }
  await unmountNamespaces(world, machine)
}

/** Only if this world's first namespace was the machine's first, and nobody has one now. */
async function unmountNamespaces(world: RehearsalWorld, machine: Shell): Promise<void> {
  const note = ownMountNote(world)
  const noted = await readFile(note).then(
    () => true,
    () => false,
  )
  const others = await readdir('/run/netns').catch(() => [] as string[])
  if (!noted || others.length > 0) return
  await machine.run(['umount', '/run/netns'])
  await rmdir('/run/netns').catch(() => {})
  await rm(note, { force: true })
}

/** Refused while another world runs from the cache: its servers' disks are layers over the images in it. */
async function emptyCache(cache: string, machine: Shell): Promise<void> {
  const paths = cached.map((name) => join(cache, name))
  const ran = await machine.run(['flock', '--nonblock', useLock(cache), 'rm', '-rf', ...paths])
  if (ran.code !== 0)
    throw new Trouble({
      code: 'cache-in-use',
      title: 'the cache is in use by another rehearsal',
      why: `the servers of a running world stand on the images in ${cache}`,
      fix: 'take that one down first: ./bateau status lists what is up, ./bateau down FILE takes it down',
    })
  await rmdir(cache).catch(() => {})
}

async function present(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  )
  return paths.filter((_, i) => found[i])
}

function stillThere(kind: string, name: string): Trouble {
  return new Trouble({
    code: 'rehearsal-remains',
    title: `a ${kind} is still there: ${name}`,
    why: 'it was not started by the rehearsal, or did not end with it; only what is certainly its own is removed',
    fix: 'end what uses it, then run ./bateau down again',
  })
}

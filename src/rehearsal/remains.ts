// Decides what of a world exists on this machine now: its processes, units, namespaces, control groups, mounts and files.
// Leaves taking it away to down. Nothing counts but what carries the world's name and its mark.
import { access, readdir, readFile } from 'node:fs/promises'
import type { Shell } from '../core/shell.ts'
import { processesOf } from './processes.ts'
import { groupOf } from './supervisor.ts'
import type { RehearsalWorld } from './world.ts'

export type Remnant = {
  kind: 'process' | 'unit' | 'namespace' | 'control group' | 'mount' | 'files'
  /** For people: `1234 kea-dhcp6 (kea)`, a name or a path. */
  name: string
}

/** Everything of the world that is there; empty when it is not up and left nothing. The cache is not of a world. */
export async function remains(world: RehearsalWorld, machine: Shell): Promise<Remnant[]> {
  const { state } = world.directories
  const [processes, units, namespaces, groups, mounts, files] = await Promise.all([
    processesOf(world),
    unitsOf(world, machine),
    namespacesOf(world, machine),
    controlGroupsOf(world),
    readFile('/proc/self/mounts', 'utf8'),
    access(state).then(
      () => [state],
      () => [],
    ),
  ])
  const inState = mounts
    .split('\n')
    .flatMap((line) => (line.split(' ')[1]?.startsWith(`${state}/`) ? [line.split(' ')[1] ?? ''] : []))
  const as = (kind: Remnant['kind'], names: readonly string[]) => names.map((name) => ({ kind, name }))
  return [
    ...as(
      'process',
      processes.map(({ pid, name, part }) => `${pid} ${name} (${part})`),
    ),
    ...as('unit', units),
    ...as('namespace', namespaces),
    ...as('control group', groups),
    ...as('mount', inState),
    ...as('files', files),
  ]
}

/** Units that systemd-run made for the world, where systemd is; their description begins with its mark. */
export async function unitsOf(world: RehearsalWorld, machine: Shell): Promise<string[]> {
  const ran = await machine.run([
    'systemctl',
    'list-units',
    '--all',
    '--plain',
    '--no-legend',
    '--no-pager',
    '--full',
    `bateau-${world.name}-*.service`,
  ])
  if (ran.code !== 0) return []
  return ran.stdout
    .split('\n')
    .filter((line) => line.includes(` ${world.mark} `))
    .flatMap((line) => line.trim().split(/\s+/)[0] ?? [])
}

/** Namespaces of the world's names that carry its mark, or that are still bare: cut between their making and marking. */
export async function namespacesOf(world: RehearsalWorld, machine: Shell): Promise<string[]> {
  const seen = await namespacesNamedAs(world, machine)
  return seen.filter(({ whose }) => whose === 'ours').map(({ name }) => name)
}

/** `another`: of a rehearsal with this world's name and another state directory. `foreign`: not marked by any. */
type Whose = 'ours' | 'another' | 'foreign'

/** Every namespace with a name of this world, and whose it is. */
export async function namespacesNamedAs(
  world: RehearsalWorld,
  machine: Shell,
): Promise<{ name: string; planned: boolean; whose: Whose }[]> {
  // A mark is of a name and a state directory; see rehearsalWorld.
  const named = world.mark.slice(0, world.mark.lastIndexOf(':') + 1)
  const names = (await readdir('/run/netns').catch(() => [] as string[])).filter((name) =>
    name.startsWith(`bateau-${world.name}-`),
  )
  const planned = new Set([
    world.edge.namespace,
    world.internet.namespace,
    world.campus.namespace,
    ...world.servers.map(({ namespace }) => namespace),
  ])
  return Promise.all(
    names.map(async (name) => {
      const ran = await machine.run(['ip', '-n', name, '-j', 'link'])
      // A name without a namespace is what a kill between touch(2) and mount(2) of `ip netns add` leaves.
      const links = ran.code === 0 ? (JSON.parse(ran.stdout || '[]') as { ifalias?: string }[]) : []
      const mark = links[0]?.ifalias
      const bare = planned.has(name) && mark === undefined && links.length <= 1
      const whose =
        mark === world.mark || bare ? 'ours' : mark?.startsWith(named) === true ? 'another' : 'foreign'
      return { name, planned: planned.has(name), whose }
    }),
  )
}

/** Only where no systemd makes them: by name, which holds the mark. */
export async function controlGroupsOf(world: RehearsalWorld): Promise<string[]> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' '))
  const tops = mounts.filter(([, , type]) => type === 'cgroup' || type === 'cgroup2').map(([, at = '']) => at)
  const suffix = groupOf(world, '').split('--')[1] ?? ''
  const found = await Promise.all(
    tops.map(async (top) => {
      const entries = await readdir(top).catch(() => [] as string[])
      return entries
        .filter((name) => name.startsWith(`bateau-${world.name}-`) && name.endsWith(`-${suffix}`))
        .map((name) => `${top}/${name}`)
    }),
  )
  return found.flat()
}

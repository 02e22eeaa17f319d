// Decides how tests bring a rehearsal up and down: worlds of their own, the images in the user's cache, what a killed test left swept away.
// Leaves what is proven of it to the tests.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Task } from '../../src/core/task.ts'
import { homeOf } from '../../src/deploy/world.ts'
import { localShell } from '../../src/host/spawn.ts'
import { sshShell } from '../../src/host/ssh.ts'
import { downTasks } from '../../src/rehearsal/down.ts'
import { sshTarget } from '../../src/rehearsal/places.ts'
import { rehearsalTasks } from '../../src/rehearsal/tasks.ts'
import {
  type RehearsalWorld,
  rehearsalWorld,
  type ServerInput,
  type Timing,
} from '../../src/rehearsal/world.ts'
import { runTasks, type RunSummary } from '../../src/run/scheduler.ts'

export const machine = localShell()

export const capable = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
if (process.env['CI'] && !capable) throw new Error('tests of the edge need root on Debian or Ubuntu')

/** Disk of its own, not /tmp: that may be in memory. */
const places = '/var/tmp'
const placeOf = (name: string, pid: number) => join(places, `bateau-${name}-${pid}`)

/** Announcements and leases that end within a test: seconds. */
export const shortTiming: Timing = {
  ra: { min: 3, max: 4, lifetime: 20 },
  lease: { preferred: 30, valid: 40, renew: 15, rebind: 25 },
}

/** A world named after the test and this process. */
export function testWorld(
  name: string,
  servers: readonly ServerInput[],
  pid = process.pid,
  timing: Partial<Timing> = {},
  git: string | null = null,
): RehearsalWorld {
  const top = placeOf(name, pid)
  const made = rehearsalWorld({
    name: `${name}-${pid}`,
    directories: { state: top, cache: homeOf(process.env).cache },
    identityFile: join(top, 'id'),
    servers,
    timing,
    git,
  })
  if (!made.ok) throw new Error(made.faults.map(({ title }) => title).join('; '))
  return made.value
}

/** Compiles what runs as a process of its own; gives the directory of all compiled files. */
export async function compile(world: RehearsalWorld): Promise<string> {
  const to = `${world.directories.state}-build`
  const tsc = ['node_modules/.bin/tsc', '-p', 'tsconfig.build.json', '--incremental', 'false'] as const
  await machine.run([...tsc, '--outDir', to])
  await machine.run(['ln', '-sfn', join(process.cwd(), 'node_modules'), join(to, 'node_modules')])
  await machine.run(['cp', 'package.json', to])
  const rolldown = ['node_modules/.bin/rolldown', '-c', 'rolldown.config.mjs', '--logLevel', 'warn'] as const
  await machine.run(['env', `BATEAU_BUILD=${to}`, ...rolldown])
  if (!existsSync(join(to, 'rehearsal/mirror-daemon.js'))) throw new Error(`nothing was compiled to ${to}`)
  return to
}

/** `packages`: what the test needs of this machine besides. */
export async function up(
  world: RehearsalWorld,
  build: string,
  packages: readonly string[] = [],
): Promise<RunSummary> {
  return carryOut(
    rehearsalTasks(world, { machine, programs: join(build, 'rehearsal'), env: process.env, packages }),
  )
}

export async function down(world: RehearsalWorld): Promise<RunSummary> {
  return carryOut(downTasks(world, machine, { purgeCache: false }))
}

async function carryOut(tasks: readonly Task[]): Promise<RunSummary> {
  const summary = await runTasks(tasks, () => {}, { perLane: () => 4 }, new AbortController().signal)
  const [failed] = summary.failed
  if (failed) throw new Error(`${failed.id}: ${failed.fault.title}: ${failed.fault.why}`)
  return summary
}

/** Takes down what tests of this name left when they were killed. */
export async function sweep(name: string, servers: readonly ServerInput[]): Promise<void> {
  for (const entry of readdirSync(places)) {
    const pid = Number(new RegExp(`^bateau-${name}-(\\d+)$`).exec(entry)?.[1])
    if (!pid || existsSync(`/proc/${pid}`)) continue
    await down(testWorld(name, servers, pid))
    await machine.run(['rm', '-rf', `${placeOf(name, pid)}-build`])
  }
}

export const shellOf = (world: RehearsalWorld, server: string) =>
  sshShell(sshTarget(world, server), join(world.directories.state, 'ssh'))

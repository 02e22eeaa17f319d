// Decides how a long-lived process of a world is started, found again and stopped: alone in its session (a unit where systemd is), outliving bateau.
// Leaves what it runs to edge-daemons, mirror and server.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'
import { useLock } from './image-cache.ts'
import { markedEnv, processesOf, startOf, stopProcesses } from './processes.ts'
import type { RehearsalWorld } from './world.ts'

export type Daemon = {
  /** Unique in the world; names its pid file, log and unit. */
  name: string
  argv: readonly [string, ...string[]]
  /** What it was started with besides argv; a daemon started with another configuration is not this one. */
  configuration: string
  /** Milliseconds between SIGTERM and SIGKILL. */
  patience?: number
}

export const logOf = (world: RehearsalWorld, name: string): string =>
  join(world.directories.state, 'log', `${name}.log`)
const pidFileOf = (world: RehearsalWorld, name: string): string =>
  join(world.directories.state, 'run', `${name}.pid`)
export const unitOf = (world: RehearsalWorld, name: string): string => `bateau-${world.name}-${name}.service`

/**
 * The last thing before the daemon itself. Two locks are held for its whole life: its own, so that no second one
 * starts beside it, and the cache's, so that its image stays. $$ stays the same through exec, hence the pid file.
 */
const launch = `cd "$state"
mkdir -p run log
exec </dev/null >>"log/$name.log" 2>&1
exec 9>>"run/$name.lock" 8>>"$in_use"
flock -n 9 || exit 0
flock -s 8
read -r stat < /proc/$$/stat
stat=\${stat##*) }
set_start() { shift 19; start=$1; }
set_start $stat
printf '%s %s %s\\n' "$$" "$start" "$digest" > "run/$name.pid.new"
mv "run/$name.pid.new" "run/$name.pid"
unset state name in_use digest stat start
exec "$@"`

/** Argv that starts the daemon and returns. Under systemd a unit of its own, which may divide its control group. */
export function startArgv(world: RehearsalWorld, daemon: Daemon, systemd: boolean): [string, ...string[]] {
  const { state, cache } = world.directories
  const variables = [
    ...markedEnv(world, daemon.name),
    `state=${state}`,
    `name=${daemon.name}`,
    `in_use=${useLock(cache)}`,
    `digest=${digestOf(daemon)}`,
  ]
  const program = ['sh', '-ec', launch, 'launch', ...daemon.argv]
  return systemd
    ? [
        'systemd-run',
        '--quiet',
        '--collect',
        `--unit=${unitOf(world, daemon.name)}`,
        `--description=${world.mark} ${daemon.name}`,
        '--property=Delegate=yes',
        '--property=KillMode=mixed',
        `--setenv=PATH=${path}`,
        ...variables.map((variable) => `--setenv=${variable}`),
        // systemd.service(5): variables in a command line are expanded, `$$` is a dollar sign
        ...program.map((word) => word.replaceAll('$', '$$$$')),
      ]
    : ['env', `PATH=${path}`, ...variables, 'setsid', '--fork', ...program]
}

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** `running`, `other` (with another configuration than wanted), or `absent`. */
export async function stateOf(
  world: RehearsalWorld,
  daemon: Daemon,
): Promise<'running' | 'other' | 'absent'> {
  const { pid, start, digest } = await readPid(world, daemon.name)
  if (start === '' || (await startOf(pid)) !== start) return 'absent'
  return digest === digestOf(daemon) ? 'running' : 'other'
}

/** Starts it anew: what is left of an earlier one, or runs with another configuration, is stopped first. */
export async function startDaemon(world: RehearsalWorld, daemon: Daemon, machine: Shell): Promise<void> {
  await stopDaemon(world, daemon.name, daemon.patience)
  const systemd = (await machine.run(['test', '-d', '/run/systemd/system'])).code === 0
  // systemd may still be at the unit of the one before, whose name is needed again.
  if (systemd) await machine.run(['systemctl', 'stop', unitOf(world, daemon.name)])
  const ran = await machine.run(startArgv(world, daemon, systemd))
  if (ran.code !== 0) throw daemonTrouble(daemon.name, ran.stderr.trim())
}

/** Asks the daemon itself to end, which ends what it started in its own order; then sees that nothing of it is left. */
export async function stopDaemon(world: RehearsalWorld, name: string, patience = 5_000): Promise<void> {
  const all = await processesOf(world, name)
  const { pid, start } = await readPid(world, name)
  const main = all.filter((one) => one.pid === pid && one.start === start)
  await stopProcesses(all, patience, main.length > 0 ? main : all)
}

async function readPid(world: RehearsalWorld, name: string) {
  const text = await readFile(pidFileOf(world, name), 'utf8').catch(() => '')
  const [pid = '', start = '', digest = ''] = text.trim().split(' ')
  return { pid: Number(pid), start, digest }
}

/** The last lines that the daemon wrote. */
export async function logTail(world: RehearsalWorld, name: string, lines = 8): Promise<string> {
  const text = await readFile(logOf(world, name), 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-lines).join('\n')
}

export function daemonTrouble(name: string, why: string): Trouble {
  return new Trouble({
    code: 'rehearsal-daemon',
    title: `${name} of the rehearsal does not run`,
    why: why || 'it ended without a word',
    fix: 'take the rehearsal down and start it again: ./bateau down && ./bateau rehearse',
  })
}

function digestOf(daemon: Daemon): string {
  return createHash('sha256')
    .update(JSON.stringify([daemon.argv, daemon.configuration]))
    .digest('hex')
    .slice(0, 16)
}

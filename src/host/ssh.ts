// Decides how a server is reached: the system's OpenSSH, one shared connection, host keys pinned per course.
// Leaves what to run there to its callers, and finding the address and keys to provider/ and rehearsal/.
import { mkdirSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { type Fault, Trouble } from '../core/fault.ts'
import type { Ran, RunOptions, Shell } from '../core/shell.ts'
import { quote } from './quote.ts'
import { spawnRun } from './spawn.ts'

export type SshTarget = {
  /** The server's name in the course file. */
  name: string
  /** IPv6 or IPv4 literal, or a name that the user's ssh_config knows. */
  address: string
  user: string
  port: number
  identityFile?: string
  /** File of pinned host keys of this course; an unknown or changed key is refused. */
  knownHostsFile: string
  /** Accept and pin the key of a server never seen before (first contact with an adopted server). */
  trustFirst?: boolean
  /** Argv prefix that puts ssh where the server can be reached from, for example inside a namespace. */
  via?: readonly string[]
  /** Ignore the user's ssh_config. Without it ProxyJump, agents and hardware keys of the user's own are respected. */
  bare?: boolean
  /** It is somebody else's machine, as a student's is: whatever the user's ssh_config says, no agent and no display goes there. */
  stranger?: boolean
  /** Seconds for which a link that is down is tried again. Default: 45. */
  patienceSeconds?: number
}

/** ssh(1): its own failures, as opposed to those of the remote command. */
const sshFailed = 255
/** A link that is down is tried again for this long before the run is told. */
const patienceSeconds = 45

const linkTrouble =
  /^(ssh: |kex_exchange|Connection |client_loop|mux_client|Host key verification|.*Permission denied \(|.*Broken pipe|Timeout, server|Received disconnect|Disconnected|channel_|Control socket|banner|@@@)/m
const refused = /Host key verification failed|Permission denied \(|REMOTE HOST IDENTIFICATION/

/** Options that make ssh predictable: no prompts, dead links noticed in 20 s, one master connection kept 60 s. */
function options(target: SshTarget, controlDir: string): string[] {
  const set = (key: string, value: string) => ['-o', `${key}=${value}`]
  return [
    ...(target.bare ? ['-F', 'none'] : []),
    ...(target.stranger ? [...set('ForwardAgent', 'no'), ...set('ForwardX11', 'no')] : []),
    ...set('BatchMode', 'yes'),
    ...set('ConnectTimeout', '10'),
    ...set('ServerAliveInterval', '5'),
    ...set('ServerAliveCountMax', '4'),
    ...set('UserKnownHostsFile', target.knownHostsFile),
    ...set('GlobalKnownHostsFile', '/dev/null'),
    ...set('StrictHostKeyChecking', target.trustFirst ? 'accept-new' : 'yes'),
    ...set('ControlMaster', 'auto'),
    ...set('ControlPath', `${controlDir}/%C`),
    ...set('ControlPersist', '60'),
    ...set('LogLevel', 'ERROR'),
    ...(target.identityFile ? [...set('IdentitiesOnly', 'yes'), '-i', target.identityFile] : []),
    '-p',
    String(target.port),
    '-l',
    target.user,
  ]
}

/** The whole ssh command line to a server; also what `bateau ssh` runs in the foreground. */
export function sshArgv(
  target: SshTarget,
  controlDir: string,
  extra: readonly string[] = [],
): [string, ...string[]] {
  const [first = 'ssh', ...rest] = [...(target.via ?? []), 'ssh', ...options(target, controlDir), ...extra]
  return [first, ...rest, target.address]
}

/**
 * ProxyCommand (ssh_config(5)) by which an ssh started here goes through the server, on the same shared connection; keys
 * stay here. A `%` that is not a token of the outer ssh is doubled.
 */
export function proxyCommand(target: SshTarget, controlDir: string): string {
  const argv = sshArgv(target, controlDir, ['-T']).map((one) => one.replaceAll('%', '%%'))
  return `${quote([...argv.slice(0, -1), '-W'])} '[%h]:%p' ${quote(argv.slice(-1))}`
}

/** A Shell on a server. Throws Trouble `host-unreachable` or `host-refused` when no command could be run there. */
export function sshShell(target: SshTarget, controlDir: string): Shell {
  mkdirSync(controlDir, { recursive: true, mode: 0o700 })
  const argv = sshArgv(target, controlDir, ['-T'])
  return {
    name: target.name,
    async run(command, runOptions = {}) {
      const deadline = Date.now() + (runOptions.patience ?? patienceSeconds * 1000)
      for (let wait = 500; ; wait = Math.min(wait * 2, 5_000)) {
        const ran = await once(argv, command, runOptions)
        if (ran.code !== sshFailed || !linkTrouble.test(ran.stderr)) return ran
        if (refused.test(ran.stderr) || runOptions.signal?.aborted || Date.now() + wait > deadline)
          throw new Trouble(unreachable(target, ran.stderr))
        await pause(wait)
      }
    },
  }
}

function once(
  argv: readonly [string, ...string[]],
  command: readonly string[],
  options: RunOptions,
): Promise<Ran> {
  return spawnRun([...argv, '--', `LC_ALL=C.UTF-8 ${quote(command)}`], options)
}

function unreachable(target: SshTarget, stderr: string): Fault {
  const said = stderr.trim().split('\n').at(-1) ?? ''
  const login = `ssh -p ${target.port} ${target.user}@${target.address}`
  return refused.test(stderr)
    ? {
        code: 'host-refused',
        title: `${target.name} refused the log-in`,
        why: said,
        fix: `check the key and the pinned host key in ${target.knownHostsFile}; by hand: ${login}`,
        host: target.name,
      }
    : {
        code: 'host-unreachable',
        title: `${target.name} cannot be reached by SSH`,
        why: said,
        fix: `see whether it is up in the provider's console; by hand: ${login}; then run the same command again`,
        host: target.name,
      }
}

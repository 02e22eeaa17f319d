// Decides how a shell inside an instance is had: by ssh from outside, with the student's key.
// Leaves what is looked at there to probes/inside.
import { Trouble } from '../../core/fault.ts'
import type { Ran, Shell } from '../../core/shell.ts'
import { quote } from '../../host/quote.ts'
import { no, yes, type Seen } from '../../core/verdict.ts'
import { type Probe } from '../probe.ts'
import type { ProofInput, ProofInstance } from '../proof-input.ts'
import { tcpInId } from './outside.ts'

/** ssh(1): its own failures. */
const sshFailed = 255

export const loginId = (instance: ProofInstance) => `outside/login/${instance.name}`

function sshArgv(
  { knownHosts }: ProofInput,
  instance: ProofInstance,
  command: string,
): [string, ...string[]] {
  const options = {
    BatchMode: 'yes',
    ConnectTimeout: '10',
    ServerAliveInterval: '5',
    IdentitiesOnly: 'yes',
    StrictHostKeyChecking: 'accept-new',
    UserKnownHostsFile: knownHosts,
    GlobalKnownHostsFile: '/dev/null',
    LogLevel: 'ERROR',
  }
  const set = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`])
  const to = ['-i', instance.identityFile, '-l', instance.user, String(instance.address)]
  return ['ssh', '-F', 'none', '-T', ...set, ...to, '--', command]
}

/** A Shell in the instance. Throws Trouble `guest-unreachable` when ssh does not get through. */
export function guestShell(input: ProofInput, instance: ProofInstance): Shell {
  return {
    name: instance.name,
    async run(argv, options = {}) {
      const ran = await input.outside.run(sshArgv(input, instance, quote(argv)), {
        timeout: 60_000,
        ...options,
      })
      if (ran.code !== sshFailed) return ran
      throw new Trouble({
        code: 'guest-unreachable',
        title: `${instance.name} could not be asked`,
        why: lastLine(ran) || 'ssh failed without a word',
        fix: 'run the check again',
        host: instance.host,
      })
    },
  }
}

/** A real log-in with the student's key. */
export function loginProbe(input: ProofInput, instance: ProofInstance): Probe {
  return {
    id: loginId(instance),
    title: `the student's key logs in to ${instance.name}`,
    vantage: input.outside.name,
    needs: [tcpInId(instance)],
    async run() {
      const ran = await input.outside.run(sshArgv(input, instance, 'uname -n; id -un'), { timeout: 45_000 })
      const [name, user] = ran.stdout.trim().split(/\s+/)
      if (ran.code === 0 && user !== undefined) return yes(`${user} on ${name ?? '?'}`)
      return refusedLogin(ran, input, instance)
    },
  }
}

function refusedLogin(ran: Ran, input: ProofInput, instance: ProofInstance): Seen {
  const seen = lastLine(ran) || `ssh ended with ${ran.code}`
  const host = instance.host
  if (/Host key verification failed|IDENTIFICATION HAS CHANGED/.test(ran.stderr))
    return no(seen, {
      code: 'guest-key-changed',
      why: 'another machine answers at this address than at the first check, or the instance was rebuilt',
      fix: `if it was rebuilt: ssh-keygen -R ${instance.address} -f ${input.knownHosts}`,
      host,
    })
  if (/Permission denied/.test(ran.stderr))
    return no(seen, {
      code: 'guest-login-refused',
      why: 'the key pair did not reach the instance: it was booted with another one, or its image takes no key from the config drive',
      fix: `see the instance's console: \`openstack console log show ${instance.name}\``,
      host,
    })
  return no(seen, {
    code: 'guest-login-failed',
    why: 'TCP port 22 accepts, but the log-in does not complete: an instance that is still booting, or long packets that get lost (see the MTU checks)',
    fix: `by hand: ssh -v -i ${instance.identityFile} ${instance.user}@${instance.address}`,
    host,
  })
}

export const lastLine = ({ stdout, stderr }: Ran): string =>
  (stderr.trim() || stdout.trim()).split('\n').at(-1) ?? ''

// Decides how a shell inside an instance is had, by ssh with the student's key: through its server, or from outside.
// Leaves what is looked at there to probes/inside.
import { setTimeout as pause } from 'node:timers/promises'
import { Trouble } from '../../core/fault.ts'
import type { Ran, Shell } from '../../core/shell.ts'
import { no, type Seen, unclear, yes } from '../../core/verdict.ts'
import { quote } from '../../host/quote.ts'
import { localShell } from '../../host/spawn.ts'
import { witness } from '../panel.ts'
import type { Probe } from '../probe.ts'
import type { ProofInput, ProofInstance } from '../proof-input.ts'
import { patiently } from './patience.ts'
import { tcpInId } from './outside.ts'
import { names, type Scope } from './places.ts'

/** ssh(1): its own failures. */
const sshFailed = 255

export const loginId = (instance: Pick<ProofInstance, 'name'>) => `outside/login/${instance.name}`
export const insideId = (instance: Pick<ProofInstance, 'name'>) => `inside/reached/${instance.name}`

/** Where ssh is started, and what leads it on; null: nothing, the instance is in reach from there. */
type Way = { shell: Shell; proxy: string | null; words: string }

/** `shared`: over one connection for all questions. A small guest turns away who opens many at once. */
export function sshArgv(
  { knownHosts, control }: Pick<ProofInput, 'knownHosts' | 'control'>,
  instance: Pick<ProofInstance, 'identityFile' | 'user' | 'address'>,
  proxy: string | null,
  command: string,
  shared = false,
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
    ...(proxy === null ? {} : { ProxyCommand: proxy }),
    ...(shared && control !== undefined
      ? { ControlMaster: 'auto', ControlPath: `${control}/%C`, ControlPersist: '30' }
      : {}),
  }
  const set = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`])
  const to = ['-i', instance.identityFile, '-l', instance.user, String(instance.address)]
  return ['ssh', '-F', 'none', '-T', ...set, ...to, '--', command]
}

const here = localShell()

/** A connection that was there and went: turned away by a busy server, or a shared one that had just ended. */
const brokenOff = /Connection (closed|reset)|mux_client|Broken pipe/

/** What ssh says; of a connection that was broken off, what it says the second time. */
async function onceMore(run: () => Promise<Ran>): Promise<Ran> {
  const ran = await run()
  if (ran.code !== sshFailed || !brokenOff.test(ran.stderr)) return ran
  await pause(1_000)
  return run()
}

/** The server first: it is next to the instance, and what the outside does to packets does not matter on that way. */
async function waysIn({ input, vantages }: Scope, instance: ProofInstance): Promise<Way[]> {
  const inner = input.throughServer?.(instance.host)
  if (inner !== undefined) return [{ shell: here, proxy: inner, words: `through ${instance.host}` }]
  const way = await wayFromOutside({ input, vantages }, instance)
  return way === undefined ? [] : [way]
}

async function wayFromOutside({ vantages }: Scope, instance: ProofInstance): Promise<Way | undefined> {
  const from = await witness(vantages, instance.host)
  if (!from?.shell) return undefined
  const words = `from ${from.name}`
  return from.proxy === null
    ? { shell: from.shell, proxy: null, words }
    : { shell: here, proxy: from.proxy, words }
}

/** A Shell in the instance. Throws Trouble `guest-unreachable` when ssh does not get through. */
export function guestShell(scope: Scope, instance: ProofInstance): Shell {
  return {
    name: instance.name,
    async run(argv, options = {}) {
      const said: string[] = []
      for (const { shell, proxy, words } of await waysIn(scope, instance)) {
        const command = sshArgv(scope.input, instance, proxy, quote(argv), true)
        const ran = await onceMore(() => shell.run(command, { timeout: 60_000, ...options }))
        if (ran.code !== sshFailed) return ran
        said.push(`${words}: ${lastLine(ran) || 'ssh failed without a word'}`)
      }
      throw new Trouble({
        code: 'guest-unreachable',
        title: `${instance.name} could not be asked`,
        why: said.join('; ') || 'no place to look from reaches it',
        fix: 'run the check again',
        host: instance.host,
      })
    },
  }
}

/** A shell in the instance, whatever the outside does: the probes from inside need no more. */
export function insideProbe(scope: Scope, instance: ProofInstance, causes: readonly string[]): Probe {
  const guest = guestShell(scope, instance)
  const through = scope.input.throughServer?.(instance.host) !== undefined
  return {
    id: insideId(instance),
    title: through
      ? `${instance.name} can be asked by SSH through ${instance.host}`
      : `${instance.name} can be asked by SSH`,
    vantage: through ? instance.host : names(scope.vantages, instance.host),
    causes,
    run: () =>
      patiently(scope.input, async () => {
        const ran = await guest.run(['cat', '/proc/uptime'], { timeout: 45_000 })
        const [seconds = ''] = ran.stdout.split(' ')
        return Number(seconds) > 0 ? yes(`up for ${Math.round(Number(seconds))} s`) : unclear(lastLine(ran))
      }),
  }
}

/** A real log-in with the student's key, on the student's way. */
export function loginProbe(scope: Scope, instance: ProofInstance): Probe {
  return {
    id: loginId(instance),
    title: `the student's key logs in to ${instance.name}`,
    vantage: names(scope.vantages, instance.host),
    needs: [tcpInId(instance)],
    async run() {
      const way = await wayFromOutside(scope, instance)
      if (way === undefined) return unclear('no vantage with a shell has IPv6')
      const argv = sshArgv(scope.input, instance, way.proxy, 'uname -n; id -un')
      const ran = await onceMore(() => way.shell.run(argv, { timeout: 45_000 }))
      const [name, user] = ran.stdout.trim().split(/\s+/)
      if (ran.code === 0 && user !== undefined) return yes(`${user} on ${name ?? '?'}`)
      return refusedLogin(ran, scope.input, instance)
    },
  }
}

function refusedLogin(ran: Ran, input: ProofInput, instance: ProofInstance): Seen {
  const seen = lastLine(ran) || `ssh ended with ${ran.code}`
  const host = instance.host
  // The port accepted a moment ago: it is cut off since, and no log-in was tried.
  if (/^ssh: (connect to host|Could not resolve)/m.test(ran.stderr)) return unclear(seen)
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
      fix: `see the instance's console: \`openstack console log show ${instance.inCloud}\``,
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

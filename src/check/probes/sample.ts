// Decides how a sample instance of the class is reached: a log-in by SSH from outside, and from inside a way out.
// Leaves starting and removing it to classroom/, and the way (straight, or through the jump host) to deploy/.
import { setTimeout as pause } from 'node:timers/promises'
import type { Address } from '../../core/prefix.ts'
import type { Ran, Shell } from '../../core/shell.ts'
import { no, type Seen, unclear, yes } from '../../core/verdict.ts'
import { authenticates, hopCommand, type JumpWay } from '../../host/jump-way.ts'
import { quote } from '../../host/quote.ts'
import { guestPing } from '../ping.ts'
import { lastLine, sshArgv } from './guest.ts'

/** From where, and through which account of the jump host; null: straight. */
export type SampleWay = { outside: Shell; hop: JumpWay | null; words: string }

export type SampleGuest = {
  name: string
  address: Address
  user: string
  identityFile: string
  knownHosts: string
}

/** Milliseconds between two tries: the instance boots. */
const betweenTries = 2_000
const sshFailed = 255

/** Tries until it is let in or the patience is over. */
export async function sampleLogin(
  way: SampleWay,
  guest: SampleGuest,
  patience: { until: () => boolean; signal: AbortSignal },
): Promise<Seen> {
  for (;;) {
    const ran = await inside(way, guest).run(['sh', '-c', 'uname -n; id -un'])
    const [host, user] = ran.stdout.trim().split(/\s+/)
    if (ran.code === 0 && user !== undefined) return yes(`${user} on ${host ?? '?'}, ${way.words}`)
    if (patience.signal.aborted || patience.until()) return (await notLetIn(way)) ?? refused(ran, way, guest)
    await pause(betweenTries, undefined, { signal: patience.signal })
  }
}

/** From inside to what answers on the internet: one answer is a way out. */
export async function sampleOut(
  way: SampleWay,
  guest: SampleGuest,
  targets: readonly Address[],
): Promise<Seen> {
  const shell = inside(way, guest)
  const said: string[] = []
  for (const target of targets) {
    const { received, worked, words } = await guestPing(shell, target)
    said.push(`${target}: ${words}`)
    if (received > 0) return yes(said.join('; '))
    if (!worked) return unclear(said.join('; '))
  }
  if (said.length === 0) return unclear('no target outside is known')
  return no(said.join('; '), {
    code: 'sample-no-way-out',
    why: 'packets reach it and its own do not come back: the route back to its network, or the router of the group',
    fix: 'see where they end: bateau check --explain with an instance of the proof on that network',
  })
}

function inside({ outside, hop }: SampleWay, guest: SampleGuest): Shell {
  return {
    name: guest.name,
    run: (argv, options = {}) =>
      outside.run(sshArgv({ knownHosts: guest.knownHosts }, guest, hop && hopCommand(hop), quote(argv)), {
        timeout: 40_000,
        ...options,
      }),
  }
}

/** What the jump host says to that very account; null: it lets it in, or there is none. */
async function notLetIn({ outside, hop, words }: SampleWay): Promise<Seen | null> {
  if (hop === null) return null
  const tried = await authenticates(outside, hop)
  if (tried.in) return null
  return no(`${tried.said}; ${words}`, {
    code: 'sample-jump-refused',
    why: `the jump host does not let ${hop.user} in, so nothing is said of the instance behind it`,
    fix: 'put accounts and keys there as the roster has them: bateau class jump',
  })
}

function refused(ran: Ran, { words, hop }: SampleWay, { address, user }: SampleGuest): Seen {
  const seen = `${lastLine(ran) || `ssh ended with ${ran.code}`}; ${words}`
  if (ran.code !== sshFailed || /Network is unreachable/.test(ran.stderr)) return unclear(seen)
  const through = hop === null ? '' : ', the jump host lets nobody on to it'
  return no(seen, {
    code: /Permission denied/.test(ran.stderr) ? 'sample-login-refused' : 'sample-unreachable',
    why: `it was started as a student starts one, and a student would not get in: its network, its security group${through}, or the image takes no key`,
    fix: `by hand, with an instance of a student: ssh ${user}@${address}; then bateau check`,
  })
}

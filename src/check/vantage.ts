// Decides what a vantage is: a place outside a server that says whether an address answers, once it has shown that it can tell.
// Leaves what several of them say together to regions, and where they come from to deploy/.
import { Trouble } from '../core/fault.ts'
import type { Address } from '../core/prefix.ts'
import type { Shell } from '../core/shell.ts'
import type { Verdict } from '../core/verdict.ts'
import { hasNoRoute, ping } from './ping.ts'
import { tryTcp } from './tcp.ts'

/** Does it answer ping, or accept TCP? `host` is a name that leads to the address, for vantages that rather take names. */
export type Question = { to: Address; host?: string | undefined } & (
  | { kind: 'ping' }
  | { kind: 'tcp'; port: number }
)

/** What one place said. `yes` and `no` are only said by a place that passed its own control. */
export type Testimony = {
  /** Unique in a run: `maison`, `Globalping FR AS3215`. */
  vantage: string
  /** Country (ISO 3166-1 alpha-2) or another short word for where it is. */
  place: string | null
  verdict: Verdict
  seen: string
  /** Some packets passed and some did not. */
  lossy?: boolean
}

export type Vantage = {
  name: string
  place: string | null
  /** Asked for by name in the course file: that it cannot testify is then worth a line of its own. */
  named: boolean
  /** The server of the course that it is; it does not testify about itself. */
  server: string | null
  /** Where commands can be run; null: it answers questions and nothing else. */
  shell: Shell | null
  /** ProxyCommand (ssh_config(5)) by which an ssh started here goes through it; null: ssh runs in `shell`. */
  proxy: string | null
  /** Each question costs something that is scarce: only hosts and one instance a network are asked about. */
  costly: boolean
  /** Whether it can tell at all: it reaches a target that everybody reaches. Looked at once, then remembered. */
  control(): Promise<readonly Testimony[]>
  /** Never throws for what happens there: what it cannot say is `could-not-check`. */
  ask(question: Question): Promise<readonly Testimony[]>
}

export type ShellVantage = {
  shell: Shell
  /** What everybody reaches; one that answers is enough. */
  controls: readonly Address[]
  name?: string
  place?: string | null
  named?: boolean
  server?: string | null
  proxy?: string | null
}

/** A vantage that has a shell: this machine, another server of the course, the jump host, any host by SSH. */
export function shellVantage(input: ShellVantage): Vantage {
  const { shell, controls, name = shell.name, place = null } = input
  const says = (said: Pick<Testimony, 'verdict' | 'seen' | 'lossy'>): Testimony => ({
    vantage: name,
    place,
    ...said,
    seen: tame(said.seen),
  })
  let controlled: Promise<Testimony> | undefined
  const control = () => (controlled ??= couldReach(shell, controls).then(says))
  return {
    name,
    place,
    named: input.named ?? false,
    server: input.server ?? null,
    shell,
    proxy: input.proxy ?? null,
    costly: false,
    control: async () => [await control()],
    async ask(question) {
      const able = await control()
      if (able.verdict !== 'yes') return [able]
      return [says(await orUnclear(() => answer(shell, question)))]
    },
  }
}

/** What a strange place prints ends up in terminals and reports: one line of it, and nothing that drives them. */
const tame = (text: string) =>
  text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .slice(0, 300)
    .trim() || 'nothing'

type Said = Pick<Testimony, 'verdict' | 'seen' | 'lossy'>

async function couldReach(shell: Shell, controls: readonly Address[]): Promise<Said> {
  const tried: string[] = []
  for (const target of controls) {
    const said = await orUnclear(async () => {
      const pinged = await ping(shell, target, { count: 2 })
      return { verdict: pinged.received > 0 ? 'yes' : 'could-not-check', seen: `${target}: ${pinged.words}` }
    })
    if (said.verdict === 'yes') return said
    tried.push(said.seen)
  }
  return { verdict: 'could-not-check', seen: [...new Set(tried)].join('; ') || 'no target to try it with' }
}

async function answer(shell: Shell, question: Question): Promise<Said> {
  if (question.kind === 'tcp') return tryTcp(shell, question.to, question.port)
  const pinged = await ping(shell, question.to)
  // It passed its control: that it has no way to this address alone is an answer.
  if (hasNoRoute(pinged)) return { verdict: 'no', seen: pinged.words }
  if (!pinged.worked) return { verdict: 'could-not-check', seen: pinged.words }
  const lossy = pinged.received > 0 && pinged.received < pinged.sent - 1
  const verdict = pinged.received > 0 && !lossy ? 'yes' : 'no'
  return { verdict, seen: pinged.words, ...(lossy ? { lossy } : {}) }
}

/** A place that cannot be reached, refuses the log-in or breaks off says nothing about anybody else. */
async function orUnclear(look: () => Promise<Said>): Promise<Said> {
  try {
    return await look()
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    return { verdict: 'could-not-check', seen: `${error.fault.title}: ${error.fault.why}` }
  }
}

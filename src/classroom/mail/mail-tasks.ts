// Decides who is mailed, when, and that nobody is twice: one task a letter, at the pace that the course file allows.
// Leaves the letter to letter, and the server to post.
import { type Fault, Trouble } from '../../core/fault.ts'
import type { Progress, Task } from '../../core/task.ts'
import type { Clock } from '../../cloud/clock.ts'
import type { Letter } from './letter.ts'
import type { MailMemory } from './memory.ts'
import type { Post } from './post.ts'

export type MailDeps = { post: Post; memory: MailMemory; clock: Clock }

export type MailRules = {
  perMinute: number
  /** Also those who have this very letter already, or may have it. */
  again: boolean
}

/** Why somebody would be mailed; null: they have this letter. */
export function reasonOf(letter: Letter, memory: MailMemory, again: boolean): string | null {
  const before = memory.of(letter.login)
  if (before === undefined) return 'not mailed yet'
  if (again) return `again: mailed ${dayOf(before.at)}`
  if (before.state === 'sending') return 'may have been sent, the connection was lost; --again sends it'
  if (before.digest !== letter.digest) return `changed since ${dayOf(before.at)}`
  return null
}

export function mailTasks(letters: readonly Letter[], rules: MailRules, deps: MailDeps): Task[] {
  const pace = new Pace(60_000 / rules.perMinute, deps.clock)
  const done = new Set<string>()
  return letters.map((letter) => ({
    id: `mail/${letter.login}`,
    title: `Mail to ${letter.login}`,
    because: 'the hand-out was not mailed in this form',
    lane: 'mail',
    after: [],
    look: async () => {
      const before = deps.memory.of(letter.login)
      const has = before?.state === 'sent' && before.digest === letter.digest
      return has && (!rules.again || done.has(letter.login))
        ? { done: true, seen: `mailed ${dayOf(before.at)} to ${before.to}` }
        : { done: false, seen: reasonOf(letter, deps.memory, rules.again) ?? 'not mailed yet' }
    },
    act: (progress: Progress) =>
      pace.next(progress.signal, async () => {
        await send(letter, rules, deps)
        done.add(letter.login)
      }),
  }))
}

/** What is about to be sent is written down before, so that a run that is cut there does not send it once more. */
async function send(letter: Letter, { again }: MailRules, { post, memory, clock }: MailDeps): Promise<void> {
  const before = memory.of(letter.login)
  if (before?.state === 'sending' && !again)
    throw new Trouble(unsure(letter, 'an earlier run was cut while it was sent'))
  const { login, digest, to } = letter
  const entry = { digest, to: to.address, at: new Date(clock.now()).toISOString() }
  await memory.put(login, { ...entry, state: 'sending' })
  const sent = await post.send(letter)
  switch (sent.kind) {
    case 'sent':
      return memory.put(login, { ...entry, state: 'sent' })
    case 'refused':
      await memory.put(login, before)
      throw new Trouble(refused(letter, sent.why))
    case 'unsure':
      throw new Trouble(unsure(letter, sent.why))
  }
}

/** One after the other, begun at least `interval` milliseconds apart. */
class Pace {
  readonly #interval: number
  readonly #clock: Clock
  #last = Promise.resolve()
  #notBefore = 0

  constructor(interval: number, clock: Clock) {
    this.#interval = interval
    this.#clock = clock
  }

  next(signal: AbortSignal, act: () => Promise<void>): Promise<void> {
    const mine = this.#last.then(async () => {
      const wait = this.#notBefore - this.#clock.now()
      if (wait > 0 && !signal.aborted) await this.#clock.wait(wait, signal).catch(() => {})
      if (signal.aborted) throw new Trouble(stopped)
      this.#notBefore = this.#clock.now() + this.#interval
      await act()
    })
    this.#last = mine.catch(() => {})
    return mine
  }
}

const dayOf = (at: string) => at.slice(0, 16).replace('T', ' ')

const stopped: Fault = {
  code: 'interrupted',
  title: 'stopped before this one was sent',
  why: 'Ctrl-C',
  fix: 'the same command continues',
}

function refused({ login, to }: Letter, why: string): Fault {
  return {
    code: 'mail-refused',
    title: `the mail server did not take the mail to ${login} (${to.address})`,
    why,
    fix: `correct the address in the roster, then: ./bateau class handouts --mail --only ${login}`,
  }
}

function unsure({ login, to }: Letter, why: string): Fault {
  return {
    code: 'mail-unsure',
    title: `the mail to ${login} (${to.address}) may have been sent, or not`,
    why,
    fix: `ask whether it came; if not: ./bateau class handouts --mail --again --only ${login}`,
  }
}

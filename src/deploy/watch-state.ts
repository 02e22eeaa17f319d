// Decides what is known of a server from what its agent told: well since when, what is wrong, what was mended today; in words of a teacher.
// Leaves listening to watch-tail and the screen to the faces.
import type { AgentEvent } from '../agent/events.ts'
import type { Heard } from './watch-tail.ts'

export type Watched = {
  host: string
  /** Null: nobody has listened yet. */
  link: 'up' | 'lost' | null
  why: string
  /** ISO 8601, of the server's clock. */
  since: string | null
  troubles: readonly string[]
  /** Left to a person. */
  givenUp: readonly string[]
  /** Times of repairs that were begun. */
  repairs: readonly string[]
  version: string | null
  observes: string
  stopped: boolean
  /** Monotonic milliseconds of this machine when anything was heard last. */
  heardAt: number
}

/** The agent tells at least once a minute. Milliseconds after which its silence is told. */
const silentAfter = 150_000
const mostRepairs = 1_000

export const unheard = (host: string): Watched => ({
  host,
  link: null,
  why: '',
  since: null,
  troubles: [],
  givenUp: [],
  repairs: [],
  version: null,
  observes: '',
  stopped: false,
  heardAt: 0,
})

/** Pure. */
export function heard(before: Watched, one: Heard, now: number): Watched {
  switch (one.kind) {
    case 'live':
      return { ...before, link: 'up', why: '', heardAt: now }
    case 'lost':
      return { ...before, link: 'lost', why: one.why }
    case 'missed':
      return before
    case 'event':
      return { ...told(before, one.event), heardAt: now }
  }
}

function told(before: Watched, event: AgentEvent): Watched {
  switch (event.type) {
    case 'agent.started':
      return { ...before, version: event.version, observes: event.mends ? '' : event.why, stopped: false }
    case 'agent.stopped':
      return { ...before, stopped: true }
    case 'look': {
      const troubles = [...new Set(event.findings.map(({ code }) => code))]
      const isSame = JSON.stringify(troubles) === JSON.stringify(before.troubles) && before.since !== null
      const givenUp = before.givenUp.filter((code) => troubles.includes(code))
      return isSame ? { ...before, givenUp } : { ...before, troubles, givenUp, since: event.at }
    }
    case 'repair.started':
      return { ...before, repairs: [...before.repairs, event.at].slice(-mostRepairs) }
    case 'given-up':
      return { ...before, givenUp: [...new Set([...before.givenUp, event.code])] }
    case 'trouble.noticed':
    case 'trouble.gone':
    case 'repair.done':
    case 'route.added':
    case 'route.removed':
    case 'proxy.added':
    case 'proxy.removed':
    case 'journal.resumed':
    case 'fault':
      return before
  }
}

export type Mood = 'well' | 'broken' | 'unsure'

/** One line for the top of the screen: "os1: well since 10:02; 1 repair today". `own` is this bateau's version. */
export function summary(state: Watched, own: string, wall: Date, now: number): { mood: Mood; text: string } {
  const { host, troubles, givenUp, repairs, version, observes } = state
  const today = repairs.filter((at) => new Date(at).toDateString() === wall.toDateString()).length
  const mended = today === 0 ? 'no repair today' : `${today} repair${today === 1 ? '' : 's'} today`
  const other =
    version !== null && version !== own ? `; its agent is of bateau ${version}, this is ${own}` : ''
  const say = (mood: Mood, text: string) => ({ mood, text: `${host}: ${text}` })
  if (state.link === null) return say('unsure', 'connecting')
  if (state.link === 'lost') return say('unsure', `cannot be reached, trying again (${state.why})`)
  if (version === null) return say('unsure', 'no agent has told anything yet')
  if (state.stopped) return say('unsure', `its agent was stopped${other}`)
  if (now - state.heardAt > silentAfter) return say('unsure', `its agent says nothing${other}`)
  if (state.since === null) return say('unsure', `its agent looks for the first time${other}`)
  const since = `since ${clockOf(state.since, wall)}`
  const rest = `${observes === '' ? `; ${mended}` : `; ${observes}`}${other}`
  if (troubles.length === 0) return say('well', `well ${since}${rest}`)
  const person = givenUp.length === 0 ? '' : `; needs a person: ${givenUp.join(', ')}`
  return say('broken', `${troubles.join(', ')} ${since}${person}${rest}`)
}

/** Hour and minute of this machine's time zone; with the date when it is another day. */
export function clockOf(at: string, wall: Date): string {
  const then = new Date(at)
  const two = (n: number) => String(n).padStart(2, '0')
  const time = `${two(then.getHours())}:${two(then.getMinutes())}`
  if (then.toDateString() === wall.toDateString()) return time
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())} ${time}`
}

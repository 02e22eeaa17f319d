// Decides what `bateau watch` does: every server's agent listened to at once, each event told, and the whole in a line a server.
// Leaves the connection to watch-tail, what it means to watch-state, and the screen to the faces.
import { setTimeout as pause } from 'node:timers/promises'
import { type Fault, Trouble } from '../core/fault.ts'
import type { Course } from '../course/course.ts'
import { readBundle } from './agent.ts'
import { type ExitCode, exits, type Face } from './face.ts'
import { groundOf } from './ground.ts'
import { refuse } from './open-course.ts'
import { openUp, planOf } from './plan-of.ts'
import { say } from './say.ts'
import { heard, summary, unheard } from './watch-state.ts'
import { type Heard, listen } from './watch-tail.ts'
import { wordsOf } from './watch-words.ts'
import { homeOf } from './world.ts'

export type WatchOptions = {
  file: string | null
  /** What was told before now is shown from here on; null: only what comes. */
  since: Date | null
}

/** How often silence is thought of. Milliseconds. */
const every = 5_000

/** Until Ctrl-C, beside whatever else is done with the course: takes no lock and writes nothing. */
export async function watch(options: WatchOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  const opened = openUp(homeOf(process.env), options.file)
  if (!opened.ok) return refuse(face, opened.faults)
  const { course, world, rehearsal } = opened.value
  try {
    const ground = groundOf(course, world, rehearsal)
    const servers = planOf(course, rehearsal).servers.map(({ name }) => name)
    if (servers.length === 0) return refuse(face, [noAgents(course)])
    const { version } = readBundle()
    await Promise.all(
      servers.map((name) =>
        watchServer(face, name, version, options.since, signal, (hear) =>
          listen(ground.reach.shell(name), hear, wait, signal),
        ),
      ),
    )
    return exits.done
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    return refuse(face, [error.fault])
  }
}

const noAgents = ({ name, clouds }: Course): Fault => ({
  code: 'no-host',
  title: `${name} has no server with an agent`,
  why: `it is on clouds that exist already (${clouds.map((cloud) => cloud.name).join(', ')})`,
  fix: 'look at it again and again from here: bateau check --watch',
})

async function watchServer(
  face: Face,
  host: string,
  version: string,
  since: Date | null,
  signal: AbortSignal,
  listening: (hear: (heard: Heard) => void) => Promise<void>,
): Promise<void> {
  let state = unheard(host)
  let said = ''
  const tellState = () => {
    const { mood, text } = summary(state, version, new Date(), performance.now())
    if (text === said) return
    said = text
    say(face, { type: 'watch.state', host, mood, text })
  }
  const timer = setInterval(tellState, every)
  try {
    await listening((one) => {
      const before = state
      state = heard(state, one, performance.now())
      tellHeard(face, host, one, since)
      // While the past is read, states of the past would pass by.
      if (one.kind !== 'event' || before.link === 'up') tellState()
    })
  } finally {
    clearInterval(timer)
  }
  if (!signal.aborted) throw new RangeError(`listening to ${host} ended by itself`)
}

function tellHeard(face: Face, host: string, one: Heard, since: Date | null): void {
  if (one.kind === 'missed') {
    const count = one.count === null ? 'some' : one.count
    say(face, {
      type: 'note',
      text: `${host}  ? ${count} events of its agent are lost: its journal has moved on`,
    })
  }
  if (one.kind !== 'event') return
  const { event, isReplay } = one
  if (isReplay && (since === null || new Date(event.at) < since)) return
  say(face, { type: 'agent.event', host, text: wordsOf(event) ?? '', event })
}

const wait = (milliseconds: number, signal: AbortSignal) =>
  pause(milliseconds, undefined, { signal }).catch(() => {})

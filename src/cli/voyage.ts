// Decides what surrounds a deed of the engine room on the command line: its view, its questions, Ctrl-C.
// Leaves the deed to deploy/, which gets a face and a signal.
import { type ExitCode, exits, type Face } from '../deploy/face.ts'
import { ask } from './ask.ts'
import { onInterrupt } from './interrupt.ts'
import type { Context } from './context.ts'
import type { Deeds } from './deeds.ts'
import { jsonShow, liveShow, plainShow } from './show.ts'
import { errPaint } from './terminal.ts'

/** How often what is drawn is drawn anew, in milliseconds: often enough to look alive, seldom enough to cost nothing. */
const beat = 250

/** Of the commands that may build a cloud. */
export const rebuildOption = [
  '--rebuild <server>',
  'build the cloud of this server anew (DevStack): all in it goes, the class is enrolled again; may be repeated',
  (name: string, before: string[]) => [...before, name],
  [] as string[],
] as const

export type VoyageOptions = {
  json: boolean
  yes: boolean
  /** The answer to a question where there is neither --yes nor a person. */
  otherwise: boolean
  /** It goes on until Ctrl-C, which is then its ordinary end. */
  untilInterrupted?: boolean
}

export async function voyage(
  context: Context,
  options: VoyageOptions,
  deed: (deeds: Deeds, face: Face, signal: AbortSignal) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { terminal, again } = context
  const deeds = await context.deeds()
  const paint = errPaint(terminal)
  const show = options.json
    ? jsonShow(terminal)
    : terminal.isLive
      ? liveShow(terminal, paint, again)
      : plainShow(terminal, paint, again)
  const stop = onInterrupt(process, show.say, options.untilInterrupted ? null : again)
  const timer = setInterval(() => show.tick(), beat)
  // The second Ctrl-C, or a bug, ends the process with the block still drawn and the cursor hidden.
  process.once('exit', show.pause)
  const answers = { yes: options.yes, isAnswered: terminal.isAnswered, otherwise: options.otherwise }
  const face: Face = {
    event: show.event,
    ask: (question, cautious = false) =>
      ask(question, cautious ? { ...answers, otherwise: false } : answers, show, stop.signal, stop.interrupt),
  }
  try {
    const code = await deed(deeds, face, stop.signal)
    return stop.signal.aborted && !options.untilInterrupted ? exits.interrupted : code
  } finally {
    clearInterval(timer)
    show.pause()
    process.off('exit', show.pause)
    stop.release()
  }
}

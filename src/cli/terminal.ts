// Decides what the command line sees of its surroundings: three streams, a clock, the environment.
// Leaves everything else; tests give their own.
import { painter, type Paint } from './view/paint.ts'

type Out = { write(text: string): unknown; columns?: number; rows?: number }

export type Terminal = {
  out: Out
  err: Out
  /** A person can be asked: standard input and standard error are both a terminal. */
  isAnswered: boolean
  /** Standard error can be drawn over. */
  isLive: boolean
  hasColour: { out: boolean; err: boolean }
  /** Milliseconds since the epoch. */
  now: () => number
  /** Directory that relative paths are meant from. */
  cwd: string
  /** bateau's own directory: examples are there. */
  home: string
}

/** The terminal of a process. NO_COLOR, FORCE_COLOR and TERM=dumb are heeded (no-color.org; tty.WriteStream.getColorDepth). */
export function terminalOf(process: NodeJS.Process, home: string): Terminal {
  const colours = (stream: NodeJS.WriteStream) => stream.isTTY && stream.hasColors(process.env)
  return {
    out: process.stdout,
    err: process.stderr,
    isAnswered: process.stdin.isTTY && process.stderr.isTTY,
    isLive: process.stderr.isTTY && process.env['TERM'] !== 'dumb' && !process.env['CI'],
    hasColour: { out: colours(process.stdout), err: colours(process.stderr) },
    now: Date.now,
    cwd: process.cwd(),
    home,
  }
}

export const errPaint = (terminal: Terminal): Paint => painter(terminal.hasColour.err)

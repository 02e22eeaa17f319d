// Decides which of the three views a run gets (live terminal, plain lines, NDJSON) and keeps the streams in order.
// Leaves wording and layout to view/, and asking to ask.
import type { Face } from '../deploy/face.ts'
import type { RunEvent } from '../run/events.ts'
import { Canvas } from './view/canvas.ts'
import { frame } from './view/live.ts'
import type { Paint } from './view/paint.ts'
import { sign, silence } from './view/plain.ts'
import { type Said, Teller } from './view/teller.ts'
import type { Terminal } from './terminal.ts'

export type Show = {
  event: Face['event']
  /** Something to a person now, whatever is drawn; never on standard output. */
  say: (text: string) => void
  /** Called a few times a second while a run goes on. */
  tick: () => void
  /** Takes away what is drawn; the next event draws it again. */
  pause: () => void
}

/** Standard output carries one event a line and nothing else. */
export function jsonShow(terminal: Terminal): Show {
  return {
    event: (event) => terminal.out.write(`${JSON.stringify(event)}\n`),
    say: (text) => terminal.err.write(`${text}\n`),
    tick() {},
    pause() {},
  }
}

export function plainShow(terminal: Terminal, paint: Paint, again: string): Show {
  const teller = new Teller(paint, again)
  let lastWord = terminal.now()
  const write = ({ to, text }: Said) => {
    terminal[to].write(`${text}\n`)
    lastWord = terminal.now()
  }
  return {
    event: (event: RunEvent) => teller.tell(event).forEach(write),
    say: (text) => write({ to: 'err', text }),
    tick() {
      if (terminal.now() - lastWord < silence) return
      const text = sign(teller.scene, terminal.now())
      if (text !== undefined) write({ to: 'err', text })
    },
    pause() {},
  }
}

export function liveShow(terminal: Terminal, paint: Paint, again: string): Show {
  const teller = new Teller(paint, again, true)
  const canvas = new Canvas(terminal.err)
  const redraw = () => {
    const { columns = 80, rows = 24 } = terminal.err
    canvas.draw(frame(teller.scene, terminal.now(), { columns, rows }, paint))
  }
  const write = (said: readonly Said[]) => {
    if (said.length === 0) return
    canvas.draw('')
    for (const { to, text } of said) terminal[to].write(`${text}\n`)
    redraw()
  }
  return {
    event(event: RunEvent) {
      write(teller.tell(event))
    },
    say: (text) => write([{ to: 'err', text }]),
    tick: redraw,
    pause: () => canvas.draw(''),
  }
}

// Decides how events outlive the process: one JSON object a line, flushed to disk before the run goes on.
// Leaves their meaning to events; reading them back is history, never the state of the world.
import { closeSync, existsSync, fdatasyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { bad, good, type Outcome } from '../core/fault.ts'
import type { RunEvent } from './events.ts'

/** Lines of output are many and worth little after a crash: they are written, but not waited for. */
const unflushed = new Set<RunEvent['type']>(['step.line', 'step.part'])

/** An append-only journal. `append` returns when the event is on disk. */
export class Journal {
  readonly path: string
  readonly #fd: number

  constructor(path: string) {
    this.path = path
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const torn = existsSync(path) && !endsWhole(path)
    this.#fd = openSync(path, 'a', 0o600)
    if (torn) writeSync(this.#fd, '\n')
  }

  append(event: RunEvent): void {
    writeSync(this.#fd, `${JSON.stringify(event)}\n`)
    if (!unflushed.has(event.type)) fdatasyncSync(this.#fd)
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/**
 * Every event of a journal. A line that a crash tore is skipped when it is the last one of its run's writing (no JSON
 * after a cut); any other unreadable line is a fault that names it. Fault code: `journal-unreadable`.
 */
export function readJournal(path: string): Outcome<RunEvent[]> {
  if (!existsSync(path)) return good([])
  const lines = readFileSync(path, 'utf8').split('\n')
  const events: RunEvent[] = []
  for (const [index, line] of lines.entries()) {
    if (line === '') continue
    try {
      events.push(JSON.parse(line) as RunEvent)
    } catch {
      const next = lines.slice(index + 1).find((one) => one !== '')
      if (next !== undefined && !next.includes('"type":"run.started"'))
        return bad({
          code: 'journal-unreadable',
          title: `the journal ${path} cannot be read at line ${index + 1}`,
          why: 'only a line cut by a crash may be incomplete, and that is the last one before the next run',
          fix: 'the world itself is not harmed: move the journal away and run the command again',
          where: { file: path, line: index + 1, column: 1, length: line.length },
        })
    }
  }
  return good(events)
}

function endsWhole(path: string): boolean {
  const text = readFileSync(path)
  return text.length === 0 || text[text.length - 1] === 10
}

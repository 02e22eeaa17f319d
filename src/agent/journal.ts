// Decides how the agent's events are kept: one JSON object a line, two files of bounded size, and never at the price of the agent.
// Leaves what is told to events, and reading back to deploy/watch.
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A file this full is put aside as `.1`, in place of the one before it: at most twice this is on disk. */
const fullBytes = 4 * 1024 * 1024

export const journalName = 'events.ndjson'

export type JournalOptions = { directory: string; fullBytes?: number }

/**
 * Appends lines. A disk that is full, read-only or gone makes `append` answer false and changes nothing else: each
 * later call tries anew.
 */
export class AgentJournal {
  readonly #path: string
  readonly #full: number
  #fd: number | undefined
  #bytes = 0
  /** The last write was cut: the next line begins with a line break, so that only the cut one is lost. */
  #torn = false

  constructor(options: JournalOptions) {
    this.#path = join(options.directory, journalName)
    this.#full = options.fullBytes ?? fullBytes
  }

  append(line: string): boolean {
    try {
      const fd = this.#open()
      const text = Buffer.from(`${this.#torn ? '\n' : ''}${line}\n`)
      const written = writeSync(fd, text)
      this.#bytes += written
      this.#torn = written < text.length || (this.#torn && written === 0)
      return !this.#torn
    } catch {
      this.#close()
      return false
    }
  }

  close(): void {
    this.#close()
  }

  #open(): number {
    if (this.#fd !== undefined && this.#bytes >= this.#full) {
      this.#close()
      renameSync(this.#path, `${this.#path}.1`)
    }
    // Removed or renamed by somebody else: what is written must be found under its name.
    if (this.#fd !== undefined && !isSame(this.#fd, this.#path)) this.#close()
    if (this.#fd === undefined) {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 })
      this.#fd = openSync(this.#path, 'a', 0o600)
      this.#bytes = fstatSync(this.#fd).size
      this.#torn = this.#bytes > 0
      if (this.#bytes >= this.#full) return this.#open()
    }
    return this.#fd
  }

  #close(): void {
    if (this.#fd !== undefined) {
      try {
        closeSync(this.#fd)
      } catch {
        // Gone with its file system.
      }
    }
    this.#fd = undefined
  }
}

function isSame(fd: number, path: string): boolean {
  const there = statSync(path, { throwIfNoEntry: false })
  return there !== undefined && there.ino === fstatSync(fd).ino
}

// Decides how it is remembered who was mailed what, so that nobody is mailed twice.
// Leaves when to mail again to mail-tasks.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { Trouble } from '../../core/fault.ts'

const entry = z.object({
  /** Of the letter. */
  digest: z.string(),
  to: z.string(),
  /** ISO 8601, UTC. */
  at: z.string(),
  /** `sending`: the server was given it, and its answer never came. */
  state: z.enum(['sending', 'sent']),
})
const entries = z.record(z.string(), entry)

export type Mailed = z.infer<typeof entry>

/** By login. Every change is on disk, whole, before the call returns. */
export class MailMemory {
  readonly #path: string
  #entries: Map<string, Mailed>
  #writing: Promise<void> = Promise.resolve()

  private constructor(path: string, known: Map<string, Mailed>) {
    this.#path = path
    this.#entries = known
  }

  /** Fault code: `mailed-unreadable`. */
  static async open(path: string): Promise<MailMemory> {
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text === undefined) return new MailMemory(path, new Map())
    try {
      return new MailMemory(path, new Map(Object.entries(entries.parse(JSON.parse(text)))))
    } catch {
      throw new Trouble({
        code: 'mailed-unreadable',
        title: `${path} cannot be read`,
        why: 'it says who was mailed already; without it some would be mailed twice',
        fix: `put it back from a copy, or start anew: rm ${path}`,
      })
    }
  }

  of(login: string): Mailed | undefined {
    return this.#entries.get(login)
  }

  async put(login: string, mailed: Mailed | undefined): Promise<void> {
    if (mailed === undefined) this.#entries.delete(login)
    else this.#entries.set(login, mailed)
    const text = `${JSON.stringify(Object.fromEntries([...this.#entries].toSorted(([a], [b]) => (a < b ? -1 : 1))), null, 2)}\n`
    this.#writing = this.#writing.then(() => this.#write(text))
    await this.#writing
  }

  async #write(text: string): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 })
    const draft = `${this.#path}.${process.pid}`
    await writeFile(draft, text, { mode: 0o600 })
    await rename(draft, this.#path)
  }
}

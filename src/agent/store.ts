// Decides how the agent remembers small values over its own end: one JSON file each, replaced whole.
// Leaves what they mean to whoever keeps them.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

export type Store<T> = { read(): T; write(value: T): void }

/**
 * A value in a file, and in memory: where the disk is full or read-only the value in memory goes on. What `check` does
 * not take for a `T` (cut, of another version) is `empty`.
 */
export function fileStore<T>(path: string, empty: T, check: (value: unknown) => value is T): Store<T> {
  let value = load(path, empty, check)
  let written = ''
  return {
    read: () => value,
    write(next) {
      value = next
      const text = JSON.stringify(next)
      if (text === written) return
      const draft = `${path}.new`
      try {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
        writeFileSync(draft, text, { mode: 0o600 })
        renameSync(draft, path)
        written = text
      } catch {
        // Kept in memory; the next write tries again.
      }
    },
  }
}

function load<T>(path: string, empty: T, check: (value: unknown) => value is T): T {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return check(value) ? value : empty
  } catch {
    return empty
  }
}

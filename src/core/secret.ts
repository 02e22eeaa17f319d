// Decides how a secret is held in memory and how a text refers to one without containing it.
// Leaves storage to run/vault, and the moment of resolving to host/files and cloud/.
import { inspect } from 'node:util'

const mask = '•••'

/** A value that shows itself only to `reveal()`: String(), JSON, template literals and inspect give a mask. */
export class Secret<T = string> {
  readonly #value: T
  constructor(value: T) {
    this.#value = value
  }
  reveal(): T {
    return this.#value
  }
  toString(): string {
    return mask
  }
  toJSON(): string {
    return mask
  }
  [inspect.custom](): string {
    return mask
  }
}

/** Where secrets come from at the moment of use; `get` makes one at first use and remembers it. */
export interface Vault {
  get(name: string): Secret
}

const pattern = /\{\{secret:([a-z0-9][a-z0-9./_-]*)\}\}/g

/** What a plan writes instead of a secret: plans stay pure, printable and masked by construction. */
export function reference(name: string): string {
  return `{{secret:${name}}}`
}

export function references(text: string): string[] {
  return [...new Set([...text.matchAll(pattern)].map((m) => m[1] ?? ''))]
}

/** The text with its references replaced by the secrets themselves. Only effects call this, at the last moment. */
export function resolve(text: string, vault: Vault): string {
  return text.replaceAll(pattern, (_, name: string) => vault.get(name).reveal())
}

/** Removes every known secret from a text that came back from outside. */
export function redact(text: string, known: Iterable<Secret>): string {
  let out = text
  for (const secret of known) {
    const value = secret.reveal()
    if (value.length >= 6) out = out.replaceAll(value, mask)
  }
  return out
}

// Decides how a parser says that bytes are not what they claim to be: a value, never an exception.
// Leaves what to make of it to the reader; nothing malformed is ever evidence for a verdict.

export type Malformed = {
  kind: 'malformed'
  why: string
  /** Offset in bytes, from the beginning of what was given to the parser that says so. */
  at: number
}

export const malformed = (why: string, at: number): Malformed => ({ kind: 'malformed', why, at })

export const isMalformed = (value: object): value is Malformed =>
  'kind' in value && value.kind === 'malformed'

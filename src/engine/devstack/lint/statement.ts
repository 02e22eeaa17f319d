// Decides what a local.conf is made of: meta-sections, and in them shell statements or INI settings.
// Leaves telling them apart to read, and what they lead to to settings.
import type { Fault } from '../../../core/fault.ts'
import type { Word } from './word.ts'

/** `[[phase|file]]`; null before the first. */
export type Meta = { phase: string; file: string } | null

/** Lines count from 1. `text` is what stands there, line ends left out, `\n` between lines that belong together. */
export type At = { line: number; lines: number; text: string; meta: Meta }

export type Assignment = At & {
  kind: 'assignment'
  name: string
  operator: '=' | '+='
  word: Word
  /** Column of the name, from 1. */
  column: number
  /** Inside `if`, a loop or a function: whether it happens is not known. */
  isConditional: boolean
  /** The first of its line, and the only one. */
  isFirst: boolean
  isAlone: boolean
}

export type Call = At & {
  kind: 'call'
  call: string
  words: readonly string[]
  column: number
  isConditional: boolean
}

export type Statement =
  | Assignment
  | Call
  | (At & { kind: 'blank' | 'comment' | 'shell' })
  | (At & { kind: 'header'; phase: string; file: string })
  /** What looks like a header and is none for DevStack. */
  | (At & { kind: 'false-header'; why: string })
  | (At & { kind: 'ini-section'; name: string })
  | (At & { kind: 'setting'; key: string; value: string })

export type LocalConf = {
  name: string
  statements: readonly Statement[]
  assignments: readonly Assignment[]
  calls: readonly Call[]
  /** Quotes that never close and the like: the shell stops reading there. */
  faults: readonly Fault[]
  /** No header at all in a file that is no localrc: it was read as if it were one. */
  isBare: boolean
  /** First line begins with a byte order mark. */
  hasMark: boolean
  /** Line numbers whose end is CR LF. */
  carriageReturns: readonly number[]
  /** The file as it was, line by line with its end; joined, it is the same file. */
  pieces: readonly string[]
}

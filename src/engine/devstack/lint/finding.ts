// Decides what a finding about a local.conf is, and what a rule is.
// Leaves how it is shown to the faces.
import type { Extract, Known } from '../names/extract.ts'
import type { Release } from '../release.ts'
import type { Cite } from '../names/cite.ts'
import type { Services } from './services.ts'
import type { Setting, Settings } from './settings.ts'
import type { LocalConf, Statement } from './statement.ts'

/** Worst first. Of several about one line the worst is the line's verdict. */
export const verdicts = [
  'dangerous',
  'wrong',
  'contradiction',
  'missing',
  'unknown',
  'no-effect',
  'redundant',
  'right',
] as const
export type Verdict = (typeof verdicts)[number]

/** What `--fix` does about it. */
export type Mend =
  /** Another text for the statement. */
  | { kind: 'replace'; text: string }
  /** The statement becomes a comment. */
  | { kind: 'out' }
  /** Lines at the end of the localrc section. */
  | { kind: 'add'; text: string }
  /** A line before everything else. */
  | { kind: 'top'; text: string }
  /** The byte order mark goes; line ends become LF. */
  | { kind: 'mark' | 'ends' }

export type Finding = {
  /** Stable and kebab-case; `# bateau: accept CODE` in the file takes it. */
  code: string
  file: string
  /** From 1; the last line of the localrc section for what is missing. */
  line: number
  /** From 1; 0 for what is about the file as a whole. */
  column: number
  length: number
  variable: string | null
  verdict: Verdict
  title: string
  why: string
  fix: string
  /** `path:line@release` in DevStack, or the document that says it. */
  source: string
  mend?: Mend
}

/** What a rule looks at. */
export type Given = {
  conf: LocalConf
  release: Release
  settings: Settings
  services: Services
  known: Extract
  /** Of a variable that DevStack reads. */
  knows: (name: string) => Known | undefined
  /** The value that holds: of the file, or DevStack's own default; null when it is not known. */
  value: (name: string) => string | null
  set: (name: string) => Setting | undefined
  source: (cite: Cite) => string
  isOn: (...services: readonly string[]) => boolean
  /** The known word that a mistyped one was probably meant to be. */
  nearest: (word: string, known: Iterable<string>) => string | undefined
  /** A file localrc stands beside local.conf. */
  hasLocalrc: boolean
}

export type Draft = Omit<Finding, 'file'>
export type Rule = (given: Given) => Draft[]

type Words = {
  code: string
  verdict: Verdict
  title: string
  why: string
  fix: string
  source: string
  mend?: Mend
}

/** A finding about a variable, at its name. */
export function about({ name, assignment }: Setting, words: Words): Draft {
  return {
    ...words,
    line: assignment.line,
    column: assignment.column,
    length: name.length,
    variable: name,
  }
}

/** A finding about what is not there: it has no column, and the line is the last of localrc's section. */
export function absent({ conf }: Given, variable: string | null, words: Words): Draft {
  const line = conf.statements.findLast(isContent)?.line ?? 1
  return { ...words, line, column: 0, length: 0, variable }
}

function isContent(statement: Statement): boolean {
  return statement.meta?.phase === 'local' && statement.kind !== 'blank'
}

/** A value for people: secrets, and what is made from them, are masked. */
export const shown = ({ text, isSecret }: Setting): string =>
  isSecret ? '•••' : (text ?? 'what the shell makes of it')

/** `$A`, `$A and $B`. */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`

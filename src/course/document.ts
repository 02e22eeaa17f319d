// Decides how YAML text becomes plain values whose places are still known.
// Leaves the wording of syntax faults to yaml-faults, and what the values mean to schema.
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Alias,
  type Document,
  type Node,
} from 'yaml'
import { bad, good, type Fault, type Outcome, type Where } from '../core/fault.ts'
import { type Path, type Source } from './course.ts'
import { maskLine } from './mask.ts'
import { explainSyntax } from './yaml-faults.ts'

/** Aliases expanded at most; a file that needs more is a trap or a mistake. */
const mostAliases = 50

export type YamlFile = Source & {
  readonly value: unknown
  /** Where the key itself stands, not its value. */
  keyAt(path: Path): Where | undefined
  /** A scalar as it stands in the file: `00123` where the value is 123. */
  written(path: Path): string | undefined
  /** Faults that leave the rest of the file readable: a key given twice. */
  readonly faults: readonly Fault[]
}

/** Reads YAML 1.2 with the core schema. Syntax faults come all at once, each with its place. */
export function readDocument(file: string, text: string): Outcome<YamlFile> {
  const lines = text.split('\n')
  const counter = new LineCounter()
  const where = (start: number, end: number): Where => {
    const { line, col } = counter.linePos(Math.min(start, text.length))
    const source = lines[line - 1] ?? ''
    const column = Math.min(col, source.length + 1)
    const length = Math.max(1, Math.min(end - start, source.length - column + 1))
    return { file, line, column, length, source: maskLine(source) }
  }
  let doc: Document.Parsed
  try {
    doc = parseDocument(text, {
      lineCounter: counter,
      prettyErrors: false,
      stringKeys: true,
      logLevel: 'error',
    })
  } catch (error) {
    if (error instanceof RangeError) return bad(tooDeep(where(0, 1)))
    throw error
  }
  const problems = [...doc.errors, ...doc.warnings].map((error) => ({
    fatal: error.code !== 'DUPLICATE_KEY',
    fault: explainSyntax(error.code, error.message, where(...placeOfError(error, text)), lines),
  }))
  const faults = firstOfEachLine(problems.map((problem) => problem.fault))
  if (problems.some((problem) => problem.fatal)) return bad(...faults)
  try {
    const value: unknown = doc.toJS({ maxAliasCount: mostAliases })
    JSON.stringify(value)
    return good({ file, value, faults, ...places(doc, where) })
  } catch (error) {
    return bad(
      aliasFault(error, guiltyAlias(doc), (alias) => where(alias.range?.[0] ?? 0, alias.range?.[1] ?? 1)),
    )
  }
}

function places(doc: Document.Parsed, where: (start: number, end: number) => Where) {
  const range = (node: Node) => where(node.range?.[0] ?? 0, node.range?.[1] ?? 1)
  const at = (path: Path): Where => {
    const found = find(doc, path)
    const value = found.value
    if (isScalar(value) && value.range && value.range[1] > value.range[0]) return range(value)
    if (found.key) return range(found.key)
    return value ? range(value) : where(0, 1)
  }
  const keyAt = (path: Path): Where => {
    const found = find(doc, path)
    return found.key ? range(found.key) : at(path)
  }
  const written = (path: Path): string | undefined => {
    const found = find(doc, path)
    if (found.depth < path.length || !isScalar(found.value)) return undefined
    return found.value.source ?? String(found.value.value)
  }
  return { at, keyAt, written }
}

/** The node at a path, or its nearest parent that is there. */
function find(doc: Document.Parsed, path: Path): { key?: Node; value?: Node; depth: number } {
  let value = resolved(doc, doc.contents)
  let key: Node | undefined
  let depth = 0
  for (const part of path) {
    if (isMap(value) && typeof part === 'string') {
      const pair = value.items.find((item) => isScalar(item.key) && String(item.key.value) === part)
      if (!pair || !isScalar(pair.key)) break
      key = pair.key
      value = resolved(doc, pair.value as Node | null)
    } else if (isSeq(value) && typeof part === 'number') {
      const item = value.items[part] as Node | undefined
      if (!item) break
      key = undefined
      value = resolved(doc, item)
    } else break
    depth++
  }
  return { ...(key && { key }), ...(value && { value }), depth }
}

function resolved(doc: Document.Parsed, node: Node | null): Node | undefined {
  return isAlias(node) ? node.resolve(doc) : (node ?? undefined)
}

/** One fault a line; and once YAML has given up, everything below is said to be unexpected: the first time is enough. */
function firstOfEachLine(faults: readonly Fault[]): Fault[] {
  const seen = new Set<number | string | undefined>()
  return faults.filter((fault) => {
    const same = fault.code === 'stray-line' ? fault.code : fault.where?.line
    const fresh = !seen.has(fault.where?.line) && !seen.has(same)
    seen.add(fault.where?.line)
    seen.add(same)
    return fresh
  })
}

/** An open quote is noticed at the end of the file; what helps is where it was opened. */
function placeOfError(
  error: { code: string; message: string; pos: [number, number] },
  text: string,
): [number, number] {
  const quote = error.code === 'MISSING_CHAR' ? /closing (["'])quote/.exec(error.message)?.[1] : undefined
  const line =
    quote === undefined ? -1 : text.search(new RegExp(`^[^#\\n]*[:,[{-] *${quote}[^${quote}\\n]*$`, 'm'))
  if (quote === undefined || line < 0) return wholeWord(error.pos, text)
  const start = text.indexOf(quote, line)
  const end = text.indexOf('\n', start)
  return [start, end < 0 ? text.length : end]
}

/** YAML points at one character; the caret goes under the word. */
function wholeWord([start, end]: [number, number], text: string): [number, number] {
  return [start, Math.max(end, start + (/^[^\s,]*/.exec(text.slice(start, start + 200))?.[0].length ?? 0))]
}

/** The first alias without an anchor; the first alias at all when each has one. */
function guiltyAlias(doc: Document.Parsed): Alias | undefined {
  const aliases: Alias[] = []
  visit(doc, { Alias: (_, alias) => void aliases.push(alias) })
  return aliases.find((alias) => !alias.resolve(doc)) ?? aliases[0]
}

function aliasFault(error: unknown, alias: Alias | undefined, where: (alias: Alias) => Where): Fault {
  if (!alias) throw error
  const nowhere = /Unresolved alias/.test(error instanceof Error ? error.message : '')
  return {
    code: 'bad-alias',
    title: nowhere ? `alias *${alias.source} names no anchor above it` : 'aliases that expand without end',
    why: `an alias repeats what an anchor (&name) holds; bateau expands at most ${mostAliases} of them, and none into itself`,
    fix: 'write the value out where it is used, or quote it if the `*` belongs to it',
    where: where(alias),
  }
}

function tooDeep(where: Where): Fault {
  return {
    code: 'too-deep',
    title: 'brackets or lists nested thousands deep',
    why: 'a course file is a few levels deep',
    fix: 'look for a bracket repeated by accident; see examples/reference.yaml',
    where,
  }
}

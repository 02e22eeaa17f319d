// Decides how the text of a local.conf becomes statements; anything can be read, and printed back as it was.
// Leaves words to word, and judging to the rules.
import type { Fault } from '../../../core/fault.ts'
import { maskLine } from './mask.ts'
import { isShell } from './meta.ts'
import type { Assignment, At, LocalConf, Meta, Statement } from './statement.ts'
import { readWord } from './word.ts'

/** `name` is for places. A file called localrc is shell from its first line and has no meta-sections. */
export function readLocalConf(name: string, text: string): LocalConf {
  const pieces = text.match(/[^\n]*\n|[^\n]+$/g) ?? []
  const hasMark = text.startsWith('\ufeff')
  const lines = pieces.map((piece, i) =>
    (i === 0 ? piece.replace(/^\ufeff/, '') : piece).replace(/\r?\n$/, ''),
  )
  const isBare = !isLocalrc(name) && !lines.some((line) => header.test(line))
  const reader = new Reader(
    name,
    lines,
    isBare || isLocalrc(name) ? { phase: 'local', file: 'localrc' } : null,
  )
  const statements = reader.all()
  return {
    name,
    statements,
    assignments: statements.filter((one) => one.kind === 'assignment'),
    calls: statements.filter((one) => one.kind === 'call'),
    faults: reader.faults,
    isBare,
    hasMark,
    carriageReturns: pieces.flatMap((piece, i) => (piece.endsWith('\r\n') ? [i + 1] : [])),
    pieces,
  }
}

export const printLocalConf = ({ pieces }: LocalConf): string => pieces.join('')

export const isLocalrc = (name: string): boolean => /(?:^|\/)\.?localrc[^/]*$/.test(name)

/** What inc/meta-config takes for one: at the margin, no blank in it, a bar in it. */
const header = /^\[\[([^\s|\]]+)\|([^\s\]]*)\]\]/

const opening =
  /^\s*(?:if|for|while|until|case)\b|^\s*(?:function\s+)?[\w-]+\s*\(\)\s*\{|^\s*function\s+\w+|^\s*\{\s*$/
const closing = /^\s*(?:fi|done|esac|\})(?:\s|;|$)/

class Reader {
  readonly faults: Fault[] = []
  readonly #name: string
  readonly #lines: readonly string[]
  #meta: Meta
  #depth = 0

  constructor(name: string, lines: readonly string[], meta: Meta) {
    this.#name = name
    this.#lines = lines
    this.#meta = meta
  }

  all(): Statement[] {
    const out: Statement[] = []
    for (let i = 0; i < this.#lines.length;) {
      const some = this.#at(i)
      out.push(...some)
      i += Math.max(1, some[0]?.lines ?? 1)
    }
    return out
  }

  #at(index: number): Statement[] {
    const text = this.#lines[index] ?? ''
    const at = { line: index + 1, lines: 1, text, meta: this.#meta }
    const header = this.#header(text)
    if (header?.kind === 'header') {
      this.#meta = { phase: header.phase, file: header.file }
      this.#depth = 0
      return [{ ...at, ...header, meta: this.#meta }]
    }
    if (header) return [{ ...at, ...header }]
    if (text.trim() === '') return [{ ...at, kind: 'blank' }]
    if (/^\s*#/.test(text)) return [{ ...at, kind: 'comment' }]
    return isShell(this.#meta) ? this.#shell(index) : [this.#ini(at)]
  }

  #header(text: string) {
    const found = header.exec(text)
    if (found && !isLocalrc(this.#name))
      return { kind: 'header' as const, phase: found[1] ?? '', file: found[2] ?? '' }
    if (!/^\s*\[\[[^\]]*\]\]\s*(?:#.*)?$/.test(text)) return null
    const why = isLocalrc(this.#name)
      ? 'a localrc is shell from its first line; meta-sections are for local.conf'
      : /^\s/.test(text)
        ? 'it does not begin at the margin'
        : text.includes('|')
          ? 'there is a blank in it'
          : 'there is no bar in it, as in [[local|localrc]]'
    return { kind: 'false-header' as const, why }
  }

  #ini(at: At): Statement {
    const section = /^\[(.+)\]/.exec(at.text)
    if (section) return { ...at, kind: 'ini-section', name: section[1] ?? '' }
    const [, key, value] = /^([^=]*)=(.*)$/.exec(at.text) ?? []
    if (key === undefined || value === undefined) return { ...at, kind: 'shell' }
    return { ...at, kind: 'setting', key: key.trim(), value: value.trim() }
  }

  #shell(index: number): Statement[] {
    const { text, lines, unclosed } = this.#whole(index)
    const at = { line: index + 1, lines, text, meta: this.#meta }
    if (unclosed) this.faults.push(this.#unclosed(index))
    if (closing.test(text)) this.#depth = Math.max(0, this.#depth - 1)
    const isConditional = this.#depth > 0
    const oneLine = /(?:^|[\s;])(?:fi|done|esac|\})\s*$/.test(text)
    if (opening.test(text)) {
      if (!oneLine) this.#depth++
      return [{ ...at, kind: 'shell' }]
    }
    const assignments = assignmentsIn(at, isConditional)
    if (assignments.length > 0) return assignments
    const call = /^\s*([a-z_][\w-]*)(?=\s|$)/.exec(text)
    if (call?.[1] === undefined || closing.test(text)) return [{ ...at, kind: 'shell' }]
    const words = text
      .slice(call[0].length)
      .replace(/(?:^|\s)#.*$/s, '')
      .split(/[\s]+/)
      .filter((word) => word !== '')
      .map((word) => word.replace(/^(["'])(.*)\1$/, '$2'))
    return [{ ...at, kind: 'call', call: call[1], words, column: text.search(/\S/) + 1, isConditional }]
  }

  /** A line with those that continue it: after a backslash, or inside quotes. */
  #whole(index: number): { text: string; lines: number; unclosed: boolean } {
    let text = this.#lines[index] ?? ''
    let next = index + 1
    const more = () => {
      const line = this.#lines[next]
      return line !== undefined && !/^\[\[.+\|.*\]\]/.test(line) ? line : undefined
    }
    for (let line = more(); line !== undefined && isContinued(text); line = more()) {
      text += `\n${line}`
      next++
    }
    if (!isOpen(text)) return { text, lines: next - index, unclosed: false }
    const first = next
    const before = text
    for (let line = more(); line !== undefined && !looksWhole(line); line = more()) {
      text += `\n${line}`
      next++
      if (!isOpen(text)) return { text, lines: next - index, unclosed: false }
    }
    return { text: before, lines: first - index, unclosed: true }
  }

  #unclosed(index: number): Fault {
    const source = this.#lines[index] ?? ''
    const column = openAt(source) + 1
    return {
      code: 'quote-unclosed',
      title: 'a quote is opened here and never closed',
      why: 'the shell takes everything up to the next quote as one value: this line and those after it are lost',
      fix: 'close it at the end of the value',
      where: { file: this.#name, line: index + 1, column, length: 1, source: maskLine(source) },
    }
  }
}

/** Inside a quoted text of several lines nobody begins a line with an assignment. */
const looksWhole = (line: string) => /^\s*(?:export\s+)?[A-Z][A-Z0-9_]*\+?=/.test(line)

/** An odd number of backslashes at the end. */
const isContinued = (text: string) => (/\\*$/.exec(text)?.[0].length ?? 0) % 2 === 1

const isOpen = (text: string) => openAt(text) >= 0

/** Offset of the quote that is still open at the end; -1 when none is. */
function openAt(text: string): number {
  let open = -1
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    const quote = open < 0 ? null : text[open]
    if (char === '\\' && quote !== "'") i++
    else if (open < 0 && char === '#' && (i === 0 || /\s/.test(text[i - 1] ?? ''))) {
      const end = text.indexOf('\n', i)
      if (end < 0) break
      i = end
    } else if (open < 0 && (char === '"' || char === "'")) open = i
    else if (char === quote) open = -1
  }
  return open
}

/** `A=1`, `export A=1`, `A=1 B=2`; nothing when a command follows, which then has them for itself only. */
function assignmentsIn(at: At, isConditional: boolean): Assignment[] {
  const out: Assignment[] = []
  let rest = at.text.replace(/^\s*(?:export|declare(?:\s+-\w+)*)\s+/, (lead) => ' '.repeat(lead.length))
  let offset = 0
  for (;;) {
    const lead = /^[\s;]*/.exec(rest)?.[0].length ?? 0
    offset += lead
    rest = rest.slice(lead)
    if (rest === '' || rest.startsWith('#')) return out.map((one) => ({ ...one, isAlone: out.length === 1 }))
    const found = /^([A-Za-z_]\w*)(?:\[[^\]]*\])?(\+?=)/.exec(rest)
    if (!found) return []
    const [whole, name = '', operator] = found
    const word = readWord(rest.slice(whole.length))
    out.push({
      ...at,
      kind: 'assignment',
      name,
      operator: operator === '+=' ? '+=' : '=',
      word,
      column: offset + 1,
      isConditional,
      isFirst: out.length === 0,
      isAlone: false,
    })
    offset += whole.length + Math.max(word.length, 0)
    rest = rest.slice(whole.length + word.length)
    if (/^[&|]/.test(rest)) return []
  }
}

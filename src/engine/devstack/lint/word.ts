// Decides how the shell reads one word: quotes, references, what is computed, and where it ends.
// Leaves what references stand for to settings.

export type Part =
  | { kind: 'text'; text: string }
  /** `$NAME`, `${NAME}`, `${NAME:-fallback}`. */
  | { kind: 'reference'; name: string; fallback: string | null }
  /** `$(command)`, arithmetic, `${NAME%…}`: only the shell knows. */
  | { kind: 'computed' }

export type Word = {
  parts: readonly Part[]
  /** Length of the word in the source. */
  length: number
  /** Offset of a quote that is never closed; null when all are. */
  unclosed: number | null
}

/** The word at the beginning of `source`, as bash(1) reads it (QUOTING, EXPANSION). */
export function readWord(source: string): Word {
  const parts: Part[] = []
  let text = ''
  let at = 0
  let quoted: number | null = null
  const put = (part: Part) => {
    if (text !== '') parts.push({ kind: 'text', text })
    text = ''
    parts.push(part)
  }
  while (at < source.length) {
    const char = source[at] ?? ''
    if (quoted === null && /[\s;&|]/.test(char)) break
    if (char === '"') {
      quoted = quoted === null ? at : null
      at++
    } else if (char === "'" && quoted === null) {
      const end = source.indexOf("'", at + 1)
      if (end < 0) return ended(parts, text, source.length, at)
      text += source.slice(at + 1, end)
      at = end + 1
    } else if (char === '\\' && at + 1 < source.length) {
      const next = source[at + 1] ?? ''
      if (next !== '\n') text += quoted !== null && !'$`"\\'.includes(next) ? `\\${next}` : next
      at += 2
    } else if (char === '$' || char === '`') {
      const found = readExpansion(source.slice(at))
      if (found === null) text += char
      else put(found.part)
      at += found?.length ?? 1
    } else {
      text += char
      at++
    }
  }
  return ended(parts, text, at, quoted)
}

function ended(parts: Part[], text: string, length: number, unclosed: number | null): Word {
  return { parts: text === '' ? parts : [...parts, { kind: 'text', text }], length, unclosed }
}

function readExpansion(source: string): { part: Part; length: number } | null {
  const plain = /^\$([A-Za-z_]\w*)/.exec(source) ?? /^\$\{([A-Za-z_]\w*)(?::?[-=]([^{}$`"]*))?\}/.exec(source)
  if (plain?.[1] !== undefined)
    return {
      part: { kind: 'reference', name: plain[1], fallback: plain[2] ?? null },
      length: plain[0].length,
    }
  const length = closing(source)
  return length === null ? null : { part: { kind: 'computed' }, length }
}

/** Length of `$(…)`, `${…}` or a pair of backticks, nested ones counted; null when it is none or never ends. */
function closing(source: string): number | null {
  if (source.startsWith('`')) {
    const end = source.indexOf('`', 1)
    return end < 0 ? null : end + 1
  }
  const open = source[1]
  if (open !== '(' && open !== '{') return /^\$[\d?$!#@*-]/.test(source) ? 2 : null
  const close = open === '(' ? ')' : '}'
  let depth = 0
  for (let at = 1; at < source.length; at++) {
    if (source[at] === open) depth++
    else if (source[at] === close && --depth === 0) return at + 1
  }
  return null
}

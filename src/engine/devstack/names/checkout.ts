// Decides which files of a DevStack checkout a local.conf can influence, and what of a line is code.
// Leaves what the code says to extract.

/** Path below the checkout's top, and text. */
export type Checkout = ReadonlyMap<string, string>

const scripts = new Set([
  'stackrc',
  'stack.sh',
  'unstack.sh',
  'clean.sh',
  'openrc',
  'functions',
  'functions-common',
])

/** lib/template is an example for authors, and worlddump and the like read no settings. */
export const isRead = (path: string): boolean =>
  scripts.has(path) ||
  (/^(?:inc|lib|extras\.d)\//.test(path) && !/\.md$|^lib\/template$/.test(path)) ||
  /^tools\/[a-z_-]+\.sh$/.test(path)

/** Where a setting takes hold comes before where it is only used: stackrc, stack.sh, libraries, the rest. */
export function byWeight([a]: [string, string], [b]: [string, string]): number {
  return weight(a) - weight(b) || (a < b ? -1 : a > b ? 1 : 0)
}

function weight(path: string): number {
  if (path === 'stackrc') return 0
  if (path === 'stack.sh') return 1
  return /^(?:lib|inc|functions)/.test(path) ? 2 : 3
}

/** A line's code without its comment. `isAfterLocal`: it runs once local.conf has been read. */
export type CodeLine = { code: string; line: number; isAfterLocal: boolean }

/**
 * Lines of a script, comments cut off. local.conf's variables come in where stackrc sources them; stack.sh reads them
 * by sourcing stackrc. Continued lines are joined, and stand where the first one does.
 */
export function* codeLines(path: string, text: string): Generator<CodeLine> {
  const first = /^(?:functions|functions-common|openrc|inc\/.*|tools\/.*|unstack\.sh|clean\.sh)$/.test(path)
  const door =
    path === 'stackrc' ? /source \$RC_DIR\/\.localrc\.auto/ : path === 'stack.sh' ? /stackrc$/ : null
  let isAfterLocal = !first && door === null
  let held = ''
  let start = 0
  for (const [i, raw] of text.split('\n').entries()) {
    if (held === '') start = i + 1
    const bare = /^\s*#/.test(raw) ? '' : raw.replace(/\s#\s.*$/, '').trimEnd()
    held += bare.endsWith('\\') ? `${bare.slice(0, -1)} ` : bare
    if (bare.endsWith('\\')) continue
    if (held.trim() !== '') yield { code: held, line: start, isAfterLocal }
    if (door?.test(held)) isAfterLocal = true
    held = ''
  }
}

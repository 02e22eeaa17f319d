// Decides which value the files of sysctl.d(5) will give a kernel parameter at boot, and which file has the last word.
// Leaves which files there are to the server (state-script).

/** Of two files of one name the first directory's counts (sysctl.d(5), CONFIGURATION DIRECTORIES AND PRECEDENCE). */
const directories = ['/etc/', '/run/', '/usr/local/lib/', '/usr/lib/', '/lib/']

type Line = { file: string; key: string; value: string | null }

/**
 * `text`: lines `file PATH` for each file, and `PATH:LINE` of their contents, as grep -H prints. systemd-sysctl(8)
 * applies files in the order of their names, whatever the directory; the last assignment counts, and one that names
 * the key counts before any glob. A key with `-` and no value is taken out of the globs.
 */
export function readSysctlFiles(
  text: string,
  keys: readonly string[],
): Record<string, { value: string; file: string }> {
  const rows = text.split('\n')
  const files = inOrder(rows.flatMap((row) => (row.startsWith('file ') ? [row.slice('file '.length)] : [])))
  const lines = files.flatMap((file) =>
    rows.flatMap((row) => (row.startsWith(`${file}:`) ? readLine(file, row.slice(file.length + 1)) : [])),
  )
  return Object.fromEntries(
    keys.flatMap((key) => {
      const says = lastWord(lines, key)
      return says ? [[key, says] as const] : []
    }),
  )
}

function inOrder(files: readonly string[]): string[] {
  const byName = new Map<string, string>()
  const rank = (file: string) => directories.findIndex((directory) => file.startsWith(directory))
  for (const file of files) {
    const name = file.slice(file.lastIndexOf('/') + 1)
    const other = byName.get(name)
    if (other === undefined || rank(file) < rank(other)) byName.set(name, file)
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file)
}

function readLine(file: string, text: string): Line[] {
  const line = text.trim()
  if (line === '' || line.startsWith('#') || line.startsWith(';')) return []
  const at = line.indexOf('=')
  const key = (at < 0 ? line : line.slice(0, at)).trim()
  const plain = withSlashes(key.replace(/^-/, ''))
  if (at >= 0) return [{ file, key: plain, value: line.slice(at + 1).trim() }]
  return key.startsWith('-') ? [{ file, key: plain, value: null }] : []
}

/** The first separator tells which of the two it is; then the other stands for itself inside a name (`eno1.100`). */
function withSlashes(key: string): string {
  const first = /[./]/.exec(key)?.[0]
  if (first !== '.') return key
  return key.replaceAll(/[./]/g, (one) => (one === '.' ? '/' : '.'))
}

function lastWord(lines: readonly Line[], key: string): { value: string; file: string } | undefined {
  const exact = lines.findLast((line) => line.key === key)
  if (exact) return exact.value === null ? undefined : { value: exact.value, file: exact.file }
  const glob = lines.findLast((line) => line.value !== null && isGlob(line.key) && matches(line.key, key))
  return glob ? { value: glob.value ?? '', file: glob.file } : undefined
}

const isGlob = (key: string): boolean => /[*?[]/.test(key)

/** glob(7): nothing matches across a slash. */
function matches(pattern: string, key: string): boolean {
  const source = pattern.replaceAll(/\[!?[^\]]*\]|[*?]|[^*?[\]]+|./g, (part) => {
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    if (/^\[!?[^\]]+\]$/.test(part)) return part.replace('[!', '[^').replaceAll('\\', '\\\\')
    return part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  })
  try {
    return new RegExp(`^${source}$`).test(key)
  } catch {
    return false
  }
}

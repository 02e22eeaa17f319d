// Decides what sources.list(5) text means: one-line style and deb822 style, as far as binary packages go.
// Leaves reading the files and choosing among the sources to apt-mirror.

/** One suite of one archive; `enabled` entries of type `deb` only. */
export type AptSource = { uri: string; suite: string; components: readonly string[] }

/** One-line style: `deb [option=value …] uri suite component…`. Lines that are not such are passed over, as apt's own are loud. */
export function parseOneLine(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const [type, uri, suite, ...components] = words(line.replace(/#.*$/, '').replace(/\[[^\]]*\]/, ' '))
    return type === 'deb' && uri !== undefined && suite !== undefined
      ? [{ uri: trimmed(uri), suite, components }]
      : []
  })
}

/** deb822 style: stanzas of fields, lists in them; `Enabled: no` stanzas are left out. */
export function parseDeb822(text: string): AptSource[] {
  return stanzas(text).flatMap((fields) => {
    const list = (name: string) => words(fields.get(name) ?? '')
    if (!list('types').includes('deb') || /^(no|false|0)$/i.test(fields.get('enabled') ?? 'yes')) return []
    return list('uris').flatMap((uri) =>
      list('suites').map((suite) => ({ uri: trimmed(uri), suite, components: list('components') })),
    )
  })
}

function stanzas(text: string): Map<string, string>[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'))
  const all: Map<string, string>[] = [new Map()]
  let name = ''
  for (const line of lines) {
    const fields = all.at(-1) ?? new Map<string, string>()
    const match = /^([^\s:]+)\s*:(.*)$/.exec(line)
    if (line.trim() === '') all.push(new Map())
    else if (/^\s/.test(line)) fields.set(name, `${fields.get(name) ?? ''} ${line.trim()}`)
    else if (match?.[1] !== undefined) {
      name = match[1].toLowerCase()
      fields.set(name, (match[2] ?? '').trim())
    }
  }
  return all
}

const words = (text: string) => text.split(/\s+/).filter((word) => word !== '')
const trimmed = (uri: string) => uri.replace(/\/+$/, '')

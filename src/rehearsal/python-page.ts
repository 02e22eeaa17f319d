// Decides what a page of a simple Python index (PEP 503) says when it is handed on: the same files, with addresses of our own.
// Leaves fetching pages and files to python-index.

export type Page = {
  html: string
  /** Hosts that files are on (`name` or `name:port`), and how each is reached. */
  hosts: ReadonlyMap<string, 'http:' | 'https:'>
}

type Link = { to: URL; data: readonly string[]; text: string }

/**
 * Written anew from the links of a page that was got from `at`, so that nothing else of it comes along. Of each link the
 * fragment (hash), the text and the data attributes (PEP 503, 592, 658) stay. Links that are not plain http or https are left out.
 */
export function rewritten(page: string, at: URL, project: string, prefix: string): Page {
  const links = linksOf(page, at)
  const hosts = new Map<string, 'http:' | 'https:'>()
  for (const { to } of links)
    if (hosts.get(to.host) !== 'https:') hosts.set(to.host, to.protocol === 'https:' ? 'https:' : 'http:')
  const lines = links.map(({ to, data, text }) => {
    const path = `${prefix}${encodeURIComponent(to.host)}${to.pathname}${to.search}${to.hash}`
    return `<a ${[`href="${path.replaceAll('&', '&amp;')}"`, ...data].join(' ')}>${text}</a><br>`
  })
  const html = `<!DOCTYPE html>
<html>
<head><meta name="pypi:repository-version" content="1.0"><title>Links for ${project}</title></head>
<body>
${lines.join('\n')}
</body>
</html>
`
  return { html, hosts }
}

/** Quotes may hold `>`: `data-requires-python=">=3.9"`. */
const anchor = /<(a|base)\s((?:[^"'>]|"[^"]*"|'[^']*')*)>([^<]*)/gi
const attribute = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>`]+)))?/g

function linksOf(page: string, at: URL): Link[] {
  let base = at
  return [...page.replaceAll(/<!--[^]*?-->/g, '').matchAll(anchor)].flatMap(
    ([, tag = '', inner = '', text = '']): Link[] => {
      const attributes = [...inner.matchAll(attribute)].map(([, name = '', ...values]) => ({
        name: name.toLowerCase(),
        value: values.find((value) => value !== undefined) ?? '',
      }))
      const href = attributes.find(({ name }) => name === 'href')?.value
      const to = href === undefined ? null : resolved(href, base)
      if (to === null) return []
      if (tag.toLowerCase() === 'base') {
        base = to
        return []
      }
      const data = attributes
        .filter(({ name }) => /^data-[a-z0-9-]+$/.test(name))
        .map(({ name, value }) => `${name}="${escaped(value)}"`)
      return [{ to, data, text: escaped(text.trim()) }]
    },
  )
}

function resolved(href: string, base: URL): URL | null {
  const text = plain(href).trim()
  if (!URL.canParse(text, base.href)) return null
  const url = new URL(text, base)
  return /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' ? url : null
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function plain(text: string): string {
  return text.replaceAll(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos));/gi,
    (whole, ...found: string[]) => {
      const [decimal, hexadecimal, name] = found
      if (name) return named[name.toLowerCase()] ?? whole
      const code = decimal ? Number(decimal) : Number.parseInt(hexadecimal ?? '', 16)
      return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole
    },
  )
}

/** What stood in a text or in quotes of either kind, for double quotes; its entities stay as they are. */
function escaped(text: string): string {
  return text.replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

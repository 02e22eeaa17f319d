// Decides what docs/devstack-variables.md says: each variable that bateau knows, in each release, with its place.
// Leaves finding them to engine/devstack/names.
import { cites, type Cite } from '../../src/engine/devstack/names/cite.ts'
import { type Checkout, codeLines } from '../../src/engine/devstack/names/checkout.ts'
import type { Extract } from '../../src/engine/devstack/names/extract.ts'
import { readLocalConf } from '../../src/engine/devstack/lint/read.ts'
import { type Release, releases } from '../../src/engine/devstack/release.ts'
import { variables } from '../../src/engine/devstack/variables.ts'

type One = { checkout: Checkout; commit: string; extract: Extract }

export function citedLines(each: Record<Release, One>): Record<Cite, (number | null)[]> {
  const lineOf = ({ checkout }: One, [file, holds]: readonly [string, RegExp]) => {
    for (const { code, line } of codeLines(file, checkout.get(file) ?? '')) if (holds.test(code)) return line
    return null
  }
  return Object.fromEntries(
    Object.entries(cites).map(([name, cite]) => [
      name,
      releases.map((release) => lineOf(each[release], cite)),
    ]),
  ) as Record<Cite, (number | null)[]>
}

/** The page, and the names that no release reads. */
export function page(each: Record<Release, One>, confs: readonly { path: string; text: string }[]) {
  const known = [...variables.keys()].sort()
  const named = confs.map(({ path, text }) => ({
    path: path.split('/').at(-1) ?? path,
    names: [...new Set(readLocalConf(path, text).assignments.map(({ name }) => name))].sort(),
  }))
  const nowhere = (name: string) => releases.every((release) => !each[release].extract.names.has(name))
  const rows = (names: readonly string[]) =>
    names.map((name) => {
      const cells = releases.map((release) => {
        const one = each[release].extract.names.get(name)
        return one === undefined ? '**no**' : `${one.place}${one.isOverwritten ? ' (overwritten)' : ''}`
      })
      const value = defaultOf(each, name)
      return `| \`${name}\` | ${cells.join(' | ')} | ${value} |`
    })
  const head = ['| variable | ' + releases.join(' | ') + ' | default |', '|---|---|---|---|---|---|']
  const text = `# Variables of DevStack

Made by \`npm run devstack -- PATH…\`, each PATH a checkout of DevStack; not to be edited by hand. The script reads the
checkouts, records every name that DevStack reads (\`src/engine/devstack/names/recorded.ts\`) and fails when a variable
that bateau names, or that a file given with \`--conf\` sets, is in no release.

| release | commit | variables read | services named |
|---|---|---:|---:|
${releases
  .map((release) => {
    const { commit, extract } = each[release]
    return `| ${release} | \`${commit}\` | ${extract.names.size} | ${extract.services.size} |`
  })
  .join('\n')}

A place is where a variable gets its default, or else where it is first read. "Overwritten": DevStack assigns it anew
after local.conf was read, so that a value there is lost. A default that is computed is left out.

## What bateau says something about

${[...head, ...rows(known)].join('\n')}
${named.map(({ path, names }) => `\n## ${path}\n\n${[...head, ...rows(names)].join('\n')}\n`).join('')}`
  return { text, unknown: [...known, ...named.flatMap(({ names }) => names)].filter(nowhere) }
}

function defaultOf(each: Record<Release, One>, name: string): string {
  const values = releases.map((release) => each[release].extract.names.get(name)?.default ?? null)
  const [only, other] = new Set(values)
  if (other === undefined) return only == null ? '' : only === '' ? 'empty' : `\`${only}\``
  return values.map((value) => (value == null ? '·' : `\`${value}\``)).join(', ')
}

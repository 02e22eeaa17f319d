// Decides that the table of variables is what the checkouts say, and that every variable that bateau names is in it.
// Leaves which checkouts to test/devstack/run.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { type Cite, cites } from '../../src/engine/devstack/names/cite.ts'
import { extract } from '../../src/engine/devstack/names/extract.ts'
import { encode } from '../../src/engine/devstack/names/table.ts'
import { releases } from '../../src/engine/devstack/release.ts'
import { readCheckout } from '../../src/deploy/devstack-checkout.ts'
import { commitOf, releaseOf } from './checkout.ts'
import { citedLines, page } from './page.ts'
import { tableText } from './table-text.ts'

const list = (name: string) => (process.env[name] ?? '').split('\n').filter((one) => one !== '')

it('every release is read, recorded, and knows the variables of the given files', async () => {
  const read = new Map(
    await Promise.all(
      list('BATEAU_DEVSTACK').map(async (top) => {
        const checkout = readCheckout(top)
        const one = { checkout, commit: await commitOf(top), extract: extract(checkout) }
        return [releaseOf(checkout), one] as const
      }),
    ),
  )
  const missing = releases.filter((release) => !read.has(release))
  expect(missing, 'a checkout of each of these is needed, and was not given').toEqual([])
  const of = (release: (typeof releases)[number]) => {
    const one = read.get(release)
    if (one === undefined) throw new Error(release)
    return one
  }
  const each = {
    '2025.1': of('2025.1'),
    '2025.2': of('2025.2'),
    '2026.1': of('2026.1'),
    master: of('master'),
  }
  const cited = citedLines(each)
  const unfound = (Object.keys(cites) as Cite[]).filter((cite) => cited[cite].every((line) => line === null))
  expect(unfound, 'these places are in no release').toEqual([])
  writeFileSync('src/engine/devstack/names/recorded.ts', tableText(encode(each), cited))
  const confs = list('BATEAU_CONFS').map((path) => ({ path, text: readFileSync(path, 'utf8') }))
  const { text, unknown } = page(each, confs)
  writeFileSync('docs/devstack-variables.md', text)
  execFileSync('node_modules/.bin/oxfmt', ['src/engine/devstack/names/recorded.ts'])
  expect(unknown, 'named by bateau or by the given files, and in no release of this table').toEqual([])
})

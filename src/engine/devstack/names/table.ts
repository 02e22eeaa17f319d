// Decides how what four releases read is written down in one table, and read back.
// Leaves the table itself to recorded, which is made from checkouts and not by hand.
import { type Release, releases } from '../release.ts'
import type { Extract, Known } from './extract.ts'

export type Recorded = {
  /** Commit of DevStack that each release was read at. */
  commits: Record<Release, string>
  /** File paths that places count into. */
  files: string
  /** A line a name: name, a place for each release, flags, default; `~` where a release has not got it. */
  names: string
  /** A line a service: name, then a `1` or `0` for each release. */
  services: string
}

const apart = '\t'
const absent = '~'

/** The table of these extracts. */
export function encode(read: Record<Release, { commit: string; extract: Extract }>): Recorded {
  const extracts = releases.map((release) => read[release].extract)
  const all = [...new Set(extracts.flatMap(({ names }) => [...names.keys()]))].sort()
  const files = [
    ...new Set(
      extracts.flatMap(({ names }) => [...names.values()].map(({ place }) => place.split(':')[0] ?? '')),
    ),
  ].sort()
  const placeOf = (known: Known | undefined) => {
    const [file = '', line = ''] = known?.place.split(':') ?? []
    return known === undefined ? absent : `${files.indexOf(file)}:${line}`
  }
  const rows = all.map((name) => {
    const four = extracts.map(({ names }) => names.get(name))
    return [
      name,
      four.map(placeOf).join(' '),
      merged(four.map((known) => known && flagsOf(known))),
      merged(four.map((known) => known && (known.default === null ? absent : `=${known.default}`))),
    ].join(apart)
  })
  const services = [...new Set(extracts.flatMap(({ services }) => [...services]))].sort()
  return {
    commits: Object.fromEntries(
      releases.map((release) => [release, read[release].commit]),
    ) as Recorded['commits'],
    files: files.join('\n'),
    names: rows.join('\n'),
    services: services
      .map((name) => `${name} ${extracts.map(({ services }) => (services.has(name) ? 1 : 0)).join('')}`)
      .join('\n'),
  }
}

/** What one release reads. */
export function decode(table: Recorded, release: Release): Extract {
  const column = releases.indexOf(release)
  const files = table.files.trim().split('\n')
  const names = new Map<string, Known>()
  for (const row of table.names.trim().split('\n')) {
    const [name = '', places = '', flags = '', defaults = ''] = row.split(apart)
    const [file, line] = places.split(' ')[column]?.split(':') ?? []
    if (line === undefined) continue
    const flag = columnOf(flags, column)
    const value = columnOf(defaults, column)
    names.set(name, {
      name,
      place: `${files[Number(file)] ?? ''}:${line}`,
      isBool: flag.includes('b'),
      isOverwritten: flag.includes('o'),
      default: value.startsWith('=') ? value.slice(1) : null,
    })
  }
  const services = table.services
    .trim()
    .split('\n')
    .filter((row) => row.split(' ')[1]?.[column] === '1')
    .map((row) => row.split(' ')[0] ?? '')
  return { names, services: new Set(services) }
}

const flagsOf = ({ isBool, isOverwritten }: Known) => `${isBool ? 'b' : ''}${isOverwritten ? 'o' : ''}` || '-'

/** One text where all releases that have it agree, otherwise one for each. */
function merged(four: readonly (string | undefined)[]): string {
  const [only, another] = new Set(four.filter((one) => one !== undefined))
  return another === undefined ? (only ?? absent) : four.map((one) => one ?? absent).join('|')
}

function columnOf(text: string, column: number): string {
  const four = text.split('|')
  return four.length === releases.length ? (four[column] ?? absent) : text
}

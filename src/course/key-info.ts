// Decides what is known of a key by its path: meaning, example, siblings, other homes of the same name.
// Leaves all of it to be said in schema; this only looks it up.
import { pathText, type Path } from './course.ts'
import { courseJsonSchema } from './schema.ts'

/** The part of JSON Schema that the course file uses. */
export type KeyInfo = {
  description?: string
  examples?: unknown[]
  default?: unknown
  type?: string
  enum?: unknown[]
  pattern?: string
  minimum?: number
  maximum?: number
  properties?: Record<string, KeyInfo>
  required?: string[]
  items?: KeyInfo
}

let made: KeyInfo | undefined

export function keySchema(): KeyInfo {
  made ??= courseJsonSchema() as KeyInfo
  return made
}

export function keyInfo(path: Path): KeyInfo | undefined {
  let here: KeyInfo | undefined = keySchema()
  for (const part of path)
    here =
      typeof part === 'number'
        ? here?.items
        : here?.properties && Object.hasOwn(here.properties, part)
          ? here.properties[part]
          : undefined
  return here
}

export function siblings(path: Path): string[] {
  return Object.keys(keyInfo(path)?.properties ?? {})
}

/** `ram: 1 GiB`: the key with its example as it would stand in the file. */
export function exampleOf(path: Path): string | undefined {
  const info = keyInfo(path)
  const example = info?.examples?.[0] ?? info?.default
  const key = path.findLast((part) => typeof part === 'string')
  if (example === undefined || key === undefined) return undefined
  const text = typeof example === 'string' ? quoteIfNeeded(example) : JSON.stringify(example)
  return typeof path.at(-1) === 'number' ? `- ${text}` : `${key}: ${text}`
}

/** Every path at which a key of this name is known, items of lists as `[]`. */
export function homesOf(key: string): string[] {
  const homes: string[] = []
  const walk = (info: KeyInfo, path: Path) => {
    for (const [name, child] of Object.entries(info.properties ?? {})) {
      const here = [...path, name]
      if (name === key) homes.push(pathText(here))
      walk(child, here)
    }
    if (info.items) {
      const last = String(path.at(-1) ?? '')
      walk(info.items, [...path.slice(0, -1), `${last}[]`])
    }
  }
  walk(keySchema(), [])
  return homes
}

function quoteIfNeeded(text: string): string {
  return /^[\w./][\w ./:-]*$/.test(text) && !/: |:$|^[\d.]+$/.test(text)
    ? text
    : `'${text.replaceAll("'", "''")}'`
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readUpTo } from './bytes.ts'
import { keySchema, type KeyInfo } from './key-info.ts'
import { loadCourse } from './load.ts'

const examples = join(import.meta.dirname, '../../examples')

/** Every key of the schema, items of lists as `[]`. */
function keysOf(info: KeyInfo, path = ''): string[] {
  const own = Object.entries(info.properties ?? {}).flatMap(([key, child]) => {
    const here = path === '' ? key : `${path}.${key}`
    return [here, ...keysOf(child, here)]
  })
  return info.items ? [...own, ...keysOf(info.items, `${path}[]`)] : own
}

function keysIn(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => keysIn(item, `${path}[]`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, child]) => {
    const here = path === '' ? key : `${path}.${key}`
    return [here, ...keysIn(child, here)]
  })
}

/** The reference with its commented-out keys alive: those that exclude another one. */
const alternatives = readFileSync(join(examples, 'reference.yaml'), 'utf8').replaceAll(
  /^( *)# ((?: *- | *)\w+:(?: |$))/gm,
  '$1$2',
)

describe('the schema', () => {
  test('has no key that examples/reference.yaml does not name', () => {
    const named = new Set(keysIn(parse(alternatives)))
    expect(keysOf(keySchema()).filter((key) => !named.has(key))).toEqual([])
  })

  test('says of every key what it means, and of every value an example', () => {
    const silent: string[] = []
    const walk = (info: KeyInfo, path: string) => {
      for (const [key, child] of Object.entries(info.properties ?? {})) {
        const here = `${path}.${key}`
        if (
          child.description === undefined ||
          (!child.properties && !child.items?.properties && child.examples === undefined)
        )
          silent.push(here)
        walk(child.items ?? child, here)
      }
    }
    walk(keySchema(), '')
    expect(silent.filter((key) => !key.endsWith('.bridge_ports'))).toEqual([])
  })

  test.each(['rehearsal', 'adopted', 'clermont-2024', 'clermont-2025', 'reference'])(
    'takes examples/%s.yaml',
    (name) => {
      const course = loadCourse(join(examples, `${name}.yaml`), { readFile: readUpTo })
      expect(course.ok ? [] : course.faults).toEqual([])
    },
  )
})

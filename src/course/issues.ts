// Decides how what the schema refuses is told: at which place, why, and what to write instead.
// Leaves syntax to yaml-faults, and rules between keys to cross.
import type { z } from 'zod'
import type { Fault } from '../core/fault.ts'
import { pathText, type Path } from './course.ts'
import type { YamlFile } from './document.ts'
import { exampleOf, homesOf, keyInfo, siblings } from './key-info.ts'
import { maskText } from './mask.ts'
import { nearest } from './suggest.ts'
import { explainType } from './type-surprise.ts'

type Issue = z.core.$ZodIssue

/** Faults of one issue, each with its place in the file. */
export function faultsOf(issue: Issue, file: YamlFile): Fault[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, file))
  if (isMistyped(path, file)) return []
  const { code, title, why, fix } = told(issue, path, file)
  const where = file.at(path)
  return [{ code, title: `${pathText(path) || 'the file'}: ${title}`, why, fix, ...(where && { where }) }]
}

type Told = Pick<Fault, 'code' | 'title' | 'why' | 'fix'>

function told(issue: Issue, path: Path, file: YamlFile): Told {
  const info = keyInfo(path)
  const example = exampleOf(path)
  const like = example === undefined ? 'see examples/reference.yaml' : `for example \`${example}\``
  const meaning = info?.description ?? 'the course file needs it'
  switch (issue.code) {
    case 'custom': {
      const fault = issue.params?.['fault'] as Fault | undefined
      return fault ?? { code: 'bad-value', title: issue.message, why: meaning, fix: like }
    }
    case 'invalid_type': {
      const found = valueAt(file.value, path)
      if (found === undefined) return missing(meaning, like)
      return explainType(issue.expected, found, file.written(path), path, like)
    }
    case 'invalid_value': {
      const found = valueAt(file.value, path)
      if (found === undefined) return missing(meaning, like)
      if (typeof found !== 'string') return explainType('string', found, file.written(path), path, like)
      const guess = nearest(found, issue.values.map(String))
      return {
        code: 'unknown-value',
        title: `${short(found)} is not one of ${issue.values.map(String).join(', ')}`,
        why: meaning,
        fix: guess === undefined ? `write one of these` : `did you mean ${guess}?`,
      }
    }
    case 'too_small':
    case 'too_big': {
      const edge = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`
      const unit = issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : ''
      return {
        code: 'out-of-range',
        title: `must be ${edge}${unit}`,
        why: meaning,
        fix: `write a value within the limits, ${like}`,
      }
    }
    case 'invalid_format':
      return {
        code: 'bad-format',
        title: `not in the form that is needed: ${short(wordOf(valueAt(file.value, path)))}`,
        why: meaning,
        fix: `write it like ${example ?? 'in examples/reference.yaml'}`,
      }
    case 'invalid_key':
    case 'invalid_element':
    case 'invalid_union':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return { code: 'bad-value', title: issue.message, why: meaning, fix: like }
  }
}

/** The key is missing because it stands there mistyped: the fault about the unknown key says so already. */
export function isMistyped(path: Path, file: YamlFile): boolean {
  const parent = path.slice(0, -1)
  const key = path.at(-1)
  const section = valueAt(file.value, parent)
  if (
    typeof key !== 'string' ||
    typeof section !== 'object' ||
    section === null ||
    Object.hasOwn(section, key)
  )
    return false
  const known = siblings(parent)
  return Object.keys(section).some((other) => !known.includes(other) && meant(other, known) === key)
}

function missing(why: string, like: string): Told {
  return { code: 'missing-key', title: 'missing', why, fix: `add it, ${like}` }
}

function unknownKey(path: Path, key: string, file: YamlFile): Fault {
  const known = siblings(path)
  const guess = meant(key, known)
  const homes = homesOf(key).filter((home) => home !== pathText([...path, key]))
  const where = file.keyAt([...path, key])
  const parent = pathText(path)
  const fix =
    key === '<<'
      ? 'write the keys out; merge keys are not part of YAML 1.2'
      : guess !== undefined
        ? `did you mean \`${guess}\`?`
        : homes[0] !== undefined
          ? `it belongs at ${homes.slice(0, 3).join(' or ')}: check its indentation`
          : `remove it; known here: ${known.join(', ')}`
  return {
    code: 'unknown-key',
    title: `${parent === '' ? '' : `${parent}: `}unknown key \`${maskText(short(key))}\``,
    why: 'an unknown key is a mistake more often than not, and would do nothing',
    fix,
    ...(where && { where }),
  }
}

/** What other tools call our keys. */
const synonyms: Readonly<Record<string, string>> = {
  cpu: 'cores',
  cpus: 'cores',
  memory: 'ram',
  mem: 'ram',
  disk: 'disks',
  storage: 'disks',
  prefix: 'block',
  subnet: 'block',
  host: 'address',
  hostname: 'address',
  ip: 'address',
  router: 'gateway',
  interface: 'uplink',
  from: 'start',
  until: 'end',
  month: 'monthly',
  cost: 'price',
}

/** The known key that an unknown one stands for. */
export function meant(key: string, known: readonly string[]): string | undefined {
  const synonym = synonyms[key.toLowerCase()]
  return synonym !== undefined && known.includes(synonym) ? synonym : nearest(key, known)
}

/** A value as a word; nothing for a list or a mapping, which may not even have a text (`{toString: 0}`). */
export const wordOf = (value: unknown): string =>
  typeof value === 'object' && value !== null ? '' : String(value)

export function valueAt(value: unknown, path: Path): unknown {
  let here = value
  for (const part of path) {
    if (typeof here !== 'object' || here === null) return undefined
    here = Object.hasOwn(here, part) ? (here as Record<string | number, unknown>)[part] : undefined
  }
  return here
}

function short(text: string): string {
  return maskText(text.length > 60 ? `${text.slice(0, 57)}…` : text)
}

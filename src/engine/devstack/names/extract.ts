// Decides what a checkout of DevStack says of its variables: which names it reads, where, with which default.
// Leaves reading the checkout to whoever has its files, and what a variable is for to variables.
import { byWeight, type Checkout, codeLines, isRead } from './checkout.ts'

export type Known = {
  name: string
  /** Where it gets its default or is overwritten, or else where it is first read: `stackrc:823`. */
  place: string
  /** Passed through `trueorfalse` (functions-common): its spelling is free, and anything else reads as the default. */
  isBool: boolean
  /** Assigned anew after local.conf was read, whatever stands there. */
  isOverwritten: boolean
  /** A default without references; null when it has none, several, or one that is computed. */
  default: string | null
}

export type Extract = { names: Map<string, Known>; services: Set<string> }

type Seen = {
  read?: string
  set?: string
  overwritten?: string
  isHonoured: boolean
  isBool: boolean
  defaults: Set<string | null>
}

const name = '[A-Z][A-Z0-9_]+|(?:http|https|no)_proxy'
const expansion = new RegExp(String.raw`\$\{?[#!]?(${name})\b`, 'g')
const asked = new RegExp(
  String.raw`\b(?:trueorfalse\s+\S+|isset|die_if_not_set\s+\$LINENO|read_password)\s+(${name})\b|-v\s+"?(${name})\b`,
  'g',
)
const own = new RegExp(String.raw`^\s*(?:export\s+)?(${name})=(?:"?\$\{\1:?[-=]([^}]*)\}"?|(.*))$`)
const bool = new RegExp(String.raw`^\s*(?:export\s+)?(${name})=\$\(trueorfalse\s+(\S+)\s+\1\)`)
const assignment = new RegExp(String.raw`^(?:export\s+|declare\s+-\S+\s+)*(${name})=(.*)$`)

/** Everything a checkout says. Order of files does not matter. */
export function extract(checkout: Checkout): Extract {
  const seen = new Map<string, Seen>()
  const services = new Set<string>()
  const of = (name: string): Seen => {
    const known = seen.get(name) ?? { isHonoured: false, isBool: false, defaults: new Set() }
    seen.set(name, known)
    return known
  }
  for (const [path, text] of [...checkout].filter(([path]) => isRead(path)).sort(byWeight))
    for (const { code, line, isAfterLocal } of codeLines(path, text)) {
      const place = `${path}:${line}`
      for (const [, found = ''] of code.matchAll(expansion)) of(found).read ??= place
      for (const [, one, other] of code.matchAll(asked)) of(one ?? other ?? '').read ??= place
      noteDefault(code, place, of)
      noteOverwriting(code, place, isAfterLocal, of)
      for (const service of servicesIn(code)) services.add(service)
    }
  return { names: new Map([...seen].flatMap(([name, one]) => known(name, one))), services }
}

function known(name: string, seen: Seen): [string, Known][] {
  const isOverwritten = seen.overwritten !== undefined && !seen.isHonoured
  const place = (isOverwritten ? seen.overwritten : seen.set) ?? seen.read
  if (place === undefined || seen.read === undefined) return []
  const [only = null] = seen.defaults
  return [
    [
      name,
      {
        name,
        place,
        isBool: seen.isBool,
        isOverwritten,
        default: seen.defaults.size === 1 ? only : null,
      },
    ],
  ]
}

function noteDefault(code: string, place: string, of: (name: string) => Seen): void {
  const truth = bool.exec(code)
  const plain = truth ?? own.exec(code)
  const [, name, value] = plain ?? []
  if (name === undefined || value === undefined) return
  const seen = of(name)
  seen.set ??= place
  seen.isHonoured = true
  seen.isBool ||= truth !== null
  const bare = value.replace(/^"(.*)"$/, '$1').replace(/^'(.*)'$/, '$1')
  seen.defaults.add(/[$`\\"']/.test(bare) ? null : bare)
}

/** Only lines that begin at the margin: what is indented stands in a function or under a condition. */
function noteOverwriting(
  code: string,
  place: string,
  isAfterLocal: boolean,
  of: (name: string) => Seen,
): void {
  const [, name, value = ''] = assignment.exec(code) ?? []
  if (name === undefined) return
  const mentionsItself = new RegExp(String.raw`\b${name}\b`).test(value)
  if (mentionsItself || !isAfterLocal) of(name).isHonoured = true
  else of(name).overwritten ??= place
}

const serviceUses = [
  /\bis_service_enabled\s+([a-z][a-z0-9 _-]*)/g,
  /\b_?run_process\s+"?([a-z][a-z0-9_-]*)"?\s+["$]/g,
  /\bENABLED_SERVICES\+?=,?([a-z][a-z0-9,_-]*)/g,
]

function* servicesIn(code: string): Generator<string> {
  for (const use of serviceUses)
    for (const [, list = ''] of code.matchAll(use))
      yield* list.split(/[\s,]+/).filter((word) => /^[a-z][a-z0-9_-]*[a-z0-9]$/.test(word))
}

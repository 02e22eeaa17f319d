// Decides who has which login, now and ever: people of a roster are found again in the register of those before them.
// Leaves the register's file to register-file, and groups and clouds to groups and plan/placement.
import { bad, good, type Fault, type Outcome, type Where } from '../core/fault.ts'
import type { Day } from './class.ts'
import { type MadeLogin, withSuffix } from './login.ts'
import { nameKey, sameKey, sharesWord } from './person-name.ts'
import type { Listed } from './roster-row.ts'

/** Somebody who ever was in the course. A login is never given to anybody else, nor is it changed. */
export type Entry = {
  login: string
  /** Student number; null: none was known. */
  id: string | null
  name: string | null
  email: string | null
  group: string | null
  /** Server or cloud that their things are on. */
  cloud: string | null
  /** Number of the group's networks on it, where bateau laid the cloud out. */
  network: number | null
  /** Length of the ranges of own networks on it, once groups have some: they stay where they are as a group grows. */
  range?: number | null
  since: Day
  /** The day on which the roster no longer had them; null: it has. */
  left: Day | null
  /** What the login was made of. */
  from: string
  /** In the register; null before it is written. */
  where: Where | null
}

/** A student of the roster with the login that is theirs. */
export type Enrolled = {
  listed: Listed
  login: string
  /** Null: new. */
  entry: Entry | null
  from: string
}

export type Change = { login: string; what: 'joins' | 'leaves' | 'returns' | 'keeps'; why: string }

export type Register = {
  /** In the order of the roster. */
  enrolled: readonly Enrolled[]
  changes: readonly Change[]
}

/**
 * Gives each person of the roster their login: the one of their entry, else a new one that nobody ever had. People are
 * found again by student number, then by e-mail address, then by name; what contradicts itself or may mean two people
 * is a fault, not a guess. Pure. Fault codes: `not-the-same-person`, `same-person`, `login-taken`, `same-login`,
 * `no-login`.
 */
export function assignLogins(before: readonly Entry[], roster: readonly Listed[]): Outcome<Register> {
  const found = findAgain(before, roster)
  if (!found.ok) return found
  const used = new Map<string, string>(before.map((entry) => [entry.login, entry.name ?? entry.login]))
  const logins = new Map<Listed, MadeLogin>()
  const faults: Fault[] = []
  for (const one of roster) {
    const entry = found.value.get(one)
    if (entry) logins.set(one, { login: entry.login, from: entry.from })
  }
  const newcomers = roster.flatMap((one) => {
    if (logins.has(one)) return []
    if (one.made === null) faults.push(noLogin(one))
    return one.made === null ? [] : [{ one, made: one.made }]
  })
  for (const { one, made } of newcomers.filter(({ one: { wish } }) => wish !== null)) {
    const owner = used.get(made.login)
    if (owner !== undefined) faults.push(taken(one, made.login, owner, before))
    used.set(made.login, one.name ?? made.login)
    logins.set(one, made)
  }
  for (const { one, made } of newcomers.filter(({ one: { wish } }) => wish === null)) {
    const free = unused(made, used)
    used.set(free.login, one.name ?? free.login)
    logins.set(one, free)
  }
  faults.push(...indistinct(newcomers))
  if (faults.length > 0) return bad(...faults)
  const enrolled = roster.flatMap((listed) => {
    const given = logins.get(listed)
    return given ? [{ listed, entry: found.value.get(listed) ?? null, ...given }] : []
  })
  return good({ enrolled, changes: changesOf(before, enrolled) })
}

/** Where somebody's things are. */
export type Place = Pick<Entry, 'group' | 'cloud' | 'network' | 'range'>

/** What the register holds once groups and clouds are known too: nobody is ever removed from it. */
export function registerAfter(
  before: readonly Entry[],
  enrolled: readonly Enrolled[],
  places: ReadonlyMap<string, Place>,
  today: Day,
): Entry[] {
  const now = new Map(enrolled.map((one) => [one.login, one]))
  const taken = new Set(
    enrolled.flatMap(({ listed: { id, email } }) =>
      [id, email].flatMap((key) => (key === null ? [] : [sameKey(key)])),
    ),
  )
  // What somebody else has by now (an address given again) no longer tells who the former owner is.
  const still = (key: string | null) => (key !== null && taken.has(sameKey(key)) ? null : key)
  const kept = before.map((entry): Entry => {
    const one = now.get(entry.login)
    now.delete(entry.login)
    if (!one) return { ...entry, id: still(entry.id), email: still(entry.email), left: entry.left ?? today }
    const { id, name, email } = one.listed
    return {
      ...entry,
      ...places.get(entry.login),
      id: id ?? still(entry.id),
      name: name ?? entry.name,
      email: email ?? still(entry.email),
      left: null,
    }
  })
  const joined = [...now.values()].map(({ login, from, listed }): Entry => {
    const { id, name, email } = listed
    const { group = null, cloud = null, network = null, range = null } = places.get(login) ?? {}
    return {
      login,
      id,
      name,
      email,
      group,
      cloud,
      network,
      range,
      since: today,
      left: null,
      from,
      where: null,
    }
  })
  return [...kept, ...joined]
}

/** Each step looks only at whom the ones before have not found: number, e-mail address, name. */
function findAgain(before: readonly Entry[], roster: readonly Listed[]): Outcome<Map<Listed, Entry>> {
  const found = new Map<Listed, Entry>()
  const gone = new Set(before)
  const faults: Fault[] = []
  const doubtful = new Set<Listed>()
  for (const key of ['id', 'email'] as const) {
    const byKey = new Map(
      [...gone].flatMap((entry) => (entry[key] === null ? [] : [[sameKey(entry[key]), entry]])),
    )
    for (const one of roster) {
      const entry = one[key] === null || found.has(one) ? undefined : byKey.get(sameKey(one[key]))
      if (!entry || !gone.has(entry) || doubtful.has(one)) continue
      if (agrees(one, entry, key)) {
        found.set(one, entry)
        gone.delete(entry)
      } else {
        doubtful.add(one)
        faults.push(contradiction(one, entry, key))
      }
    }
  }
  const rest = roster.filter((one) => one.name !== null && !found.has(one) && !doubtful.has(one))
  const named = byName([...gone])
  const homonyms = byName(rest)
  for (const one of rest) {
    const key = nameKey(one.name ?? '')
    const possible = (named.get(key) ?? []).filter((entry) => !differ(entry.id, one.id))
    const likely = possible.filter((entry) => !differ(entry.email, one.email))
    const [only] = likely
    const alone = homonyms.get(key)?.length === 1
    const changedMail = possible.filter((entry) => entry.left === null && differ(entry.email, one.email))
    if (only && likely.length === 1 && alone && changedMail.length === 0) found.set(one, only)
    else if (likely.length > 0 || changedMail.length > 0)
      faults.push(ambiguous(one, [...new Set([...likely, ...changedMail])]))
  }
  return faults.length > 0 ? bad(...faults) : good(found)
}

function byName<T extends { name: string | null }>(people: readonly T[]): Map<string, T[]> {
  const named = new Map<string, T[]>()
  for (const one of people) {
    if (one.name === null) continue
    const key = nameKey(one.name)
    named.set(key, [...(named.get(key) ?? []), one])
  }
  return named
}

/** Both are known, and they are not the same. */
const differ = (a: string | null, b: string | null) => a !== null && b !== null && sameKey(a) !== sameKey(b)

/** A number or an address alone may be a slip of a line; something else must go with it, unless there is nothing else. */
function agrees(one: Listed, entry: Entry, key: 'id' | 'email'): boolean {
  if (one.name !== null && entry.name !== null && sharesWord(one.name, entry.name)) return true
  const other = key === 'id' ? 'email' : 'id'
  if (one[other] !== null && entry[other] !== null) return !differ(one[other], entry[other])
  return one.name === null || entry.name === null
}

function unused(made: MadeLogin, used: ReadonlyMap<string, string>) {
  if (!used.has(made.login)) return made
  for (let n = 2; ; n++) {
    const login = withSuffix(made.login, String(n))
    if (used.has(login)) continue
    return { login, from: `${made.from}; ${made.login} is ${used.get(made.login)}'s` }
  }
}

/** New people whom nothing tells apart could not be found again when the roster is read next time. */
function indistinct(newcomers: readonly { one: Listed; made: MadeLogin }[]): Fault[] {
  const first = new Map<string, Listed>()
  return newcomers.flatMap(({ one, made }) => {
    if (one.id !== null || one.email !== null || one.wish !== null) return []
    const other = first.get(made.login)
    first.set(made.login, other ?? one)
    if (!other) return []
    return [
      {
        code: 'same-login',
        title: `login ${made.login} is also that of line ${other.where?.line ?? 1}, and nothing tells the two apart`,
        why: 'the same line twice, or two people of one name: the next roster could not say who is who',
        fix: 'remove the line, or give each a student number, an e-mail address or a login of their own',
        ...(one.where && { where: one.where }),
      },
    ]
  })
}

function changesOf(before: readonly Entry[], enrolled: readonly Enrolled[]): Change[] {
  const here = new Set(enrolled.map(({ entry }) => entry))
  return [
    ...enrolled.flatMap(({ login, entry, from, listed }): Change[] => {
      if (entry === null) return [{ login, what: 'joins', why: `from ${from}` }]
      if (entry.left !== null)
        return [{ login, what: 'returns', why: `left on ${entry.left}; the login was kept for them` }]
      if (listed.wish !== null && listed.made && listed.made.login !== login)
        return [
          {
            login,
            what: 'keeps',
            why: `the roster says ${listed.made.login}, but a login that is in use is not changed`,
          },
        ]
      return []
    }),
    ...before
      .filter((entry) => entry.left === null && !here.has(entry))
      .map((entry): Change => ({
        login: entry.login,
        what: 'leaves',
        why: `${entry.name ?? entry.login} is not in the roster; the login stays theirs`,
      })),
  ]
}

const called = (entry: Entry) =>
  [entry.name ?? entry.login, entry.id, entry.email].filter((part) => part !== null).join(', ')
const lineOf = (entry: Entry) =>
  entry.where ? `${entry.where.file}:${entry.where.line}` : `${entry.login} in the register`
const placed = (one: Listed) => (one.where ? { where: one.where } : {})
const shown = (one: Listed) => [one.name, one.id, one.email].filter((part) => part !== null).join(', ')

function noLogin(one: Listed): Fault {
  return {
    code: 'no-login',
    title: 'no login can be made for this student',
    why: 'neither login, e-mail, name nor number has a letter a to z or a digit',
    fix: 'add a `login` column and fill it here',
    ...placed(one),
  }
}

function contradiction(one: Listed, entry: Entry, key: 'id' | 'email'): Fault {
  return {
    code: 'not-the-same-person',
    title: `${one[key]} was ${called(entry)}; here it is ${shown(one)}`,
    why: `whoever is ${one[key]} gets the login ${entry.login} and all that is in it`,
    fix: `correct the ${key === 'id' ? 'number' : 'address'} here; or, if it is the same person, write the new name in ${lineOf(entry)}`,
    ...placed(one),
  }
}

function ambiguous(one: Listed, entries: readonly Entry[]): Fault {
  const names = entries.map((entry) => `${entry.login} (${called(entry)})`).join(' or ')
  const lines = entries.map(lineOf).join(' or ')
  const missing =
    one.id === null && one.email === null ? 'a student number or e-mail address' : 'this number or address'
  return {
    code: 'same-person',
    title: `${shown(one)}: is it ${names}, or somebody else?`,
    why: 'the name is the same and nothing else agrees; a login must not go to another person',
    fix: `the same: write ${missing} in ${lines}, and in the roster. Somebody else: write the day on which the other left in its column \`left\` there`,
    ...placed(one),
  }
}

function taken(one: Listed, login: string, owner: string, before: readonly Entry[]): Fault {
  const entry = before.find((other) => other.login === login)
  const since = entry?.left ? `, who left on ${entry.left}` : ''
  return {
    code: entry ? 'login-taken' : 'same-login',
    title: `login ${login} is that of ${owner}${since}`,
    why: 'two people cannot share an account, and one who left may return to theirs',
    fix: 'write another login here, or leave the field empty',
    ...placed(one),
  }
}

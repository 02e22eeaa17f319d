// Decides what must hold between the keys about the class: sessions in the course, starters that exist, ways in, names, mail.
// Leaves what needs the roster to class-faults, and single values to class-schema and service-schema.
import type { Path } from './course.ts'
import { valueAt, wordOf } from './issues.ts'
import { isTaken } from './login.ts'
import type { Get, Report } from './rule.ts'
import { nearest } from './suggest.ts'

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const namesIn = (value: unknown, key = 'name') =>
  listOf(value).flatMap((one) => {
    const name = valueAt(one, [key])
    return typeof name === 'string' ? [name] : []
  })
const isDay = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)
const isTime = (value: unknown): value is string => typeof value === 'string' && /^\d\d:\d\d$/.test(value)
const oneOf = (word: string, known: readonly string[], none: string) => {
  const guess = nearest(word, known)
  if (guess !== undefined) return `did you mean ${guess}?`
  return known.length === 0 ? none : `write one of ${known.join(', ')}`
}

export function crossClass(get: Get, report: Report): void {
  timezone(get, report)
  listOf(get('sessions')).forEach((session, i) => sessionRule(session, ['sessions', i], get, report))
  teacherRule(get, report)
  starterRule(get, report)
  mailRule(get, report)
  adoptedRule(get, report)
}

/** Names of the tz database that this Node knows. */
function timezone(get: Get, report: Report): void {
  const zone = get('course', 'timezone')
  if (typeof zone !== 'string' || zone === '' || isZone(zone)) return
  report(
    ['course', 'timezone'],
    'unknown-timezone',
    `no time zone ${zone}`,
    'sessions are by the clock of a place, with its summer time',
    oneOf(zone, Intl.supportedValuesOf('timeZone'), 'write it like Europe/Paris').replace(
      /^write one of .*/,
      'write a name of the tz database, like Europe/Paris',
    ),
  )
}

function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** Codes: `session-backwards`, `session-outside`, `series-ends-early`. */
function sessionRule(session: unknown, path: Path, get: Get, report: Report): void {
  const value = (key: string) => valueAt(session, [key])
  const [from, to, day, until] = [value('from'), value('to'), value('day'), value('weekly_until')]
  const [start, end] = [get('course', 'start'), get('course', 'end')]
  if (isTime(from) && isTime(to) && to <= from)
    report(
      [...path, 'to'],
      'session-backwards',
      `not after from (${from})`,
      'a session ends on the day on which it begins',
      'swap the two, or write two sessions',
    )
  if (!isDay(day)) return
  const why = `the clouds are there from ${wordOf(start)} until the day before ${wordOf(end)}`
  if ((isDay(start) && day < start) || (isDay(end) && day >= end))
    report(
      [...path, 'day'],
      'session-outside',
      `${day} is outside the course`,
      why,
      'correct the day, or course.start and course.end',
    )
  if (!isDay(until)) return
  if (until < day)
    report(
      [...path, 'weekly_until'],
      'series-ends-early',
      `before its first day (${day})`,
      'a series is every week from day until then',
      'swap the two, or correct the year',
    )
  else if (isDay(end) && day < end && lastOf(day, until) >= end)
    report(
      [...path, 'weekly_until'],
      'session-outside',
      `the session of ${lastOf(day, until)} is outside the course`,
      why,
      'end the series earlier, or correct course.end',
    )
}

/** The last day of a weekly series. */
function lastOf(day: string, until: string): string {
  const week = 7 * 24 * 3600 * 1000
  const first = Date.parse(day)
  const last = first + Math.floor((Date.parse(until) - first) / week) * week
  return Number.isNaN(last) ? day : new Date(last).toISOString().slice(0, 10)
}

/** Codes: `same-login`, `login-reserved`. */
function teacherRule(get: Get, report: Report): void {
  const seen = new Map<string, number>()
  listOf(get('class', 'teachers')).forEach((teacher, i) => {
    const login = valueAt(teacher, ['login'])
    if (typeof login !== 'string') return
    const path: Path = ['class', 'teachers', i, 'login']
    const before = seen.get(login)
    if (before !== undefined)
      report(
        path,
        'same-login',
        `${login} is already that of class.teachers[${before}]`,
        'two people cannot share an account',
        `give it another, for example ${login}-2`,
      )
    else seen.set(login, i)
    if (isTaken(login))
      report(
        path,
        'login-reserved',
        `${login} is a name of the system`,
        'the cloud and its servers use it themselves',
        `give it another, for example ${login}-t`,
      )
  })
}

/** Codes: `unknown-image`, `unknown-flavor`, `no-such-network`. */
function starterRule(get: Get, report: Report): void {
  const known = { image: ['class', 'images'], flavor: ['class', 'flavors'] } as const
  for (const key of ['image', 'flavor'] as const) {
    const name = get('class', 'starter', key)
    const names = [...namesIn(get(...known[key])), ...namesIn(get('clouds'), key)]
    if (typeof name !== 'string' || names.includes(name)) continue
    report(
      ['class', 'starter', key],
      `unknown-${key}`,
      `${name} is none of ${known[key].join('.')}`,
      `starter instances need ${key === 'image' ? 'an image' : 'a flavor'} that every cloud of the course has`,
      oneOf(name, names, `add it to ${known[key].join('.')}, or leave it out`),
    )
  }
  const network = get('class', 'starter', 'network')
  const path: Path = ['class', 'starter', 'network']
  if (network === 'own' && get('class', 'own_network') !== true)
    report(
      path,
      'no-such-network',
      'no project has a network of its own',
      'class.own_network makes it',
      'write class.own_network: true, or another network',
    )
  if ((network === 'class' || network === 'direct') && get('networks', network) === false)
    report(
      path,
      'no-such-network',
      `networks.${network} is false`,
      'starter instances cannot be on a network that is not made',
      `write networks.${network}: true, or another network`,
    )
}

function mailRule(get: Get, report: Report): void {
  const server = get('mail', 'server')
  if (get('mail', 'tls') !== 'none' || typeof server !== 'string') return
  if (/^(localhost|127\.\d+\.\d+\.\d+|::1)$/i.test(server)) return
  report(
    ['mail', 'tls'],
    'mail-in-clear',
    `none, but ${server} is another machine`,
    'hand-outs hold passwords; without TLS whoever is on the way reads them',
    'write tls: starttls or tls: tls; none is for a server on this machine (localhost)',
  )
}

/** A server with role cloud beside adopted clouds is cross-engine's. Codes: `clouds-of-another-engine`, `adopted-without-clouds`. */
function adoptedRule(get: Get, report: Report): void {
  const kind = get('engine', 'kind') ?? 'packages'
  const clouds = listOf(get('clouds'))
  if (clouds.length > 0 && (kind === 'packages' || kind === 'devstack'))
    report(
      ['clouds'],
      'clouds-of-another-engine',
      `clouds that exist already, but engine.kind is ${kind}`,
      `with ${kind} bateau makes a cloud on each server with role cloud`,
      'write engine: {kind: adopted}, or remove clouds',
    )
  const own = listOf(get('servers')).some((one) => wordOf(valueAt(one, ['role']) ?? 'cloud') === 'cloud')
  if (kind === 'adopted' && clouds.length === 0 && own)
    report(
      ['engine', 'kind'],
      'adopted-without-clouds',
      'adopted, but `clouds` names none',
      'an adopted cloud is found by its entry in a clouds.yaml',
      'add it, for example clouds: [{name: lyon}]; or write kind: packages',
    )
}

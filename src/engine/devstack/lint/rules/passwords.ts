// Decides what is said of passwords: the four that must be there, and those that are no secret. Never shows one.
// Leaves other secrets alone.
import { about, absent, type Draft, type Given, listed, type Rule } from '../finding.ts'
import type { Setting } from '../settings.ts'

const needed = (given: Given) => [
  { name: 'ADMIN_PASSWORD', cite: 'adminPassword' as const, isNeeded: given.isOn('key', 'keystone') },
  {
    name: 'DATABASE_PASSWORD',
    cite: 'databasePassword' as const,
    isNeeded: given.isOn('mysql', 'postgresql') && !given.set('MYSQL_PASSWORD'),
  },
  { name: 'RABBIT_PASSWORD', cite: 'rabbitPassword' as const, isNeeded: given.isOn('rabbit') },
  { name: 'SERVICE_PASSWORD', cite: 'servicePassword' as const, isNeeded: given.isOn('key', 'keystone') },
]

const missing: Rule = (given) =>
  needed(given)
    .filter(({ name, isNeeded }) => isNeeded && !given.set(name))
    .map(({ name, cite }) =>
      absent(given, name, {
        code: 'password-missing',
        verdict: 'missing',
        title: `${name} is not set`,
        why: 'stack.sh then asks for it, and waits for ever where nobody answers',
        fix: `add ${name}= with 20 letters and digits of its own: openssl rand -hex 10`,
        source: given.source(cite),
      }),
    )

const passwords = ({ settings }: Given): Setting[] =>
  [...settings.final.values()].filter(
    ({ name, text }) =>
      /^(?:ADMIN|DATABASE|MYSQL|RABBIT|SERVICE|LDAP)_PASSWORD$/.test(name) && text !== null && text !== '',
  )

/** Said once, at the first that repeats another. */
const same: Rule = (given) => {
  const all = passwords(given).sort((a, b) => a.assignment.line - b.assignment.line)
  const repeated = all.filter((one, i) => all.slice(0, i).some(({ text }) => text === one.text))
  const [first] = repeated
  if (!first) return []
  const equal = all.filter(({ text }) => text === first.text).map(({ name }) => name)
  return [
    about(first, {
      code: 'password-shared',
      verdict: 'dangerous',
      title: `${listed(equal)} are one password`,
      why: 'whoever learns the one that is typed into the dashboard has the database and the queue of all services, too',
      fix: 'give each its own: openssl rand -hex 10',
      source: given.source('adminPassword'),
    }),
  ]
}

/** Passwords of guides and examples. */
const known =
  /^(?:secret|secrete|nomoresecret|supersecret|verysecret|password|passw0rd|admin|stack|devstack|openstack|labstack|root|test|1234\w*|changeme|stackdb|stackqueue|iheartdatabases|flopsymopsy|iheartksl|quiet)$/i

const poor: Rule = (given) =>
  passwords(given).flatMap((setting): Draft[] => {
    const text = setting.text ?? ''
    if (!/^[A-Za-z0-9]+$/.test(text))
      return [
        about(setting, {
          code: 'password-characters',
          verdict: 'wrong',
          title: `${setting.name} holds something else than letters and digits`,
          why: 'it goes unquoted into addresses of database and queue, and into commands; DevStack itself only accepts letters and digits when it asks',
          fix: 'use letters and digits only: openssl rand -hex 10',
          source: given.source('askPassword'),
        }),
      ]
    if (!known.test(text)) return []
    return [
      about(setting, {
        code: 'password-known',
        verdict: 'dangerous',
        title: `${setting.name} is one that stands in guides`,
        why: 'it is tried first by everybody who finds the dashboard',
        fix: 'use one that nobody knows: openssl rand -hex 10',
        source: given.source('adminPassword'),
      }),
    ]
  })

export const passwordRules: readonly Rule[] = [missing, same, poor]

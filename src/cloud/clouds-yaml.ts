// Decides what an entry of clouds.yaml means: where it is looked for, what secure.yaml adds, who logs in, how.
// Leaves logging in to session, and reading files to whoever hands that in.
// Source: openstacksdk, doc/source/user/config/configuration.rst and openstack/config/loader.py (4.4).
import { dirname, isAbsolute, join } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import { bad, type Fault, good, type Outcome } from '../core/fault.ts'
import { Secret } from '../core/secret.ts'
import { type Interface, type Service, services } from './catalogue.ts'
import type { Credentials, Domain } from './credentials.ts'

/** One cloud as its entry describes it. */
export type CloudAccess = {
  /** The file that the entry stands in. */
  file: string
  authUrl: string
  credentials: Credentials
  /** Null: the only one that the cloud has. */
  region: string | null
  interface: Interface
  /** Addresses that overrule the catalogue's (`compute_endpoint_override`). */
  endpoints: Partial<Record<Service, string>>
  tls: {
    /** Certificate authorities in PEM that alone are trusted; null: those of the system. */
    ca: string | null
    verify: boolean
  }
}

export type CloudsYamlEffects = {
  /** Text of a file; undefined when there is none. Throws for one that is there and cannot be read. */
  readFile: (path: string) => string | undefined
  cwd: string
  home: string
  env: Readonly<Record<string, string | undefined>>
  /** The word that a mistyped one was probably meant to be. */
  nearest: (word: string, known: Iterable<string>) => string | undefined
}

type Entry = Record<string, unknown>
type Read = { path: string; clouds: Record<string, Entry>; line(name: string): number }

/** OpenStack's own programs read the first of these that is there. */
const endings = ['yaml', 'yml', 'json']

/**
 * The entry `name`. `file` null: looked for as OpenStack's programs do. Fault codes: `clouds-file`, `clouds-syntax`,
 * `clouds-entry`, `clouds-profile`, `clouds-auth`.
 */
export function readCloudsYaml(
  name: string,
  file: string | null,
  effects: CloudsYamlEffects,
): Outcome<CloudAccess> {
  const main = firstOf(placesOf('clouds', file, effects), effects)
  if (!main.ok) return main
  if (main.value === undefined) return bad(noFile(file, placesOf('clouds', file, effects)))
  const secure = firstOf(securePlaces(file, main.value.path, effects), effects)
  if (!secure.ok) return secure
  const plain = main.value.clouds[name]
  if (plain === undefined) return bad(noEntry(name, main.value, effects))
  const entry = merged(plain, secure.value?.clouds[name])
  const where = `${main.value.path}, entry ${name}`
  const access = accessOf(entry, where, main.value.path, effects)
  if (access.ok) return access
  const at = { file: main.value.path, line: main.value.line(name), column: 1, length: name.length }
  return bad(...access.faults.map((fault) => ({ ...fault, where: at })))
}

function placesOf(stem: string, file: string | null, { cwd, home, env }: CloudsYamlEffects): string[] {
  if (file !== null) return [file]
  const named = env['OS_CLIENT_CONFIG_FILE']
  const own = [env['XDG_CONFIG_HOME'] ?? '', join(home, '.config')].filter((one) => one !== '')
  const directories = [cwd, ...own.map((one) => join(one, 'openstack')), '/etc/openstack']
  const all = [...new Set(directories)].flatMap((one) =>
    endings.map((ending) => join(one, `${stem}.${ending}`)),
  )
  return named === undefined || named === '' ? all : [named, ...all]
}

/** With a file of the course's: the one beside it, or where they all are. */
function securePlaces(file: string | null, main: string, effects: CloudsYamlEffects): string[] {
  const beside = endings.map((ending) => join(dirname(main), `secure.${ending}`))
  if (file !== null) return beside
  const named = effects.env['OS_CLIENT_SECURE_FILE']
  const { OS_CLIENT_CONFIG_FILE: _, ...env } = effects.env
  return [
    ...(named === undefined || named === '' ? [] : [named]),
    ...placesOf('secure', null, { ...effects, env }),
  ]
}

function firstOf(places: readonly string[], effects: CloudsYamlEffects): Outcome<Read | undefined> {
  for (const path of places) {
    let text: string | undefined
    try {
      text = effects.readFile(path)
    } catch (error) {
      return bad(unreadable(path, error))
    }
    if (text !== undefined) return parse(path, text)
  }
  return good(undefined)
}

/** Every scalar stays a text, so that a password of digits is what was typed. No line of it is ever shown. */
function parse(path: string, text: string): Outcome<Read> {
  const lines = new LineCounter()
  const document = parseDocument(text, { schema: 'failsafe', merge: true, lineCounter: lines })
  const [error] = document.errors
  if (error)
    return bad({
      code: 'clouds-syntax',
      title: `${path} is no YAML`,
      why: error.code.toLowerCase().replaceAll('_', ' '),
      fix: `look at line ${lines.linePos(error.pos[0]).line}; openstack --os-cloud NAME token issue says whether it is right`,
      where: { file: path, ...lineAt(lines.linePos(error.pos[0])) },
    })
  const whole: unknown = document.toJS()
  const clouds = isRecord(whole) && isRecord(whole['clouds']) ? whole['clouds'] : {}
  const entries = Object.entries(clouds).flatMap(([name, entry]) =>
    isRecord(entry) ? [[name, entry] as const] : [],
  )
  return good({
    path,
    clouds: Object.fromEntries(entries),
    line: (name) => {
      const at = text.split('\n').findIndex((line) => line.trim().startsWith(`${name}:`))
      return Math.max(0, at) + 1
    },
  })
}

const lineAt = ({ line, col }: { line: number; col: number }) => ({ line, column: col, length: 1 })
const isRecord = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What secure.yaml says counts; sections of both are joined. Keys may be written with hyphens. */
function merged(plain: Entry, secure: Entry = {}): Entry {
  const out = underscored(plain)
  for (const [key, value] of Object.entries(underscored(secure))) {
    const before = out[key]
    out[key] = isRecord(before) && isRecord(value) ? merged(before, value) : value
  }
  return out
}

const underscored = (entry: Entry): Entry =>
  Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [
      key.replaceAll('-', '_'),
      isRecord(value) ? underscored(value) : value,
    ]),
  )

function accessOf(
  entry: Entry,
  where: string,
  file: string,
  effects: CloudsYamlEffects,
): Outcome<CloudAccess> {
  const vendor = wordOf(entry['profile']) ?? wordOf(entry['cloud'])
  if (vendor !== undefined) return bad(vendored(where, vendor))
  const auth: Entry = { ...entry, ...(isRecord(entry['auth']) ? entry['auth'] : {}) }
  const authUrl = wordOf(auth['auth_url'])
  if (authUrl === undefined || !URL.canParse(authUrl))
    return bad(incomplete(where, authUrl === undefined ? 'it has no auth_url' : 'its auth_url is no URL'))
  if (wordOf(entry['cert']) !== undefined)
    return bad(incomplete(where, 'it logs in with a client certificate, which bateau does not do'))
  const credentials = credentialsOf(auth, where)
  if (!credentials.ok) return credentials
  const ca = authorityOf(wordOf(entry['cacert']), file, effects)
  if (!ca.ok) return ca
  const face = (wordOf(entry['interface']) ?? wordOf(entry['endpoint_type']) ?? 'public').replace(/URL$/, '')
  if (face !== 'public' && face !== 'internal' && face !== 'admin')
    return bad(incomplete(where, `its interface is ${face}, not public, internal or admin`))
  const verify = !no.has((wordOf(entry['verify']) ?? 'true').toLowerCase())
  const insecure = yes.has((wordOf(entry['insecure']) ?? 'false').toLowerCase())
  return good({
    file,
    authUrl,
    credentials: credentials.value,
    region: regionOf(entry),
    interface: face,
    endpoints: Object.fromEntries(
      services.flatMap((service) => {
        const given = wordOf(entry[`${service}_endpoint_override`])
        return given === undefined ? [] : [[service, given]]
      }),
    ),
    tls: { ca: ca.value, verify: verify && !insecure },
  })
}

const no = new Set(['false', 'no', 'off', '0'])
const yes = new Set(['true', 'yes', 'on', '1'])
const wordOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** `regions` may stand for `region_name`; the first of them is meant, as in openstacksdk. */
function regionOf(entry: Entry): string | null {
  const named = wordOf(entry['region_name'])
  if (named !== undefined) return named
  const [first]: unknown[] = Array.isArray(entry['regions']) ? entry['regions'] : []
  return wordOf(first) ?? (isRecord(first) ? wordOf(first['name']) : undefined) ?? null
}

function credentialsOf(auth: Entry, where: string): Outcome<Credentials> {
  const id = wordOf(auth['application_credential_id'])
  const named = wordOf(auth['application_credential_name'])
  const token = wordOf(auth['token'])
  const type =
    wordOf(auth['auth_type']) ??
    (id !== undefined || named !== undefined ? 'v3applicationcredential' : 'password')
  switch (type.replace(/^v3/, '')) {
    case 'password':
      return passwordOf(auth, where)
    case 'applicationcredential': {
      const secret = wordOf(auth['application_credential_secret'])
      if (secret === undefined) return bad(incomplete(where, 'it has no application_credential_secret'))
      if (id !== undefined) return good({ kind: 'application-credential', id, secret: new Secret(secret) })
      const user = userOf(auth)
      if (named === undefined || user === undefined)
        return bad(
          incomplete(
            where,
            'it has no application_credential_id, and no application_credential_name with its user',
          ),
        )
      return good({ kind: 'named-application-credential', name: named, ...user, secret: new Secret(secret) })
    }
    case 'token': {
      const project = projectOf(auth)
      if (token === undefined) return bad(incomplete(where, 'it has no token'))
      if (project === undefined) return bad(incomplete(where, 'it has no project_name or project_id'))
      return good({ kind: 'token', token: new Secret(token), ...project })
    }
    default:
      return bad(
        incomplete(
          where,
          `its auth_type is ${type}; bateau logs in by password, v3applicationcredential and token`,
        ),
      )
  }
}

function passwordOf(auth: Entry, where: string): Outcome<Credentials> {
  const user = userOf(auth)
  const password = wordOf(auth['password'])
  const project = projectOf(auth)
  if (user === undefined) return bad(incomplete(where, 'it has no username or user_id'))
  if (password === undefined) return bad(incomplete(where, 'it has no password'))
  if (project === undefined)
    return bad(incomplete(where, 'it has no project_name or project_id; bateau works in a project'))
  return good({ kind: 'password', ...user, ...project, password: new Secret(password) })
}

function userOf(auth: Entry): { user: string; userId?: true; userDomain?: Domain } | undefined {
  const id = wordOf(auth['user_id'])
  if (id !== undefined) return { user: id, userId: true }
  const user = wordOf(auth['username']) ?? wordOf(auth['user_name'])
  if (user === undefined) return undefined
  const domain = domainOf(auth, 'user')
  return { user, ...(domain === undefined ? {} : { userDomain: domain }) }
}

function projectOf(auth: Entry): { project: string; projectId?: true; projectDomain?: Domain } | undefined {
  const id = wordOf(auth['project_id']) ?? wordOf(auth['tenant_id'])
  if (id !== undefined) return { project: id, projectId: true }
  const project = wordOf(auth['project_name']) ?? wordOf(auth['tenant_name'])
  if (project === undefined) return undefined
  const domain = domainOf(auth, 'project')
  return { project, ...(domain === undefined ? {} : { projectDomain: domain }) }
}

function domainOf(auth: Entry, of: 'user' | 'project'): Domain | undefined {
  const id = wordOf(auth[`${of}_domain_id`]) ?? wordOf(auth['domain_id']) ?? wordOf(auth['default_domain_id'])
  const name = wordOf(auth[`${of}_domain_name`])
  if (name !== undefined) return name
  return id === undefined ? (wordOf(auth['domain_name']) ?? wordOf(auth['default_domain_name'])) : { id }
}

/** `~` is the home directory; a relative path is looked for here, as openstacksdk does, then beside the file. */
function authorityOf(
  cacert: string | undefined,
  file: string,
  { readFile, cwd, home }: CloudsYamlEffects,
): Outcome<string | null> {
  if (cacert === undefined) return good(null)
  const path = cacert.startsWith('~/') ? join(home, cacert.slice(2)) : cacert
  const places = isAbsolute(path) ? [path] : [join(cwd, path), join(dirname(file), path)]
  for (const place of places) {
    try {
      const text = readFile(place)
      if (text !== undefined) return good(text)
    } catch (error) {
      return bad(unreadable(place, error))
    }
  }
  return bad(incomplete(file, `its cacert is not there: ${places.join(', ')}`))
}

function unreadable(path: string, error: unknown): Fault {
  return {
    code: 'clouds-file',
    title: `${path} cannot be read`,
    why: error instanceof Error ? error.message : String(error),
    fix: `see who may read it: ls -l ${path}`,
  }
}

function noFile(file: string | null, places: readonly string[]): Fault {
  return {
    code: 'clouds-file',
    title: file === null ? 'there is no clouds.yaml' : `there is no ${file}`,
    why: `looked for ${[...new Set(places.map((path) => path.replace(/\.(yml|json)$/, '.yaml')))].join(', ')}`,
    fix: 'fetch it from the dashboard of the cloud (API Access, OpenStack clouds.yaml file), and name it under clouds: file: clouds.yaml',
  }
}

function noEntry(name: string, { path, clouds }: Read, { nearest }: CloudsYamlEffects): Fault {
  const known = Object.keys(clouds)
  const guess = nearest(name, known)
  return {
    code: 'clouds-entry',
    title: `${path} has no cloud ${name}`,
    why: known.length === 0 ? 'it names none at all' : `it has ${known.join(', ')}`,
    fix:
      guess === undefined
        ? 'write one of them in the course file: entry: NAME'
        : `did you mean entry: ${guess}?`,
  }
}

function vendored(where: string, vendor: string): Fault {
  return {
    code: 'clouds-profile',
    title: `the entry leans on the profile ${vendor}`,
    why: `${where}: what a profile says comes with openstacksdk or from a clouds-public.yaml, neither of which bateau reads`,
    fix: 'write auth_url, region_name and interface into the entry itself, and remove profile',
  }
}

function incomplete(where: string, why: string): Fault {
  return {
    code: 'clouds-auth',
    title: 'the entry of clouds.yaml does not say how to log in',
    why: `${where}: ${why}`,
    fix: 'see that this works with it: openstack --os-cloud NAME token issue',
  }
}

// Decides where a course's world keeps its things on this machine, and how a world is found again without its file.
// Leaves the truth about the cloud to the cloud: losing these directories loses history, not the class.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { bad, good, type Outcome } from '../core/fault.ts'

/** Directories by the XDG base directory specification, version 0.8. */
export type Home = { state: string; cache: string; config: string; runtime: string }

export function homeOf(env: NodeJS.ProcessEnv): Home {
  const base = (variable: string, fallback: string) =>
    join(env[variable]?.startsWith('/') ? env[variable] : join(homedir(), fallback), 'bateau')
  return {
    state: base('XDG_STATE_HOME', '.local/state'),
    cache: base('XDG_CACHE_HOME', '.cache'),
    config: base('XDG_CONFIG_HOME', '.config'),
    runtime: runtimeOf(env),
  }
}

function runtimeOf(env: NodeJS.ProcessEnv): string {
  const own = env['XDG_RUNTIME_DIR']
  if (own?.startsWith('/')) return join(own, 'bateau')
  const uid = process.getuid?.() ?? 0
  return uid === 0 ? '/run/bateau' : join(tmpdir(), `bateau-${uid}`)
}

export type World = {
  /** The course's slug. */
  name: string
  dir: string
  cache: string
  journal: string
  lock: string
  vault: string
  identity: string
  knownHosts: string
  /** Directory of sockets, gone with a reboot. */
  runtime: string
  control: string
  sockets: string
  students: string
  /** Who got which login, where the course file names no other place for it. */
  register: string
}

export function worldAt(home: Home, name: string): World {
  const dir = join(home.state, name)
  // Sockets live elsewhere and under a short name: the path of one has at most 108 bytes (unix(7)), of which ssh takes 58.
  const runtime = join(home.runtime, createHash('sha256').update(dir).digest('hex').slice(0, 10))
  return {
    name,
    dir,
    cache: home.cache,
    journal: join(dir, 'journal.ndjson'),
    lock: join(dir, 'lock'),
    vault: join(dir, 'secrets.age'),
    identity: join(home.config, 'identity.txt'),
    knownHosts: join(dir, 'known_hosts'),
    runtime,
    control: join(runtime, 'ssh'),
    sockets: join(runtime, 'api'),
    students: join(dir, 'students'),
    register: join(dir, 'register.csv'),
  }
}

/** What is remembered of a world so that `status`, `check`, `ssh` and `down` need no argument. */
export type WorldNote = { courseFile: string; rehearsal: boolean }

export function noteWorld(world: World, note: WorldNote): void {
  mkdirSync(world.dir, { recursive: true, mode: 0o700 })
  const path = join(world.dir, 'world.json')
  writeFileSync(`${path}.new`, `${JSON.stringify(note, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

export function readNote(world: World): WorldNote | undefined {
  try {
    return JSON.parse(readFileSync(join(world.dir, 'world.json'), 'utf8')) as WorldNote
  } catch {
    return undefined
  }
}

/** Names of the worlds that exist on this machine. */
export function listWorlds(home: Home): string[] {
  if (!existsSync(home.state)) return []
  return readdirSync(home.state, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(home.state, entry.name, 'world.json')))
    .map((entry) => entry.name)
    .toSorted()
}

/** The world that is meant when none is named: the only one there is. Fault codes: `no-world`, `which-world`. */
export function onlyWorld(home: Home): Outcome<World> {
  const names = listWorlds(home)
  const [name] = names
  if (name === undefined)
    return bad({
      code: 'no-world',
      title: 'there is no course up on this machine',
      why: `no world is remembered in ${home.state}`,
      fix: 'start one: ./bateau rehearse',
    })
  if (names.length > 1)
    return bad({
      code: 'which-world',
      title: `more than one course is up: ${names.join(', ')}`,
      why: 'the command must know which one is meant',
      fix: `name its course file, for example: ./bateau status ${readNote(worldAt(home, name))?.courseFile ?? 'course.yaml'}`,
    })
  return good(worldAt(home, name))
}

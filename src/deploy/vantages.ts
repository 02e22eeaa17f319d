// Decides from where a course is looked at besides the place outside: its other servers, the jump host, hosts that the
// course file names, Globalping. Leaves whether they can tell to check/.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { Trouble } from '../core/fault.ts'
import { Secret } from '../core/secret.ts'
import { globalpingVantage } from '../check/globalping.ts'
import { openGlobalping } from '../check/globalping-api.ts'
import type { Account, Spent } from '../check/globalping-spend.ts'
import { shellVantage, type Vantage } from '../check/vantage.ts'
import type { Course } from '../course/course.ts'
import { proxyCommand, sshShell, type SshTarget } from '../host/ssh.ts'
import type { Ground } from './ground.ts'
import type { World } from './world.ts'

/** In a rehearsal only its own servers: nobody on the real internet has a way to its addresses. */
export function vantagesOf(course: Course, world: World, ground: Ground, rehearsal: boolean): Vantage[] {
  const controls = ground.targets.pings
  const servers = course.servers.filter(({ role }) => role === 'cloud').map(({ name }) => name)
  const others = servers.length < 2 ? [] : servers.map((name) => ground.reach.target(name))
  const own = others.map((target) => bySsh(target, world, { controls, server: target.name }))
  if (rehearsal) return own
  const jump = jumpTarget(course, world)
  const named = course.check.vantages.map(({ name, ssh, port, country }) =>
    bySsh(targetOf(world, name, ssh, port), world, { controls, named: true, place: country }),
  )
  return [
    ...named,
    ...(jump ? [bySsh(jump, world, { controls })] : []),
    ...own,
    ...globalping(course, world, ground),
  ]
}

type About = Omit<Parameters<typeof shellVantage>[0], 'shell'>

/** One that does not answer is not waited for: it only would have been a witness. */
function bySsh(target: SshTarget, world: World, about: About): Vantage {
  const shell = sshShell({ ...target, patienceSeconds: 0 }, world.control)
  return shellVantage({ shell, proxy: proxyCommand(target, world.control), ...about })
}

/** `user@host`, or a host alone; the user's own ssh_config counts, for keys and names. */
function targetOf(world: World, name: string, ssh: string, port: number, user = 'root'): SshTarget {
  const at = ssh.indexOf('@')
  return {
    name,
    address: ssh.slice(at + 1),
    user: at < 0 ? user : ssh.slice(0, at),
    port,
    knownHostsFile: world.knownHosts,
    trustFirst: true,
  }
}

/** Access.jump as a host, or the server with role jump, by that name or by its role alone. */
function jumpTarget(course: Course, world: World): SshTarget | undefined {
  const { jump, user, key } = course.access
  const server = course.servers.find(({ name, role }) => role === 'jump' && (jump === null || jump === name))
  const place = server?.address ?? jump
  if (place === null || place === undefined) return undefined
  const target = targetOf(world, server?.name ?? 'the jump host', place, 22, user)
  return key === null ? target : { ...target, identityFile: key }
}

function globalping(course: Course, world: World, ground: Ground): Vantage[] {
  const { enabled, locations, tokenFile } = course.check.globalping
  if (!enabled) return []
  return [
    globalpingVantage({
      open: async () => openGlobalping(tokenFile === null ? null : readToken(course, tokenFile)),
      locations,
      control: ground.targets.ping,
      hasToken: tokenFile !== null,
      account: accountAt(join(world.dir, 'globalping.json')),
      now: Date.now,
    }),
  ]
}

/** Throws Trouble `no-token`. */
function readToken(course: Course, file: string): Secret {
  const path = isAbsolute(file) ? file : join(dirname(course.source.file), file)
  const text = existsSync(path) ? readFileSync(path, 'utf8').trim() : ''
  if (/^[\x21-\x7e]+$/.test(text)) return new Secret(text)
  throw new Trouble({
    code: 'no-token',
    title: `${path} holds no token`,
    why: existsSync(path) ? 'a token is one line of letters and digits' : 'there is no such file',
    fix: 'put the token from dash.globalping.io there, readable for you alone; or leave token_file out',
  })
}

/** Kept with the world, so that several runs in an hour share it. What cannot be read counts as nothing spent; the server counts too. */
function accountAt(path: string): Account {
  return {
    read() {
      try {
        const all = JSON.parse(readFileSync(path, 'utf8')) as unknown
        return Array.isArray(all) ? all.filter(isSpent) : []
      } catch {
        return []
      }
    },
    write(all) {
      writeFileSync(`${path}.new`, JSON.stringify(all), { mode: 0o600 })
      renameSync(`${path}.new`, path)
    },
  }
}

const isSpent = (one: unknown): one is Spent =>
  typeof one === 'object' &&
  one !== null &&
  'at' in one &&
  typeof one.at === 'number' &&
  'tests' in one &&
  typeof one.tests === 'number'

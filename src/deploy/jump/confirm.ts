// Decides when a change of the jump host is confirmed: after fresh log-ins, of a student's kind and of the administrator.
// Leaves taking it back to the server, which does so by itself when nobody confirms.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Trouble } from '../../core/fault.ts'
import type { Shell } from '../../core/shell.ts'
import type { Task } from '../../core/task.ts'
import { authenticates, type JumpWay } from '../../host/jump-way.ts'
import { jumpPaths } from '../../jump/input.ts'
import { deed } from './deed.ts'

export type Confirming = {
  /** Name of the server in the course file. */
  server: string
  /** The administrator there, by the connection that is shared. */
  shell: Shell
  /** Gives a shell of the administrator by a connection of its own, made now, and ends it. */
  fresh: <T>(body: (shell: Shell) => Promise<T>) => Promise<T>
  /** Where students are. */
  place: Shell
  /** bateau's own account there. */
  way: JumpWay
  /** All that students may type for it. */
  hosts: readonly string[]
}

/** Tries of a log-in; milliseconds between them. The network on the way may drop one. */
const tries = 3
const betweenTries = 1_000

export function confirmTask(confirming: Confirming, after: readonly string[]): Task {
  const { server, shell } = confirming
  return {
    id: `${server}/jump/confirmed`,
    title: 'Jump host: fresh log-ins confirm it',
    because: 'what lets nobody in, or keeps the administrator out, is taken back by the server itself',
    lane: `host:${server}`,
    after,
    async look() {
      const ran = await shell.run([jumpPaths.program, 'confirmed'], { timeout: 20_000 })
      return ran.code === 0
        ? { done: true, seen: 'confirmed by fresh log-ins' }
        : { done: false, seen: 'not confirmed yet' }
    },
    act: () => confirm(confirming),
  }
}

/** Throws Trouble `jump-no-login`, `jump-admin-out` or one of the program's. */
async function confirm(confirming: Confirming): Promise<void> {
  const { server, fresh, way } = confirming
  await pinHostKey(confirming)
  const student = await login(confirming)
  if (!student.in) {
    await takeBack(confirming, 'nobody could log in')
    throw new Trouble({
      code: 'jump-no-login',
      title: `nobody gets in at ${way.address}, port ${way.port}`,
      why: `${student.said}\nThe change was taken back; what ran before runs on, and the administrators' SSH was never touched`,
      fix: `see that port ${way.port} is open for ${server} at the provider and in its own firewall, then run the same command again`,
      host: server,
    })
  }
  try {
    await fresh((admin) => deed(admin, 'confirm'))
  } catch (error) {
    if (!(error instanceof Trouble) || !error.fault.code.startsWith('host-')) throw error
    await takeBack(confirming, 'the administrator could not log in')
    throw new Trouble({
      code: 'jump-admin-out',
      title: `a fresh log-in of the administrator to ${server} failed, so the jump host was taken back`,
      why: `${error.fault.title}: ${error.fault.why}`,
      fix: error.fault.fix,
      host: server,
    })
  }
}

async function login({ place, way }: Confirming) {
  for (let i = 1; ; i++) {
    const tried = await authenticates(place, way)
    if (tried.in || i === tries) return tried
    await pause(betweenTries)
  }
}

/** The server does it by itself when its time is over; where it can still be told, at once. */
async function takeBack({ shell }: Confirming, why: string): Promise<void> {
  await shell.run([jumpPaths.program, 'rollback', why], { timeout: 30_000 }).catch(() => {})
}

/** Read through the administrator's connection, whose own key is pinned: no first contact on trust. */
async function pinHostKey({ shell, way, hosts, server }: Confirming): Promise<void> {
  const ran = await shell.run(['cat', `${jumpPaths.hostKey}.pub`], { timeout: 20_000 })
  const [type, key] = ran.stdout.trim().split(/\s+/)
  if (ran.code !== 0 || key === undefined)
    throw new Trouble({
      code: 'jump-no-host-key',
      title: `the jump host on ${server} has no host key`,
      why: ran.stderr.trim() || 'its file is empty',
      fix: 'run the same command again',
      host: server,
    })
  const names = [...new Set([way.address, ...hosts])].map((host) => knownName(host, way.port))
  mkdirSync(dirname(way.knownHosts), { recursive: true, mode: 0o700 })
  const draft = `${way.knownHosts}.${process.pid}`
  writeFileSync(draft, names.map((name) => `${name} ${type} ${key}\n`).join(''), { mode: 0o600 })
  renameSync(draft, way.knownHosts)
}

/** As known_hosts has it (sshd(8)): brackets where the port is not 22. */
const knownName = (host: string, port: number) => (port === 22 ? host : `[${host}]:${port}`)

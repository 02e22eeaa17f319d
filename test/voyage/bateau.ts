// Decides how the tests run bateau as a person does: the launcher, a course and directories of its own, its events read as they come; what a killed test left taken down.
// Leaves what must be true to the tests.
import { spawn } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'vitest'
import type { RunEvent } from '../../src/run/events.ts'

const launcher = resolve(import.meta.dirname, '../../bateau')

export type Ran = { code: number | null; signal: string | null; events: RunEvent[]; err: string }

/** Disk of its own, not /tmp: that may be in memory. */
const places = '/var/tmp'
/** Of this process's course: another rehearsal, whole or left by a killed test, has another. */
export const courseName = `voyage-${process.pid}`

/** A place where one test's worlds live: course, state and configuration are its own, the cache is shared. */
export class Berth {
  readonly dir: string
  readonly env: NodeJS.ProcessEnv
  /** The example, under this process's name. */
  readonly course: string
  readonly roster: string
  readonly state: string

  /** `dir`: of an earlier one; without it a new one is made. */
  constructor(dir = mkdtempSync(join(places, `bateau-${courseName}-`))) {
    this.dir = dir
    this.env = { ...process.env, XDG_STATE_HOME: join(dir, 'state'), XDG_CONFIG_HOME: join(dir, 'config') }
    this.course = join(dir, 'course.yaml')
    this.roster = join(dir, 'rehearsal-roster.csv')
    this.state = join(dir, 'state/bateau', courseName)
  }

  /** Writes course and roster, as they are in the example. */
  take(): void {
    const example = readFileSync('examples/rehearsal.yaml', 'utf8')
    writeFileSync(this.course, example.replace(/^( +name: )rehearsal\b/m, `$1${courseName}`))
    copyFileSync('examples/rehearsal-roster.csv', this.roster)
  }

  /** The same with a second server, whose block is routed to it, and a second group that has room there alone. */
  takeTwo(): void {
    this.take()
    const os2 = `  - name: os2
    provider: rehearsal
    cores: 2
    ram: 6 GiB
    disks: [{kind: ssd, size: 30 GB}]
    ipv6: {delivery: routed, block: '2001:2:0:1200::/56', gateway: ra}
`
    writeFileSync(this.course, readFileSync(this.course, 'utf8').replace(/^engine:/m, `${os2}\n$&`))
    appendFileSync(
      this.roster,
      '22109001;Curie;Marie;marie.curie@etu.example.org;TP B\n22109002;Noether;Emmy;emmy.noether@etu.example.org;TP B\n',
    )
  }

  /** Runs `bateau … --json`; `onEvent` may kill it, or stop it and let it go on. Kills are SIGKILL, as when a machine runs out of memory. */
  run(
    args: readonly string[],
    onEvent: (event: RunEvent, kill: (signal?: NodeJS.Signals) => void) => void = () => {},
  ): Promise<Ran> {
    // What follows `--` is another program's.
    const end = args.includes('--') ? args.indexOf('--') : args.length
    const words = [...args.slice(0, end), '--json', ...args.slice(end)]
    const child = spawn(launcher, words, { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] })
    const stop = () => child.kill('SIGKILL')
    process.once('exit', stop)
    const events: RunEvent[] = []
    let err = ''
    child.stderr.on('data', (data: Buffer) => (err += data.toString()))
    const lines = createInterface({ input: child.stdout })
    lines.on('line', (line) => {
      const event = JSON.parse(line) as RunEvent
      events.push(event)
      onEvent(event, (signal = 'SIGKILL') => child.kill(signal))
    })
    return new Promise((done) => {
      child.on('close', (code, signal) => {
        process.off('exit', stop)
        done({ code, signal, events, err })
      })
    })
  }

  /** Runs `bateau ssh NAME -- command`. */
  ssh(name: string, ...command: string[]): Promise<{ code: number | null; out: string; err: string }> {
    const child = spawn(launcher, ['ssh', name, '--', ...command], {
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (data: Buffer) => (out += data.toString()))
    child.stderr.on('data', (data: Buffer) => (err += data.toString()))
    return new Promise((done) => child.on('close', (code) => done({ code, out, err })))
  }

  /** A second teacher at the same course: what this one knows, and nothing that the two share but the servers. */
  second(): Berth {
    const other = new Berth()
    const servers = join(this.state, 'rehearsal')
    cpSync(this.dir, other.dir, { recursive: true, filter: (path) => path !== servers })
    symlinkSync(servers, join(other.state, 'rehearsal'))
    return other
  }

  /** As expectSound; of instances that do not answer it is told first where their packets end. */
  async expectSound(ran: Ran): Promise<void> {
    const silent = of(ran.events, 'check.result').some(
      ({ id, verdict }) => /^outside\/(ping|tcp)-in/.test(id) && verdict !== 'yes',
    )
    const explained = silent ? of((await this.run(['check', '--explain'])).events, 'report') : []
    expectSound(ran, explained.map(({ text }) => firstLines(text)).join('\n'))
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true })
  }
}

/** Lines of a console: what it stopped at. */
const lastOfConsole = 5
/** Of an explanation: conclusion, and where packets were last seen. */
const firstLines = (text: string) => text.split('\n').slice(0, 4).join('\n')

/** What went wrong, in words, when it did; the most telling first, since of a long text often only the beginning is kept. */
const told = (ran: Ran) =>
  [
    ...of(ran.events, 'step.failed').map(({ id, fault }) => `${id}: ${fault.title}\n${fault.why}`),
    ...of(ran.events, 'fault').map(({ fault }) => `${fault.title}\n${fault.why}`),
    ...of(ran.events, 'check.result').flatMap(({ id, verdict, seen }) =>
      verdict === 'yes' ? [] : [`${id}: ${verdict}, ${seen}`],
    ),
    ...of(ran.events, 'note')
      .map(({ text }) => text.trimEnd().split('\n'))
      .filter(([first]) => first?.endsWith('said on its console:'))
      .map(([first, ...lines]) => [first, ...lines.slice(-lastOfConsole)].join('\n')),
    ran.code === 0 ? '' : ran.err.slice(-2000),
  ].join('\n')

/** Fails with all that is told of it: what a matcher compares it cuts after a few words. */
export function expectSound(ran: Ran | undefined, before = ''): void {
  const words = ran ? told(ran) : 'it did not run'
  if (words.trim() !== '') expect.fail(`${before}\n${words}`)
  expect(ran?.code).toBe(0)
}

/** Takes down what tests left whose process is gone. */
export async function sweep(): Promise<void> {
  for (const entry of readdirSync(places)) {
    const pid = Number(/^bateau-voyage-(\d+)-/.exec(entry)?.[1])
    if (!pid || existsSync(`/proc/${pid}`)) continue
    const left = new Berth(join(places, entry))
    const ran = await left.run(['down'])
    const nothing = of(ran.events, 'fault').some(({ fault }) => fault.code === 'no-world')
    if (ran.code === 0 || nothing) left.remove()
  }
}

export const of = <T extends RunEvent['type']>(events: readonly RunEvent[], type: T) =>
  events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type)

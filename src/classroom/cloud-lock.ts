// Decides who may change a class in a cloud: one writer at a time, named, with a heartbeat, wherever its teacher sits.
// Leaves writers on this machine to run/lock, and when something is written to deploy/.
import { type Fault, Trouble } from '../core/fault.ts'
import type { Clock } from '../cloud/clock.ts'
import { CallFailure } from '../cloud/failure.ts'
import type { Cloud } from '../cloud/open.ts'
import type { LockProject } from '../cloud/project-lock.ts'

/** How often the holder says that it is alive, and after how long without a word it is taken for dead. Milliseconds. */
export const beatMilliseconds = 30_000
const staleMilliseconds = 180_000
/** Past this no difference between two clocks explains the silence. */
const longDead = 3_600_000

export type Holder = {
  /** Of the run. */
  id: string
  who: string
  host: string
  /** Tells machines (and containers) of one name apart. */
  machine: string
  pid: number
  /** Start of the process, as run/lock has it. */
  started: string
  command: string
}
export type Held = Holder & { since: string; beat: string }

export type LockEffects = {
  clock: Clock
  /** Calls again and again until what it gave is called. */
  every: (milliseconds: number, act: () => void) => () => void
  /** Of a process of this machine. */
  isRunning: (pid: number, started: string) => boolean
  signal?: AbortSignal
}

export const lockName = (course: string) => `bateau-lock-${course}`
const mark = (course: string) => `bateau-lock:${course} `

/** What stands in the way of other writers: who holds it; null: nobody. Throws Trouble `cloud-foreign`. */
export async function lockHolder({ locks }: Pick<Cloud, 'locks'>, course: string): Promise<Held | null> {
  const project = await locks.find(lockName(course))
  return project === undefined ? null : heldBy(course, project)
}

/** Takes it away from whoever holds it; false when nobody did. */
export async function breakLock({ locks }: Pick<Cloud, 'locks'>, course: string): Promise<boolean> {
  const project = await locks.find(lockName(course))
  if (project === undefined) return false
  heldBy(course, project)
  await locks.delete(project.id).catch(unlessGone)
  return true
}

/** The lock of one course in one cloud, for one run. */
export class CloudLock {
  readonly #course: string
  readonly #cloud: () => Promise<Pick<Cloud, 'locks'>>
  readonly #me: Holder
  readonly #effects: LockEffects
  readonly #tell: { lost(fault: Fault): void; note(text: string): void }
  #holding: Promise<{ id: string; stop: () => void }> | undefined

  constructor(
    course: string,
    cloud: () => Promise<Pick<Cloud, 'locks'>>,
    me: Holder,
    effects: LockEffects,
    tell: { lost(fault: Fault): void; note(text: string): void },
  ) {
    this.#course = course
    this.#cloud = cloud
    this.#me = me
    this.#effects = effects
    this.#tell = tell
  }

  /** Is it held by this run; many may ask at once, it is taken once. Throws Trouble `locked`. */
  async hold(): Promise<void> {
    this.#holding ??= this.#take()
    await this.#holding
  }

  /** Gives it back where it is held. Never throws for a cloud that went away: the lock is then stale soon. */
  async release(): Promise<void> {
    const held = await this.#holding?.catch(() => undefined)
    this.#holding = undefined
    if (held === undefined) return
    held.stop()
    const { locks } = await this.#cloud()
    await locks.delete(held.id).catch((error: unknown) => {
      if (!(error instanceof Trouble)) throw error
    })
  }

  async #take(): Promise<{ id: string; stop: () => void }> {
    const { clock, every } = this.#effects
    const { locks } = await this.#cloud()
    const since = new Date(clock.now()).toISOString()
    const words = () => {
      const held: Held = { ...this.#me, since, beat: new Date(clock.now()).toISOString() }
      return mark(this.#course) + JSON.stringify(held)
    }
    for (let tries = 0; ; tries++) {
      try {
        const { id } = await locks.create(lockName(this.#course), words())
        return { id, stop: every(beatMilliseconds, () => void this.#beat(id, words())) }
      } catch (error) {
        if (!(error instanceof CallFailure) || !(error.unsure || error.status === 409) || tries === 4)
          throw error
      }
      const project = await locks.find(lockName(this.#course))
      if (project === undefined) continue
      const held = heldBy(this.#course, project)
      // The answer to our own making of it was lost.
      if (held.id === this.#me.id)
        return { id: project.id, stop: every(beatMilliseconds, () => void this.#beat(project.id, words())) }
      if (!(await this.#isDead(held))) throw new Trouble(locked(held, clock.now()))
      // By its id: where two do this at once, one of the two finds it gone and the other's lock in its place.
      await locks.delete(project.id).catch(unlessGone)
      this.#tell.note(`took over the lock of ${nameOf(held)}, which is gone`)
    }
  }

  /** On this machine the process is looked for; elsewhere silence counts, and where clocks could explain it, it is listened to. */
  async #isDead(held: Held): Promise<boolean> {
    const { clock, isRunning, signal } = this.#effects
    if (held.machine === this.#me.machine) return !isRunning(held.pid, held.started)
    const silent = clock.now() - Date.parse(held.beat)
    if (silent < staleMilliseconds) return false
    if (silent > longDead) return true
    await clock.wait(beatMilliseconds * 1.5, signal)
    const project = await (await this.#cloud()).locks.find(lockName(this.#course))
    return project === undefined || heldBy(this.#course, project).beat === held.beat
  }

  async #beat(id: string, words: string): Promise<void> {
    try {
      await (await this.#cloud()).locks.describe(id, words)
    } catch (error) {
      if (!(error instanceof Trouble)) throw error
      // A cloud that does not answer now may answer the next time; a lock that is gone is somebody else's.
      if (error instanceof CallFailure && error.status === 404 && this.#holding !== undefined)
        this.#tell.lost(lost(this.#course))
    }
  }
}

/** Throws Trouble for a project of that name that is no lock of the course. */
function heldBy(course: string, { id, description }: LockProject): Held {
  const text = description ?? ''
  try {
    if (text.startsWith(mark(course))) return JSON.parse(text.slice(mark(course).length)) as Held
  } catch {
    // Said below.
  }
  throw new Trouble({
    code: 'cloud-foreign',
    title: `the cloud has a project ${lockName(course)} that is no lock of bateau`,
    why: `project ${id} does not say whose it is, so it is left alone`,
    fix: `if nobody needs it: openstack project delete ${id}`,
  })
}

function unlessGone(error: unknown): void {
  if (!(error instanceof CallFailure) || error.status !== 404) throw error
}

const nameOf = ({ who, host, command }: Held) => `${who} on ${host} (${command})`

/** For people: who, where, doing what, since when. */
export function heldWords(held: Held, now: number): string {
  const ago = Math.max(0, Math.round((now - Date.parse(held.beat)) / 1000))
  return `${nameOf(held)} since ${held.since.slice(0, 19)}Z, last sign of life ${ago} s ago`
}

function locked(held: Held, now: number): Fault {
  return {
    code: 'locked',
    title: 'somebody else is at work on this class in the cloud',
    why: `${heldWords(held, now)}; two at once would undo each other`,
    fix: 'wait until it is done, and run the same command again; if that machine is gone for good: bateau class unlock',
  }
}

function lost(course: string): Fault {
  return {
    code: 'lock-lost',
    title: 'the lock on the class was taken away from this run',
    why: `project ${lockName(course)} is gone: somebody broke it (bateau class unlock), or took this run for dead`,
    fix: 'see who is at work, then run the same command again; what is done stays done',
  }
}

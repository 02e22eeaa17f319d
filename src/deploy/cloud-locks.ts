// Decides when the lock in a cloud is taken: before the first thing that a run changes there, and never for a run that changes nothing.
// Leaves the lock itself to classroom/cloud-lock.
import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { type Fault, Trouble } from '../core/fault.ts'
import type { Task } from '../core/task.ts'
import { CloudLock, type Holder, type LockEffects } from '../classroom/cloud-lock.ts'
import type { ClassroomDeps } from '../classroom/input.ts'
import type { Survey } from '../classroom/survey.ts'
import { systemClock } from '../cloud/clock.ts'
import { isRunning, startTime } from '../run/lock.ts'
import { exits } from './face.ts'
import type { Session } from './session.ts'

type Guarded = { name: string; input: { course: string }; deps: Pick<ClassroomDeps, 'cloud'>; survey: Survey }

/** The locks of one run, one a cloud. */
export class CloudLocks {
  readonly #run: Session
  readonly #me: Holder
  readonly #effects: LockEffects
  readonly #locks = new Map<string, Promise<void>>()
  readonly #held: CloudLock[] = []

  constructor(run: Session, me: Holder = thisRun(run), effects: LockEffects = realEffects(run)) {
    this.#run = run
    this.#me = me
    this.#effects = effects
  }

  /**
   * Until release() nobody else changes the class in that cloud. Everything that was read before is read anew, as others
   * may have changed it. Throws Trouble `locked`, after stopping the run.
   */
  hold({ name, input, deps, survey }: Guarded): Promise<void> {
    const before = this.#locks.get(name)
    if (before !== undefined) return before
    const { emit, halt } = this.#run
    const lock = new CloudLock(input.course, deps.cloud, this.#me, this.#effects, {
      lost: (fault) => halt({ ...fault, host: name }, exits.broken),
      note: (text) => emit({ type: 'note', text: `${name}: ${text}` }),
    })
    const taken = lock.hold().then(
      () => {
        this.#held.push(lock)
        survey.forget()
      },
      (error: unknown) => {
        if (isLocked(error)) halt({ ...error.fault, host: name }, exits.refused)
        else this.#locks.delete(name)
        throw error
      },
    )
    this.#locks.set(name, taken)
    return taken
  }

  /** The same tasks, of which the first one that acts takes the lock. */
  guard(cloud: Guarded, tasks: readonly Task[]): Task[] {
    return tasks.map((task) => ({
      ...task,
      act: async (progress) => {
        await this.hold(cloud)
        await task.act(progress)
      },
    }))
  }

  async release(): Promise<void> {
    await Promise.all([...this.#locks.values()].map((one) => one.catch(() => {})))
    await Promise.all(this.#held.splice(0).map((lock) => lock.release()))
    this.#locks.clear()
  }
}

const isLocked = (error: unknown): error is { fault: Fault } =>
  error instanceof Trouble && error.fault.code === 'locked'

export function thisRun({ id, command }: Pick<Session, 'id' | 'command'>): Holder {
  return {
    id,
    who: userInfo().username,
    host: hostname(),
    machine: thisMachine(),
    pid: process.pid,
    started: startTime(process.pid) ?? '',
    command,
  }
}

/** This boot of this machine, and whose process ids they are: containers may share both name and kernel. */
function thisMachine(): string {
  const read = (look: () => string) => {
    try {
      return look()
    } catch {
      return ''
    }
  }
  const boot = read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))
  const pids = read(() => readlinkSync('/proc/self/ns/pid'))
  return createHash('sha256').update(`${boot}${pids}${hostname()}`).digest('hex').slice(0, 16)
}

const realEffects = ({ signal }: Session): LockEffects => ({
  clock: systemClock,
  every(milliseconds, act) {
    const timer = setInterval(act, milliseconds)
    timer.unref()
    return () => clearInterval(timer)
  },
  isRunning,
  signal,
})

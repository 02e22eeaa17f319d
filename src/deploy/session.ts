// Decides what surrounds every command about a world: events to the face, one way to end; of those that change it lock and journal.
// Leaves what the command does to its own file.
import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { hostname } from 'node:os'
import { type Fault, Trouble } from '../core/fault.ts'
import { redact, type Secret } from '../core/secret.ts'
import type { Task } from '../core/task.ts'
import { type Emit, type EventBody, type RunEvent, schemaVersion } from '../run/events.ts'
import { Journal, readJournal } from '../run/journal.ts'
import { takeLock } from '../run/lock.ts'
import { runTasks, type RunSummary } from '../run/scheduler.ts'
import { SecretVault } from '../run/vault.ts'
import { type ExitCode, exits, type Face } from './face.ts'
import type { World } from './world.ts'

export type Session = {
  /** Of the run, in the journal. */
  id: string
  command: string
  world: World
  vault: SecretVault
  emit: Emit
  signal: AbortSignal
  /** Carries out the tasks of a phase; throws Stop when not all of them could be. */
  phase(name: string, title: string, tasks: readonly Task[]): Promise<void>
  /** As `phase`, and says what became of the tasks; throws Stop only when it was interrupted. */
  attempt(name: string, title: string, tasks: readonly Task[]): Promise<RunSummary>
  /** Says the fault and stops what is under way, as Ctrl-C does, but to end with that code. Once. */
  halt: (fault: Fault, exitCode: ExitCode) => void
}

export type SessionKind = {
  /**
   * It looks and changes nothing: neither the world nor a secret. Then it neither takes the lock nor waits for it, and
   * leaves the journal to those that write: a run that was cut is known by the last that began there.
   */
  reads?: boolean
}

/** Ends a command early with an exit code; everything to say has been said as events. */
export class Stop extends Error {
  readonly exitCode: ExitCode
  constructor(exitCode: ExitCode) {
    super(`stopped with ${exitCode}`)
    this.exitCode = exitCode
  }
}

/** Each by itself is what was tried before with others, and failed. At a time on one host two steps run (two database schemas, say); on the machine itself four. */
const perLane = (lane: string) =>
  lane.startsWith('host:') ? 2 : lane.startsWith('cloud:') ? 6 : lane.startsWith('alone:') ? 1 : 4

/**
 * Runs a command on a world: takes its lock, opens vault and journal, gives every event to the face and the journal
 * (secrets removed), and turns how it ended into an exit code. Bugs are thrown on after the journal is closed. One that
 * only reads goes beside any other; its tasks are a bug (RangeError).
 */
export async function session(
  command: string,
  world: World,
  face: Face,
  interrupt: AbortSignal,
  body: (session: Session) => Promise<ExitCode>,
  { reads = false }: SessionKind = {},
): Promise<ExitCode> {
  const halted = new AbortController()
  const signal = AbortSignal.any([interrupt, halted.signal])
  // As many listen as there are calls under way.
  setMaxListeners(0, signal)
  const stopped = () => (signal.reason instanceof Stop ? signal.reason : new Stop(exits.interrupted))
  const began = Date.now()
  const id = randomUUID()
  const counts = { kept: 0, changed: 0 }
  let record: (event: RunEvent) => void = () => {}
  let known: () => Iterable<Secret> = () => []
  const emit = (event: EventBody) => {
    const whole = { schema_version: schemaVersion, at: new Date().toISOString(), run: id, ...event }
    const clean = JSON.parse(redact(JSON.stringify(whole), known())) as RunEvent
    record(clean)
    face.event(clean)
  }
  const finish = (exitCode: ExitCode) => {
    const seconds = (Date.now() - began) / 1000
    emit({ type: 'run.finished', outcome: outcomes[exitCode], exitCode, seconds, ...counts })
    return exitCode
  }

  const lock = reads ? null : takeLock(world.lock, { host: hostname(), command })
  if (lock?.ok === false) {
    for (const fault of lock.faults) emit({ type: 'fault', fault })
    return finish(exits.refused)
  }
  const journal = reads ? null : new Journal(world.journal)
  if (journal !== null) record = (event) => journal.append(event)
  try {
    const resumes = reads ? null : cutRun(world)
    emit({ type: 'run.started', command, course: world.name, resumes })
    const vault = await SecretVault.open(world.vault, world.identity)
    known = () => vault.all()
    const attempt: Session['attempt'] = async (name, title, tasks) => {
      if (reads) throw new RangeError(`${command} said that it only reads, and has tasks: ${name}`)
      emit({ type: 'phase.started', phase: name, title, tasks: tasks.length })
      const summary = await runTasks(tasks, emit, { perLane }, signal)
      counts.kept += summary.kept.length
      counts.changed += summary.changed.length
      if (signal.aborted) throw stopped()
      return summary
    }
    const phase: Session['phase'] = async (name, title, tasks) => {
      const { failed } = await attempt(name, title, tasks)
      if (failed.length > 0) throw new Stop(exits.broken)
    }
    const halt: Session['halt'] = (fault, exitCode) => {
      if (signal.aborted) return
      emit({ type: 'fault', fault })
      halted.abort(new Stop(exitCode))
    }
    return finish(await body({ id, command, world, vault, emit, signal, phase, attempt, halt }))
  } catch (error) {
    if (error instanceof Stop) return finish(error.exitCode)
    if (signal.aborted) return finish(stopped().exitCode)
    if (error instanceof Trouble) {
      emit({ type: 'fault', fault: error.fault })
      return finish(exitOf(error.fault))
    }
    throw error
  } finally {
    record = () => {}
    journal?.close()
    lock?.value.release()
  }
}

const outcomes: Record<ExitCode, Extract<EventBody, { type: 'run.finished' }>['outcome']> = {
  [exits.done]: 'done',
  [exits.broken]: 'failed',
  [exits.usage]: 'refused',
  [exits.refused]: 'refused',
  [exits.unchecked]: 'could-not-check',
  [exits.interrupted]: 'interrupted',
}

/** A server that cannot be reached proves nothing about the cloud on it; a name that nobody has was typed wrong. */
function exitOf({ code }: Fault): ExitCode {
  if (code === 'host-unreachable') return exits.unchecked
  return code === 'no-such-seat' ? exits.usage : exits.broken
}

/** The id of the last run, if it never said how it ended. */
function cutRun(world: World): string | null {
  const events = readJournal(world.journal)
  if (!events.ok) throw new Trouble(events.faults[0] as Fault)
  const last = events.value.findLast((event) => event.type === 'run.started')
  const ended = events.value.some((event) => event.type === 'run.finished' && event.run === last?.run)
  return last && !ended ? last.run : null
}

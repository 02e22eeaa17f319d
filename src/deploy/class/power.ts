// Decides what `bateau class open` and `class close` do: log-ins, then power; power, then log-ins.
// Leaves the tasks to classroom/day.
import { loginTasks, startTasks, stopTasks } from '../../classroom/day/power.ts'
import { type ExitCode, exits, type Face } from '../face.ts'
import { carry, type DayCloud, type DryOptions, fromAll, inTurn, named, withDay } from './day.ts'
import type { Session } from '../session.ts'

export type PowerOptions = DryOptions & {
  /** Both unless one is left out. */
  logins: boolean
  power: boolean
}

export function open(options: PowerOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  return withDay(
    'class open',
    { ...options, reads: options.dryRun },
    face,
    signal,
    async ({ run }, clouds) => {
      await openUp(run, clouds, options)
      if (!options.dryRun) note(run, `Undo: ./bateau class close${named(options.who)}`)
      return exits.done
    },
  )
}

export function close(options: PowerOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  return withDay(
    'class close',
    { ...options, reads: options.dryRun },
    face,
    signal,
    async ({ run }, clouds) => {
      await closeDown(run, clouds, options)
      if (!options.dryRun)
        note(
          run,
          `Undo: ./bateau class open${named(options.who)} (starts just those that were stopped now; students' log-ins work again)`,
        )
      return exits.done
    },
  )
}

type Part = Pick<PowerOptions, 'logins' | 'power' | 'dryRun'>

/** Instances first: who gets in finds them running. One that does not start keeps nobody out. */
export function openUp(run: Session, clouds: readonly DayCloud[], how: Part): Promise<void> {
  return inTurn(run, [
    async () => {
      if (!how.power) return
      const tasks = await fromAll(clouds, ({ hands, seats }) => startTasks(hands, seats))
      await carry(run, 'start', 'Instances that were stopped', tasks, how.dryRun)
    },
    async () => {
      if (!how.logins) return
      const tasks = await fromAll(clouds, ({ hands, seats }) => loginTasks(hands, seats, true))
      await carry(run, 'let-in', 'Log-ins', tasks, how.dryRun)
    },
  ])
}

/** Log-ins first: nobody starts anew what is being stopped. */
export function closeDown(run: Session, clouds: readonly DayCloud[], how: Part): Promise<void> {
  return inTurn(run, [
    async () => {
      if (!how.logins) return
      const tasks = await fromAll(clouds, ({ hands, seats }) => loginTasks(hands, seats, false))
      await carry(run, 'lock-out', 'Log-ins', tasks, how.dryRun)
    },
    async () => {
      if (!how.power) return
      const tasks = await fromAll(clouds, ({ hands, seats }) => stopTasks(hands, seats))
      await carry(run, 'stop', 'Instances that run', tasks, how.dryRun)
    },
  ])
}

const note = (run: Session, text: string) => run.emit({ type: 'note', text })

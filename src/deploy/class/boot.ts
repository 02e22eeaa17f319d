// Decides what `bateau class boot` does: starter instances for each seat that is meant.
// Leaves the pace to the gate of each cloud.
import { bootTasks, unbootTasks } from '../../classroom/day/starter.ts'
import { type ExitCode, exits, type Face } from '../face.ts'
import type { Session } from '../session.ts'
import type { World } from '../world.ts'
import { thisMachine } from '../reach.ts'
import { classKey } from './class-key.ts'
import { carry, type DayCloud, type DryOptions, fromAll, named, withDay } from './day.ts'
import { starterWish, type Wanted } from './starter-wish.ts'

export type BootOptions = DryOptions &
  Wanted & {
    /** Starter instances are deleted instead. */
    remove: boolean
  }

export function boot(options: BootOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  return withDay('class boot', options, face, signal, async ({ run, world }, clouds) => {
    if (options.remove) {
      const tasks = await fromAll(clouds, ({ hands, seats }) => unbootTasks(hands, seats))
      const question = `Delete ${tasks.length} starter instances? What is on their disks goes`
      if (!options.dryRun && tasks.length > 0 && !(await face.ask(question))) return exits.refused
      await carry(run, 'unboot', 'Starter instances that go', tasks, options.dryRun)
      return exits.done
    }
    await bootUp(run, world, clouds, options, options.dryRun)
    if (!options.dryRun)
      run.emit({ type: 'note', text: `Undo: ./bateau class boot --remove${named(options.who)}` })
    return exits.done
  })
}

export async function bootUp(
  run: Session,
  world: World,
  clouds: readonly DayCloud[],
  wanted: Wanted,
  dryRun: boolean,
): Promise<void> {
  const key = await classKey(world, thisMachine)
  const tasks = await fromAll(clouds, async (cloud) =>
    bootTasks(cloud.hands, cloud.seats, await starterWish(cloud, wanted, key)),
  )
  await carry(run, 'boot', 'Starter instances', tasks, dryRun)
}

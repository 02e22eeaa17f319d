// Decides when `down` takes the jump host away: last, from a server that stays while the class's clouds do.
// Leaves asking to the command, and rehearsals to their own end.
import type { Course } from '../../course/course.ts'
import { type ExitCode, exits, type Face } from '../face.ts'
import { groundOf } from '../ground.ts'
import { session } from '../session.ts'
import type { World } from '../world.ts'
import { jumpPlace } from './place.ts'
import { removeTask } from './remove.ts'

export async function descendJump(
  course: Course,
  world: World,
  face: Face,
  signal: AbortSignal,
): Promise<ExitCode> {
  const place = jumpPlace(course)
  if (place === null) return exits.done
  const { name } = place.server
  return session('down', world, face, signal, async (run) => {
    const shell = groundOf(course, world, false).reach.shell(name)
    await run.phase('jump', `The jump host of ${name} goes`, [removeTask(name, course.name, shell)])
    return exits.done
  })
}

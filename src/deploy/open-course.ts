// Decides which course a command is about: the file that was named, or the only world on this machine.
// Leaves reading the file to course/, and what the command does with it to its own file.
import { type Outcome } from '../core/fault.ts'
import { readUpTo } from '../course/bytes.ts'
import type { Course } from '../course/course.ts'
import { loadCourse } from '../course/load.ts'
import { type ExitCode, exits, type Face } from './face.ts'
import { say } from './say.ts'
import { type Home, onlyWorld, readNote, type World, worldAt } from './world.ts'

export type Opened = { course: Course; file: string; world: World; rehearsal: boolean }

/** The course at `file`, or of the only world there is when null. `rehearsal` is what the world was made as. */
export function openCourse(home: Home, file: string | null): Outcome<Opened> {
  if (file !== null) return withCourse(home, file)
  const world = onlyWorld(home)
  if (!world.ok) return world
  const note = readNote(world.value)
  return withCourse(home, note?.courseFile ?? '')
}

function withCourse(home: Home, file: string): Outcome<Opened> {
  const course = loadCourse(file, {
    readFile: readUpTo,
    registerAt: (name) => worldAt(home, name).register,
  })
  if (!course.ok) return course
  const world = worldAt(home, course.value.name)
  return {
    ok: true,
    value: { course: course.value, file, world, rehearsal: readNote(world)?.rehearsal ?? false },
  }
}

/** Says the faults to the face, outside any run (nothing was opened, locked or written), and gives the exit code. */
export function refuse(face: Face, faults: Extract<Outcome<unknown>, { ok: false }>['faults']): ExitCode {
  for (const fault of faults) say(face, { type: 'fault', fault })
  return exits.usage
}

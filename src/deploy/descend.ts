// Decides what `down` takes away, and in which order: connections, the world, what was remembered of it.
// Leaves the world itself to rehearsal/down.
import { rmdirSync, rmSync } from 'node:fs'
import { Trouble } from '../core/fault.ts'
import type { Course } from '../course/course.ts'
import { downAdopted } from './adopted-down.ts'
import { closeConnection } from '../host/forward.ts'
import { downTasks } from '../rehearsal/down.ts'
import { remains } from '../rehearsal/remains.ts'
import { type ExitCode, exits, type Face } from './face.ts'
import { rehearsalGround, rehearsalOf } from './ground.ts'
import { openCourse, refuse } from './open-course.ts'
import { thisMachine } from './reach.ts'
import { session } from './session.ts'
import { homeOf, listWorlds, type Home, type World } from './world.ts'

/** Takes a rehearsal away, or the class out of clouds that exist already, and proves that nothing of it is left. */
export async function down(
  options: { file: string | null; purgeCache: boolean },
  face: Face,
  signal: AbortSignal,
): Promise<ExitCode> {
  const home = homeOf(process.env)
  const opened = openCourse(home, options.file)
  if (!opened.ok) return refuse(face, opened.faults)
  const { course, world, rehearsal } = opened.value
  if (course.clouds.length > 0 && listWorlds(home).includes(world.name)) {
    const code = await downAdopted(opened.value.file, face, signal)
    if (code !== exits.done) return code
    if (course.servers.every(({ role }) => role !== 'cloud')) {
      forget(home, world)
      return code
    }
  }
  if (!rehearsal && !listWorlds(home).includes(world.name)) {
    if (course.clouds.length > 0) return refuse(face, [nothing(course.name)])
    const left = await remains(rehearsalOf(course, world), thisMachine)
    if (left.length === 0) return refuse(face, [nothing(course.name)])
  }
  if (!rehearsal && listWorlds(home).includes(world.name)) {
    refuse(face, [rented(course)])
    return exits.refused
  }
  const made = rehearsalOf(course, world)
  const code = await session('down', world, face, signal, async (run) => {
    const ground = rehearsalGround(made, world)
    for (const { name } of made.servers) await closeConnection(ground.reach.target(name), world.control)
    await run.phase('down', 'Taking the rehearsal down', downTasks(made, thisMachine, options))
    const left = await remains(made, thisMachine)
    if (left.length > 0)
      throw new Trouble({
        code: 'remains',
        title: `${left.length} things of the rehearsal are still there`,
        why: left.map(({ kind, name }) => `${kind} ${name}`).join('\n'),
        fix: 'run the same command again',
      })
    return exits.done
  })
  if (code === exits.done) forget(home, world)
  return code
}

/** History goes with the world; the age identity goes with the last world that it opened. */
function forget(home: Home, world: World): void {
  for (const dir of [world.dir, world.runtime]) rmSync(dir, { recursive: true, force: true })
  if (listWorlds(home).length > 0) return
  rmSync(world.identity, { force: true })
  for (const dir of [home.state, home.config, home.runtime]) {
    try {
      rmdirSync(dir)
    } catch {
      // Something of the user's own is in it.
    }
  }
}

function nothing(course: string) {
  return {
    code: 'nothing-up',
    title: `nothing of ${course} is up on this machine`,
    why: 'no process, namespace, mount or file carries its mark',
    fix: 'nothing to do',
  }
}

function rented({ name, engine }: Course) {
  const left =
    engine.kind === 'devstack'
      ? '; what stack.sh has installed is not taken back by its own unstack.sh: packages, databases and files stay'
      : ''
  return {
    code: 'down-rented',
    title: `${name} is on servers that bateau did not order`,
    why: `taking a rented server down means re-imaging or cancelling it, which this version leaves to you${left}`,
    fix: "re-image the servers in the provider's console, which is the dependable way, or cancel them there; their uplink was never a part of a bridge, so the network they came with is theirs until then",
  }
}

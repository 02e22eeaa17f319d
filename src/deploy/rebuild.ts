// Decides that a cloud is built anew only when a person named its server and agreed to what that takes away.
// Leaves building to the engine's own steps, and filling the new cloud to the classroom, which finds nothing there.
import type { Fault } from '../core/fault.ts'
import type { Site } from '../core/site.ts'
import type { Task } from '../core/task.ts'
import type { Course } from '../course/course.ts'
import { engineOf } from '../engine/engine.ts'
import type { Face } from './face.ts'
import type { Ground } from './ground.ts'

/** Faults that forbid it; none when it may begin. Codes: `no-such-server`, `not-rebuilt`, `not-agreed`. */
export async function consentToRebuild(
  course: Course,
  names: readonly string[],
  face: Face,
): Promise<readonly Fault[]> {
  if (names.length === 0) return []
  const clouds = course.servers.filter(({ role }) => role === 'cloud').map(({ name }) => name)
  const unknown = names.filter((name) => !clouds.includes(name))
  if (unknown.length > 0)
    return [
      {
        code: 'no-such-server',
        title: `the course has no cloud on ${unknown.join(', ')}`,
        why: `its clouds are on ${clouds.join(', ')}`,
        fix: `write one of these after --rebuild`,
      },
    ]
  if (course.engine.kind === 'packages')
    return [
      {
        code: 'not-rebuilt',
        title: 'a cloud from packages is not built anew',
        why: 'its steps mend what differs, and a half-emptied server would not be a clean one',
        fix: "run the same command without --rebuild; for a clean server, re-image it in the provider's console",
      },
    ]
  const question = `Everything in the cloud on ${names.join(', ')} is taken away: instances, their disks, networks, students' own things. Students, networks and starter instances are made anew from the course file. Go on?`
  if (await face.ask(question)) return []
  return [
    {
      code: 'not-agreed',
      title: 'nothing was built anew',
      why: 'it was not agreed to',
      fix: 'run the same command with --yes, or without --rebuild',
    },
  ]
}

/** Has the engine's steps, which come afterwards in the same run, begin from nothing; a run that is cut goes on with that. */
export function rebuildTasks(sites: readonly Site[], names: readonly string[], ground: Ground): Task[] {
  return sites
    .filter(({ name }) => names.includes(name))
    .flatMap((site): Task[] => {
      const ask = engineOf(site).rebuild(site, true)
      if (ask === null) return []
      let asked = false
      return [
        {
          id: `${site.name}/rebuild`,
          title: 'Built anew, as was asked',
          because: 'what is in the cloud goes; the course file has all that the class needs',
          lane: `host:${site.name}`,
          after: [],
          look: async () => ({ done: asked, seen: asked ? 'the next steps begin from nothing' : 'stands' }),
          async act() {
            const ran = await ground.reach.shell(site.name).run(ask.argv)
            // A server that has no cloud yet has nothing to build anew.
            asked = ran.code === 0 || ran.code === 2
            if (!asked) throw new Error(ran.stderr)
          },
        },
      ]
    })
}

/** What was asked for in a run that was cut before it began is not done by the next one, which nobody asked for it. */
export async function forgetRebuilds(
  sites: readonly Site[],
  names: readonly string[],
  ground: Ground,
): Promise<void> {
  for (const site of sites) {
    const keep = names.includes(site.name) ? null : engineOf(site).rebuild(site, false)
    // A server without the program has nothing to forget.
    if (keep !== null) await ground.reach.shell(site.name).run(keep.argv)
  }
}

// Decides from where, and by which way, sample instances are logged in to: as their students would, so through the jump
// host where the course has one. Leaves the log-in itself to check/, and the jump host to jump/.
import { existsSync } from 'node:fs'
import type { SampleWay } from '../../check/probes/sample.ts'
import { privateKeyPath } from '../../classroom/handout.ts'
import type { ClassroomInput, ClassroomStudent } from '../../classroom/input.ts'
import type { JumpWay } from '../../host/jump-way.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Ground } from '../ground.ts'
import { jumpPlace, probeWay } from '../jump/place.ts'
import type { World } from '../world.ts'

/** `from` is where all of them start. */
export type SampleWays = {
  from: string
  of: (input: ClassroomInput, carrier: ClassroomStudent) => SampleWay
}

export function sampleWays({ course, policy }: Plan, ground: Ground, world: World): SampleWays {
  const place = jumpPlace(course)
  if (place === null) return straight(ground)
  return throughJump(ground, place.server.name, probeWay(place, ground, world, policy.rehearsal))
}

export function straight({ reach: { outside } }: { reach: Pick<Ground['reach'], 'outside'> }): SampleWays {
  const way: SampleWay = { outside, hop: null, words: `straight from ${outside.name}` }
  return { from: outside.name, of: () => way }
}

/**
 * By the carrier's own account there, with the key of the hand-out. Of a key that a student brought only the public half
 * is known here: then by bateau's account (`own`), which leads to the same places.
 */
export function throughJump({ campus }: Pick<Ground, 'campus'>, server: string, own: JumpWay): SampleWays {
  const outside = campus.shell
  return {
    from: outside.name,
    of(input, { login, sshKey }) {
      const identityFile = privateKeyPath(input, login)
      const hop = sshKey === null && existsSync(identityFile) ? { ...own, user: login, identityFile } : own
      return { outside, hop, words: `through ${server} as ${hop.user} from ${outside.name}` }
    },
  }
}

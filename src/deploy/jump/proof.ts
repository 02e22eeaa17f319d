// Decides what the proof is told of a course's jump host.
// Leaves the looking to check/.
import type { JumpProof } from '../../check/proof-input.ts'
import { jumpPaths } from '../../jump/input.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Ground } from '../ground.ts'
import { instanceKeys } from '../instance-keys.ts'
import type { World } from '../world.ts'
import { jumpPlace, probeWay } from './place.ts'

/** Null where the course has none. */
export function jumpProof({ course, policy }: Plan, ground: Ground, world: World): JumpProof | null {
  const place = jumpPlace(course)
  if (place === null) return null
  const { shell: campus, without } = ground.campus
  return {
    server: place.server.name,
    shell: ground.reach.shell(place.server.name),
    campus,
    without,
    way: probeWay(place, ground, world, policy.rehearsal),
    program: jumpPaths.program,
    ports: place.jump.ports,
    api: place.jump.api,
    knownHosts: instanceKeys(world),
  }
}

// Decides which steps make the jump host before anybody has looked at its server: a Debian as providers install it.
// Leaves its real facts, the keys that bateau makes, and what clouds that exist already say to `up`, which asks first.
import type { HostStep } from '../../core/step.ts'
import type { Server } from '../../course/course.ts'
import { type JumpFacts, type JumpInput, probeAccount } from '../../jump/input.ts'
import { reachedOf } from '../../jump/reached.ts'
import { jumpSteps } from '../../jump/steps.ts'
import type { Plan } from '../../plan/plan.ts'
import { jumpPlace } from './place.ts'
import { jumpPatience } from './tasks.ts'

/** Null: the course has none. Of a key that is not made yet no file is shown. */
export function jumpStepsOffline({ course, servers }: Plan): { host: string; steps: HostStep[] } | null {
  const place = jumpPlace(course)
  if (place === null) return null
  const { jump, server } = place
  const input: JumpInput = {
    course: course.name,
    facts: assumed(server),
    port: jump.port,
    ports: jump.ports,
    reached: reachedOf(
      servers.flatMap(({ addressing }) => addressing ?? []),
      { direct: course.networks.direct, api: jump.api },
    ),
    travellers: [
      ...[...course.students, ...course.class.teachers].map(({ login, sshKey }) => ({ login, key: sshKey })),
      { login: probeAccount, key: null },
    ],
    patience: jumpPatience,
  }
  return { host: server.name, steps: jumpSteps(input) }
}

/** OpenSSH as the release has it; whom it asks for names is its provider's. */
const assumed = ({ os }: Server): JumpFacts => ({
  openssh: os === 'debian-12' ? [9, 2] : [10, 0],
  resolvers: [],
})

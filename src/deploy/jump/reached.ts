// Decides where instances are in a cloud that existed already: what the cloud itself says, now.
// Leaves clouds that bateau laid out to plan/, and the API of this one to whoever runs it: its addresses may be anything.
import { classPrefixes } from '../../classroom/class-prefixes.ts'
import type { ClassroomDeps, ClassroomInput } from '../../classroom/input.ts'
import type { Reached } from '../../jump/input.ts'

/** Throws Trouble of the cloud. */
export async function reachedIn(
  { course, direct: isDirect, foreign }: ClassroomInput,
  { cloud }: Pick<ClassroomDeps, 'cloud'>,
): Promise<Reached> {
  const direct = isDirect ? (foreign?.direct?.id ?? null) : null
  const pool = foreign?.pool?.id ?? null
  const { prefixes, gateways } = await classPrefixes(await cloud(), course, { direct, pool })
  return { prefixes, never: gateways, fronts: [] }
}

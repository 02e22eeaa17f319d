// Decides which network, image and flavor of the cloud serve an instance: those that bateau made, or those that were there.
// Leaves making them to base, and reading those that were there to foreign.
import type { There } from './foreign.ts'
import { type ClassroomInput, flavorNames } from './input.ts'
import { ours } from './mark.ts'
import type { Base } from './survey.ts'

/** `direct` of a cloud that was there already is the network that the course file names. */
export function networkServing(input: ClassroomInput, base: Base, name: string): There | undefined {
  const { course, foreign } = input
  if (foreign && name === 'direct') return foreign.direct ?? undefined
  return ours(course, 'network', name, base.networks)
}

/** The image of the proof. */
export function imageServing({ course, foreign, image }: ClassroomInput, base: Base): There | undefined {
  if (foreign?.image) return foreign.image
  const named = base.images.map((one) => ({ ...one, name: one.name ?? '' }))
  return ours(course, 'image', image.name, named)
}

export function flavorServing(
  input: ClassroomInput,
  base: Base,
  size: keyof typeof flavorNames,
): There | undefined {
  if (input.foreign?.flavor) return input.foreign.flavor
  return ours(input.course, 'flavor', flavorNameOf(input, size), base.flavors)
}

/** Names of flavors are unique in a cloud: where others are, too, they begin with the course. */
export function flavorNameOf({ course, foreign }: ClassroomInput, size: keyof typeof flavorNames): string {
  return foreign ? `${course}.${flavorNames[size].replace(/^.*\./, '')}` : flavorNames[size]
}

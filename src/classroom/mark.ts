// Decides how bateau knows what it made in a cloud from what is somebody else's.
// Leaves what to make to the tasks.
import { type Fault, Trouble } from '../core/fault.ts'

/** On projects, networks, subnets, pools, routers, images and instances. */
export const tagOf = (course: string) => `bateau:${course}`

/**
 * Where a thing has a description, the mark begins it: it is there from the first moment, while Neutron takes tags only
 * in a second call, before which a run may be cut.
 */
export const describe = (course: string, text: string) => `${tagOf(course)} ${text}`

/** Made by bateau, but for another course. */
export function isOfAnotherCourse(course: string, thing: Markable): boolean {
  const marks = [thing.description ?? '', ...(thing.tags ?? [])]
  return !isMarked(course, thing) && marks.some((one) => one.startsWith(tagOf('')))
}

export type Markable = {
  name?: string | null
  description?: string | null | undefined
  tags?: readonly string[]
}

export function isMarked(course: string, thing: Markable): boolean {
  const tag = tagOf(course)
  const begun = thing.description === tag || thing.description?.startsWith(`${tag} `)
  return begun === true || thing.tags?.includes(tag) === true
}

/**
 * The one thing of that name that bateau made, or undefined. Throws Trouble `cloud-foreign` when the name is taken by
 * something without the mark. Of several marked ones (an answer that came later than any patience) the first by id serves.
 */
export function ours<T extends Markable & { id: string }>(
  course: string,
  kind: string,
  name: string,
  all: readonly T[],
): T | undefined {
  const named = all.filter((one) => one.name === name).sort((a, b) => (a.id < b.id ? -1 : 1))
  const marked = named.find((one) => isMarked(course, one))
  const [foreign] = named
  if (marked === undefined && foreign !== undefined) throw new Trouble(taken(course, kind, name, foreign.id))
  return marked
}

function taken(course: string, kind: string, name: string, id: string): Fault {
  return {
    code: 'cloud-foreign',
    title: `the cloud has a ${kind} ${name} that bateau did not make for this course`,
    why: `${kind} ${id} does not carry the mark ${tagOf(course)}, so it is left alone`,
    fix: `if nobody needs it: openstack ${kind} delete ${id}`,
  }
}

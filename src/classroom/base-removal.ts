// Decides in which order what bateau made in a cloud for everybody goes: routers before networks before the pool, images, flavors.
// Leaves students and what they own to removal, and what was there already to whom it belongs.
import type { Task } from '../core/task.ts'
import { CallFailure } from '../cloud/failure.ts'
import type { Cloud } from '../cloud/open.ts'
import type { ClassroomDeps, ClassroomInput } from './input.ts'
import { courseKey, nameKey } from './day/snapshot-mark.ts'
import { isMarked, type Markable } from './mark.ts'
import type { Base, Survey } from './survey.ts'

type Made = Markable & { id: string; name: string | null; snapshotOf?: string | undefined }
type Kind = {
  what: string
  of: (base: Base) => readonly Made[]
  remove: (cloud: Cloud, one: Made) => Promise<void>
}

const kinds: readonly Kind[] = [
  { what: 'router', of: ({ routers }) => routers, remove: removeRouter },
  {
    what: 'network',
    of: ({ networks }) => networks,
    remove: (cloud, { id }) => cloud.network.delete('networks', id),
  },
  {
    what: 'subnet pool',
    of: ({ pools }) => pools,
    remove: (cloud, { id }) => cloud.network.delete('subnetpools', id),
  },
  {
    what: 'image',
    of: ({ images }) =>
      images.map((one) => ({
        ...one,
        name: one.name ?? null,
        snapshotOf: one[nameKey] === undefined ? undefined : String(one[courseKey]),
      })),
    remove: (cloud, { id }) => cloud.image.delete(id),
  },
  { what: 'flavor', of: ({ flavors }) => flavors, remove: (cloud, { id }) => cloud.compute.deleteFlavor(id) },
]

/** Snapshots that a teacher took carry the course in a property, as Nova makes them. */
const isOurs = (course: string, one: Made): boolean => isMarked(course, one) || one.snapshotOf === course

export type MadeHere = { what: string; name: string; id: string }

/** What carries the mark of the course, in the order in which it goes. */
export async function baseMade(
  { course }: Pick<ClassroomInput, 'course'>,
  survey: Survey,
): Promise<MadeHere[]> {
  const base = await survey.base.read()
  return kinds.flatMap(({ what, of }) =>
    of(base)
      .filter((one) => isOurs(course, one))
      .map(({ id, name }) => ({ what, id, name: name ?? id })),
  )
}

/** One task a kind, each after the one before; the first after `after`. */
export function baseRemovalTasks(
  { course, site }: Pick<ClassroomInput, 'course' | 'site'>,
  deps: Pick<ClassroomDeps, 'cloud'>,
  survey: Survey,
  after: readonly string[],
): Task[] {
  const id = (what: string) => `${site}/remove/${what.replace(' ', '-')}`
  return kinds.map(({ what, of, remove }, i) => {
    const left = async () => of(await survey.base.read()).filter((one) => isOurs(course, one))
    const before = kinds[i - 1]
    return {
      id: id(what),
      title: `Remove ${what}s of the course`,
      because: 'they carry its mark',
      lane: `cloud:${site}`,
      after: before ? [id(before.what)] : after,
      async look() {
        const names = (await left()).map((one) => one.name ?? one.id)
        return names.length === 0
          ? { done: true, seen: 'none' }
          : { done: false, seen: `there: ${names.join(', ')}` }
      },
      async act(progress) {
        const cloud = await deps.cloud()
        try {
          for (const one of await left()) {
            progress.signal.throwIfAborted()
            progress.line(`${what} ${one.name ?? one.id}`)
            await unlessGone(remove(cloud, one))
          }
        } finally {
          survey.forget()
        }
      },
    }
  })
}

/** Its interfaces first, whichever network they are in. */
export async function removeRouter(cloud: Cloud, { id }: Pick<Made, 'id'>): Promise<void> {
  const ports = await cloud.network.ports({ device_id: id })
  const plugs = ports.filter(({ device_owner: owner }) => owner.startsWith('network:router_interface'))
  for (const { fixed_ips: ips } of plugs)
    for (const ip of ips) await unlessGone(cloud.network.removeRouterInterface(id, ip.subnet_id))
  await cloud.network.delete('routers', id)
}

/** What is gone already needs no deleting. */
export async function unlessGone<T>(calling: Promise<T>): Promise<T | undefined> {
  try {
    return await calling
  } catch (error) {
    if (!(error instanceof CallFailure) || error.status !== 404) throw error
    return undefined
  }
}

// Decides how snapshots of the class are named, marked, taken, found again and deleted.
// Leaves putting one back to rebuild, and asking to deploy/.
import { Trouble } from '../../core/fault.ts'
import type { Task } from '../../core/task.ts'
import type { Image } from '../../cloud/image.ts'
import type { Server } from '../../cloud/compute.ts'
import { put } from '../parts.ts'
import type { Seat } from '../seats.ts'
import { Held } from '../survey.ts'
import { demand } from './can.ts'
import { each, type Hands } from './power.ts'
import { absent, type Roll } from './roll.ts'
import type { Wish } from './rebuild.ts'
import { courseKey, nameKey, seatKey, serverKey } from './snapshot-mark.ts'

export type Snapshot = {
  id: string
  image: string
  name: string
  seat: string
  /** Id of the instance, and its name. */
  instance: string
  vm: string
  status: string
  bytes: number | null
  created: string | null
}

const pollMilliseconds = 2_000
const patienceMilliseconds = 1_800_000

/** Images of the cloud but students' own, read once. */
export const imagesOf = (roll: Roll): Held<Image[]> => new Held(() => roll.images())

/** The class's snapshots in the images of a cloud, by name and seat. */
export function snapshotsIn(course: string, images: readonly Image[]): Snapshot[] {
  const text = (image: Image, key: string) => (typeof image[key] === 'string' ? image[key] : '')
  return images
    .filter((image) => image[courseKey] === course && text(image, nameKey) !== '')
    .map((image) => ({
      id: image.id,
      image: image.name ?? image.id,
      name: text(image, nameKey),
      seat: text(image, seatKey),
      instance: text(image, serverKey),
      vm: text(image, 'bateau_vm'),
      status: image.status,
      bytes: image.size ?? null,
      created: text(image, 'created_at') || null,
    }))
    .toSorted((a, b) => (`${a.name} ${a.seat} ${a.vm}` < `${b.name} ${b.seat} ${b.vm}` ? -1 : 1))
}

/** One task an instance. They belong to the administrator's project: a reset of the student leaves them. */
export async function snapshotTasks(
  hands: Hands,
  images: Held<Image[]>,
  seats: readonly Seat[],
  name: string,
): Promise<Task[]> {
  const { roll, clock } = hands
  const { course } = roll.input
  const seatOf = (server: Server, projects: ReadonlyMap<string, Seat>) =>
    projects.get(server.tenant_id)?.name ?? ''
  const projects = new Map<string, Seat>()
  for (const seat of seats) {
    const project = await roll.project(seat)
    if (project) projects.set(project.id, seat)
  }
  const find = async (id: string) =>
    snapshotsIn(course, await images.read()).find((one) => one.instance === id && one.name === name)
  const tasks = await each(hands, seats, ({ status }) => status !== 'ERROR', {
    title: (vm) => `Snapshot ${name} of ${vm}`,
    because: 'it can be put back with --restore',
    done: () => false,
    async act(server, progress) {
      const { actions, image } = await roll.cloud()
      const there = await find(server.id)
      if (there && ['killed', 'deleted', 'error'].includes(there.status)) {
        await image.delete(there.id).catch(absent)
        images.forget()
      }
      let id = (await find(server.id))?.id
      if (id === undefined) {
        demand('snapshot', server)
        const seat = seatOf(server, projects)
        id = await actions.snapshot(server.id, `${course}-${seat}-${server.name}-${name}`, {
          [courseKey]: course,
          [nameKey]: name,
          [seatKey]: seat,
          [serverKey]: server.id,
          bateau_vm: server.name,
        })
      }
      const until = clock.now() + patienceMilliseconds
      for (;;) {
        const now = await image.image(id)
        put(await images.read(), now)
        if (now.status === 'active') return
        if (!['queued', 'saving'].includes(now.status) || clock.now() > until) throw notSaved(server, now)
        progress.line(`image ${now.status}`)
        await clock.wait(pollMilliseconds, progress.signal)
      }
    },
  })
  return tasks.map((task) => ({
    ...task,
    async look() {
      const found = await find(task.id.slice(task.id.lastIndexOf('/') + 1))
      return { done: found?.status === 'active', seen: found === undefined ? 'none' : found.status }
    },
  }))
}

/** Instances of the seats that have a snapshot of that name which can be put back. */
export async function restoreWishes(
  roll: Roll,
  images: Held<Image[]>,
  seats: readonly Seat[],
  name: string,
): Promise<Wish[]> {
  const all = snapshotsIn(roll.input.course, await images.read()).filter(
    (one) => one.name === name && one.status === 'active',
  )
  const found = await Promise.all(
    seats.map(async (seat) =>
      (await roll.serversOf(seat)).flatMap((server) => {
        const snapshot = all.find(({ instance }) => instance === server.id)
        return snapshot ? [{ seat, server, imageId: snapshot.id }] : []
      }),
    ),
  )
  return found.flat()
}

export function deleteTasks(roll: Roll, images: Held<Image[]>, all: readonly Snapshot[]): Task[] {
  const { site } = roll.input
  return all.map(({ id, image }) => ({
    id: `${site}/snapshot/${id}`,
    title: `Delete snapshot ${image}`,
    because: 'you said so',
    lane: `cloud:${site}`,
    after: [],
    async look() {
      const gone = (await images.read()).every((one) => one.id !== id)
      return { done: gone, seen: gone ? 'gone' : 'there' }
    },
    async act() {
      await (await roll.cloud()).image.delete(id).catch(absent)
      const held = await images.read()
      held.splice(0, held.length, ...held.filter((one) => one.id !== id))
    },
  }))
}

function notSaved({ name }: Server, { id, status }: Image): Trouble {
  return new Trouble({
    code: 'snapshot-failed',
    title: `the snapshot of ${name} was not saved`,
    why: `image ${id} is ${status}`,
    fix: 'see whether the disk of Glance is full, then run the same command again: it makes only what is missing',
  })
}

// Decides how disks of instances are made anew from an image, each once, over any cut: what is left to do is tagged there.
// Leaves which image it is to reset and snapshot.
import type { Task } from '../../core/task.ts'
import type { Server } from '../../cloud/compute.ts'
import type { Seat } from '../seats.ts'
import { Held } from '../survey.ts'
import { demand } from './can.ts'
import { each, type Hands, underWay } from './power.ts'
import { absent, type Roll } from './roll.ts'
import { arrived, isActive, settle } from './settle.ts'
import { mayBecome } from './snapshot-mark.ts'
import { refuseFrozen } from './starter.ts'
import { rebuildTag, toRebuild } from './tags.ts'

export type Wish = { seat: Seat; server: Server; imageId: string }

/** Instances that a run which was cut left tagged. */
export async function leftToRebuild(roll: Roll, seats: readonly Seat[]): Promise<Wish[]> {
  const found = await Promise.all(
    seats.map(async (seat) =>
      (await roll.serversOf(seat)).flatMap((server) => {
        const imageId = toRebuild(server)
        return imageId === undefined ? [] : [{ seat, server, imageId }]
      }),
    ),
  )
  return found.flat()
}

/** Tags them, which is what makes the rebuild due. */
export function tagTasks({ roll }: Pick<Hands, 'roll'>, wishes: readonly Wish[]): Task[] {
  const { site } = roll.input
  return wishes.map(({ seat, server: { id, name }, imageId }) => ({
    id: `${site}/rebuild-due/${id}`,
    title: `Note that ${name} of ${seat.name} is to be made anew`,
    because: 'a run that is cut goes on from these notes',
    lane: `cloud:${site}`,
    after: [],
    async look() {
      const server = (await roll.servers.read()).find((one) => one.id === id)
      const noted = server === undefined || toRebuild(server) === imageId
      return { done: noted, seen: server === undefined ? 'gone' : noted ? 'noted' : 'not noted' }
    },
    async act() {
      await refuseFrozen({ roll }, seat)
      const { actions } = await roll.cloud()
      const before = (await roll.again(id))?.tags.filter((one) => one.startsWith('bateau-rebuild:')) ?? []
      for (const tag of before) await actions.untag(id, tag).catch(absent)
      await actions.tag(id, rebuildTag(imageId))
      await roll.again(id)
    },
  }))
}

/** One task for each instance that is tagged. Stopped ones stay stopped. */
export function rebuildTasks(hands: Hands, seats: readonly Seat[]): Promise<Task[]> {
  const { roll } = hands
  const images = new Held(() => roll.images())
  return each(hands, seats, (server) => toRebuild(server) !== undefined, {
    title: (name) => `Make anew ${name}`,
    because: 'its disk is put back to the image',
    done: (server) => toRebuild(server) === undefined,
    async act(server, progress) {
      const { actions } = await roll.cloud()
      const imageId = toRebuild(server)
      if (imageId === undefined) return
      const image = (await images.read()).find((one) => one.id === imageId)
      if (image === undefined || !mayBecome(image, server)) {
        progress.line('its note names an image that it must not become: nothing is made anew')
        await actions.untag(server.id, rebuildTag(imageId)).catch(absent)
        await roll.again(server.id)
        return
      }
      const rests = (one: Server) => isActive(one) || one.status === 'SHUTOFF'
      // A rebuild of an earlier run, cut before it could say so, is let end and then done again: it may be an older image's.
      const ready = await settle(roll, hands.clock, server.id, rests, progress)
      if (ready === undefined) return
      demand('rebuild', ready)
      await actions.rebuild(server.id, imageId).catch(underWay)
      const ended = await settle(roll, hands.clock, server.id, rests, progress)
      arrived(server.name, ended, rests)
      await actions.untag(server.id, rebuildTag(imageId)).catch(absent)
      await roll.again(server.id)
    },
  })
}

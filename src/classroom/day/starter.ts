// Decides how each seat gets its starter instances: vm1, vm2 …, at a pace that disks bear, failed ones made anew alone.
// Leaves which keys open them to guest, and what the course wants to deploy/.
import { Trouble } from '../../core/fault.ts'
import type { Progress, Task } from '../../core/task.ts'
import type { Server } from '../../cloud/compute.ts'
import { once } from '../../cloud/once.ts'
import { sure } from '../network-parts.ts'
import { tagOf } from '../mark.ts'
import type { Seat } from '../seats.ts'
import { allows } from './can.ts'
import { guestMetadata, userData } from './guest.ts'
import { each, type Hands, underWay } from './power.ts'
import { absent } from './roll.ts'
import { addressesOf, arrived, isActive, settle } from './settle.ts'
import { frozenTag, isStarter, starterName, starterTag } from './tags.ts'

export type StarterWish = {
  count: number
  imageId: string
  flavorId: string
  /** Whom SSH logs in as. */
  user: string
  networkId(seat: Seat): string
  /** Public halves that open it: bateau's, the members', the teachers'. */
  keys(seat: Seat): Promise<readonly string[]>
}

const roomPollMilliseconds = 2_000
/** Who waits longer for others' instances goes on all the same. */
const roomPatienceMilliseconds = 300_000

const isUp = (server: Server) => isActive(server) && addressesOf(server).length > 0

export function bootTasks(hands: Hands, seats: readonly Seat[], wish: StarterWish): Task[] {
  const { roll, gate } = hands
  const { site, course } = roll.input
  const numbers = Array.from({ length: wish.count }, (_, i) => i + 1)
  // One of each seat first: when it is cut, everybody has something.
  return numbers.flatMap((n) =>
    seats.map((seat): Task => {
      const name = starterName(n)
      const find = async () =>
        (await roll.serversOf(seat)).find((one) => one.name === name && isStarter(course, one))
      return {
        id: `${site}/starter/${seat.name}/${name}`,
        title: `Instance ${name} of ${seat.name}`,
        because: `each seat has ${wish.count}`,
        lane: `cloud:${site}`,
        after: [],
        async look() {
          const server = await find()
          if (server === undefined) return { done: false, seen: 'no such instance' }
          const [address] = addressesOf(server)
          return { done: isUp(server), seen: `${server.status}${address ? `, ${address}` : ''}` }
        },
        async act(progress) {
          await refuseFrozen(hands, seat)
          const attempt = async () => start(hands, seat, name, wish, await find(), progress)
          const first = await gate.through(attempt, progress.signal)
          if (first !== undefined && isUp(first)) return gate.went()
          gate.failed()
          progress.line(`${first?.fault?.message ?? first?.status ?? 'gone'}; once more, alone`)
          const second = await gate.through(attempt, progress.signal, true)
          arrived(name, second, isUp)
        },
      }
    }),
  )
}

/** Starter instances go, and nothing else. */
export async function unbootTasks(hands: Hands, seats: readonly Seat[]): Promise<Task[]> {
  const { roll, clock } = hands
  return each(hands, seats, (server) => isStarter(roll.input.course, server), {
    title: (name) => `Delete ${name}`,
    because: 'you said so',
    done: () => false,
    async act(server, progress) {
      await (await roll.cloud()).compute.deleteServer(server.id).catch(absent)
      await settle(roll, clock, server.id, () => false, progress)
    },
  })
}

async function start(
  hands: Hands,
  seat: Seat,
  name: string,
  wish: StarterWish,
  found: Server | undefined,
  progress: Progress,
): Promise<Server | undefined> {
  const { roll, clock } = hands
  const admin = await roll.cloud()
  let id = found?.id
  if (found?.status === 'ERROR') {
    progress.line('removing the one that failed')
    await admin.compute.deleteServer(found.id).catch(absent)
    await settle(roll, clock, found.id, () => false, { ...progress, line: () => {} })
    id = undefined
  } else if (found && allows('start', found)) await admin.actions.start(found.id).catch(underWay)
  if (id === undefined) {
    await room(hands, progress)
    id = await create(hands, seat, name, wish)
  }
  return settle(roll, clock, id, isUp, progress)
}

/** Created in the seat's project, which takes a role there; the administrator keeps it. */
async function create({ roll, clock }: Hands, seat: Seat, name: string, wish: StarterWish): Promise<string> {
  const { course } = roll.input
  const [admin, project] = [await roll.cloud(), await roll.enrolled(seat)]
  const roles = await admin.identity.roles()
  const member = sure(
    roles.find((one) => one.name === 'member'),
    'role member',
  )
  await admin.identity.grant(project.id, admin.userId, member.id)
  const inside = await admin.within(project.id)
  const wanted = {
    name,
    imageId: wish.imageId,
    flavorId: wish.flavorId,
    networkId: wish.networkId(seat),
    tags: [tagOf(course), starterTag],
    metadata: guestMetadata(wish.user, wish.imageId),
    userData: userData(await wish.keys(seat)),
  }
  const made = await once<{ id: string }>(
    clock,
    () => inside.compute.createServer(wanted),
    async () =>
      (await inside.compute.servers('project')).find((one) => one.name === name && isStarter(course, one)),
  )
  await roll.again(made.id)
  return made.id
}

/** Waits until fewer instances are being built in the whole cloud than are let in at once: students start some as well. */
async function room({ roll, clock, gate }: Hands, progress: Progress): Promise<void> {
  const until = clock.now() + roomPatienceMilliseconds
  const { actions } = await roll.cloud()
  while ((await actions.building()) >= gate.limit && clock.now() < until) {
    progress.line('waiting: others are being built')
    await clock.wait(roomPollMilliseconds, progress.signal)
  }
}

/** What starts in an exam would have a network that is not cut. Throws Trouble `frozen`. */
export async function refuseFrozen({ roll }: Pick<Hands, 'roll'>, seat: Seat): Promise<void> {
  if (!(await roll.hasTag(seat, frozenTag))) return
  throw new Trouble({
    code: 'frozen',
    title: `${seat.name} is in an exam`,
    why: `its project carries the tag ${frozenTag}: its network is cut and nothing in it is changed`,
    fix: `end the exam first: bateau class thaw ${seat.group ?? seat.name}`,
  })
}

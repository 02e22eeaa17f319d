// Decides how a class is opened and closed: log-ins on or off, and the power of instances, remembering which were stopped.
// Leaves how many at once to gate, and who is meant to choose.
import type { Task } from '../../core/task.ts'
import type { Clock } from '../../cloud/clock.ts'
import type { Server } from '../../cloud/compute.ts'
import { CallFailure } from '../../cloud/failure.ts'
import { put } from '../parts.ts'
import type { Seat } from '../seats.ts'
import { allows, demand } from './can.ts'
import type { Gate } from './gate.ts'
import { absent, type Roll } from './roll.ts'
import { arrived, isActive, isBusy, settle } from './settle.ts'
import { stoppedTag } from './tags.ts'

export type Hands = { roll: Roll; clock: Clock; gate: Gate }

/** One task a member: the user is enabled, or not. */
export function loginTasks({ roll }: Pick<Hands, 'roll'>, seats: readonly Seat[], open: boolean): Task[] {
  const { site } = roll.input
  return seats.flatMap((seat) =>
    seat.members.map(({ login }) => ({
      id: `${site}/login/${login}`,
      title: `${open ? 'Let in' : 'Lock out'} ${login}`,
      because: open ? 'the class is opened' : 'the class is closed; its tokens end at once',
      lane: `cloud:${site}`,
      after: [],
      async look() {
        const user = await roll.user(login)
        if (user === undefined) return { done: !open, seen: 'has no account' }
        return { done: user.enabled === open, seen: user.enabled ? 'may log in' : 'may not log in' }
      },
      async act() {
        await roll.enrolled(seat)
        const user = await roll.user(login)
        if (user === undefined) return
        await (await roll.cloud()).access.enable(user.id, open)
        put(await roll.users.read(), { ...user, enabled: open })
      },
    })),
  )
}

/** One task for each instance that runs: it is tagged, then stopped. What is stopped already is not tagged. */
export async function stopTasks(hands: Hands, seats: readonly Seat[]): Promise<Task[]> {
  const { roll } = hands
  const isStopped = (server: Server) => server.status === 'SHUTOFF'
  const due = (server: Server) =>
    allows('stop', server) || (server.tags.includes(stoppedTag) && !isStopped(server))
  return each(hands, seats, due, {
    title: (server) => `Stop ${server}`,
    because: 'the class is closed; open starts it again',
    done: isStopped,
    async act(server, progress) {
      const { actions } = await roll.cloud()
      if (!server.tags.includes(stoppedTag)) await actions.tag(server.id, stoppedTag)
      if (!isBusy(server)) {
        demand('stop', server)
        await actions.stop(server.id).catch(underWay)
      }
      const ended = await settle(roll, hands.clock, server.id, isStopped, progress)
      arrived(server.name, ended, isStopped)
    },
  })
}

/** One task for each instance that close stopped: it is started, then its tag goes. */
export async function startTasks(hands: Hands, seats: readonly Seat[]): Promise<Task[]> {
  const { roll } = hands
  const isDone = (server: Server) => isActive(server) && !server.tags.includes(stoppedTag)
  return each(hands, seats, ({ tags }) => tags.includes(stoppedTag), {
    title: (server) => `Start ${server}`,
    because: 'close stopped it',
    done: isDone,
    async act(server, progress) {
      const { actions } = await roll.cloud()
      if (allows('start', server) && !isBusy(server)) await actions.start(server.id).catch(underWay)
      const ended = await settle(roll, hands.clock, server.id, isActive, progress)
      arrived(server.name, ended, isActive)
      await actions.untag(server.id, stoppedTag).catch(absent)
      await roll.again(server.id)
    },
  })
}

type Deed = {
  title(name: string): string
  because: string
  done(server: Server): boolean
  act(server: Server, progress: Parameters<Task['act']>[0]): Promise<void>
}

/** Instances of the seats for which something is due, as tasks behind the gate. */
export async function each(
  { roll, gate }: Hands,
  seats: readonly Seat[],
  due: (server: Server) => boolean,
  deed: Deed,
): Promise<Task[]> {
  const { site } = roll.input
  const found = await Promise.all(
    seats.map(async (seat) => (await roll.serversOf(seat)).filter(due).map((server) => ({ seat, server }))),
  )
  return found.flat().map(({ seat, server: { id, name } }) => ({
    id: `${site}/instance/${id}`,
    title: `${deed.title(name)} of ${seat.name}`,
    because: deed.because,
    lane: `cloud:${site}`,
    after: [],
    async look() {
      const server = (await roll.servers.read()).find((one) => one.id === id)
      if (server === undefined) return { done: true, seen: 'gone' }
      return { done: deed.done(server), seen: server.status }
    },
    act: (progress) =>
      gate.through(async () => {
        const server = await roll.again(id)
        if (server !== undefined) await deed.act(server, progress)
      }, progress.signal),
  }))
}

/** 409: it is under way already, by an earlier call whose answer was lost. What comes of it is waited for. */
export function underWay(error: unknown): void {
  if (error instanceof CallFailure && error.status === 409) return
  throw error
}

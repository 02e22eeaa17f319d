// Decides in which order what is a student's own is taken away, so that nothing is refused because something leans on it.
// Leaves what it is to estate.
import type { Progress, Task } from '../../core/task.ts'
import type { Seat } from '../seats.ts'
import { type Doomed, doomed, doomedText, type Estate, isEmpty } from './estate.ts'
import type { Hands } from './power.ts'
import { absent } from './roll.ts'
import { settle } from './settle.ts'
import { refuseFrozen } from './starter.ts'

export const clearTaskId = (site: string, { name }: Pick<Seat, 'name'>) => `${site}/clear/${name}`

export function clearTasks(hands: Hands, estate: Estate, seats: readonly Seat[]): Task[] {
  const { site } = hands.roll.input
  return seats.map((seat) => ({
    id: clearTaskId(site, seat),
    title: `Take away what ${seat.name} made`,
    because: 'the session starts anew',
    lane: `cloud:${site}`,
    after: [],
    async look() {
      const rest = await doomed(estate, seat)
      return { done: isEmpty(rest), seen: doomedText(rest) || 'only what the course gave' }
    },
    async act(progress) {
      await refuseFrozen(hands, seat)
      const { id } = await hands.roll.enrolled(seat)
      try {
        await clear(hands, id, await doomed(estate, seat), progress)
      } finally {
        estate.images.forget()
        await estate.refresh(id)
      }
    },
  }))
}

const pollMilliseconds = 2_000
/** Of snapshots and volumes that are being deleted; a stuck one is then said by what is left. */
const polls = 60

async function clear(hands: Hands, projectId: string, all: Doomed, progress: Progress): Promise<void> {
  const { roll, clock } = hands
  const { compute, network, image, estate, volume } = await roll.cloud()
  const gone = async <T extends { id: string }>(
    things: readonly T[],
    name: (one: T) => string,
    drop: (one: T) => Promise<void>,
  ) => {
    for (const one of things) {
      progress.signal.throwIfAborted()
      progress.line(name(one))
      await drop(one).catch(absent)
    }
  }
  await gone(
    all.servers,
    (one) => `instance ${one.name}`,
    (one) => compute.deleteServer(one.id),
  )
  for (const { id } of all.servers) await settle(roll, clock, id, () => false, progress)
  await gone(
    all.snapshots,
    (one) => `snapshot ${one.name ?? one.id}`,
    async (one) => volume?.delete('snapshots', one.id),
  )
  // A volume with a snapshot that is still going is refused; Cinder takes some seconds for each.
  const left = async (kind: 'snapshots' | 'volumes') =>
    all[kind].length > 0 && ((await volume?.[kind](projectId)) ?? []).length > 0
  const waited = async (kind: 'snapshots' | 'volumes') => {
    for (let i = 0; i < polls && (await left(kind)); i++) {
      progress.line(`waiting until the ${kind} are gone`)
      await clock.wait(pollMilliseconds, progress.signal)
    }
  }
  await waited('snapshots')
  await gone(
    all.volumes,
    (one) => `volume ${one.name ?? one.id}`,
    async (one) => volume?.delete('volumes', one.id),
  )
  await waited('volumes')
  await gone(
    all.images,
    (one) => `image ${one.name ?? one.id}`,
    (one) => image.delete(one.id),
  )
  await gone(
    all.floatingips,
    (one) => `floating address ${one.floating_ip_address ?? one.id}`,
    (one) => estate.delete('floatingips', one.id),
  )
  await gone(
    all.ports,
    (one) => `port ${one.name || one.id}`,
    (one) => estate.delete('ports', one.id),
  )
  for (const plug of all.plugs)
    await gone(
      plug.fixed_ips.map(({ subnet_id: id }) => ({ id })),
      (subnet) => `interface of router ${plug.device_id} in ${subnet.id}`,
      (subnet) => network.removeRouterInterface(plug.device_id ?? '', subnet.id),
    )
  await gone(
    all.routers,
    (one) => `router ${one.name || one.id}`,
    (one) => estate.delete('routers', one.id),
  )
  await gone(
    all.networks,
    (one) => `network ${one.name || one.id}`,
    (one) => estate.delete('networks', one.id),
  )
  await gone(
    all.groups,
    (one) => `security group ${one.name || one.id}`,
    (one) => estate.delete('security-groups', one.id),
  )
  await gone(
    all.rules,
    (one) => `rule ${one.id} of the default group`,
    (one) => estate.delete('security-group-rules', one.id),
  )
}

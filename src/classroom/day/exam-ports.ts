// Decides how ports of a seat's instances are put into the group of the exam alone, and back into their own after it.
// How it was is kept in tags of the port, so that thaw needs the cloud and nothing else. Leaves the group to exam-group.
import type { Task } from '../../core/task.ts'
import type { Owned } from '../../cloud/estate.ts'
import { sure } from '../network-parts.ts'
import type { Seat } from '../seats.ts'
import type { Estate } from './estate.ts'
import { examGroup, findGroup } from './exam-group.ts'
import type { Hands } from './power.ts'
import { groupTag, openPortTag, wallBefore } from './tags.ts'

/** One task a seat: each port of its instances is tagged with its groups, then stands in the exam's alone. */
export function cutTasks(hands: Hands, estate: Estate, seats: readonly Seat[]): Task[] {
  const { roll } = hands
  const { site } = roll.input
  const open = async (seat: Seat) => {
    const wall = await findGroup(estate, seat.group ?? '')
    const ports = await portsOf(estate, seat)
    return { wall, ports, open: ports.filter((one) => !stands(one, wall?.id)) }
  }
  return seats.map((seat) => ({
    id: `${site}/exam/${seat.name}/network`,
    title: `Cut the network of ${seat.name}`,
    because: 'only what is allowed passes in the exam',
    lane: `cloud:${site}`,
    after: [`${site}/exam/${seat.group}/wall`, `${site}/exam/${seat.name}/rights`],
    async look() {
      const { ports, open: rest } = await open(seat)
      return { done: rest.length === 0, seen: `${ports.length - rest.length} of ${ports.length} ports cut` }
    },
    async act() {
      const { network, walls } = await roll.cloud()
      const { wall, open: rest } = await open(seat)
      const id = sure(wall, examGroup(seat.group ?? '')).id
      for (const port of rest) {
        if (wallBefore(port.tags) === undefined) {
          const groups = port.security_groups.length === 0 ? ['none'] : port.security_groups
          const notes = port.port_security_enabled ? groups.map(groupTag) : [openPortTag]
          await network.setTags('ports', port.id, [...port.tags, ...notes])
        }
        await walls.setPort(port.id, { port_security_enabled: true, security_groups: [id] })
      }
      await estate.refresh((await roll.enrolled(seat)).id)
    },
  }))
}

/** The way back: each port gets the groups of its tags, then the tags go. A group that is gone meanwhile is left out. */
export function joinTasks(hands: Hands, estate: Estate, seats: readonly Seat[]): Task[] {
  const { roll } = hands
  const { site } = roll.input
  const cut = async (seat: Seat) =>
    (await portsOf(estate, seat)).filter((one) => wallBefore(one.tags) !== undefined)
  return seats.map((seat) => ({
    id: `${site}/exam/${seat.name}/network`,
    title: `Give ${seat.name} its network back`,
    because: 'the exam is over',
    lane: `cloud:${site}`,
    after: [],
    async look() {
      const rest = await cut(seat)
      return { done: rest.length === 0, seen: rest.length === 0 ? 'not cut' : `${rest.length} ports cut` }
    },
    async act() {
      const { network, walls } = await roll.cloud()
      const known = new Set((await estate.all('security-groups')).map(({ id }) => id))
      for (const port of await cut(seat)) {
        const { groups = [], secured = true } = wallBefore(port.tags) ?? {}
        await walls.setPort(port.id, {
          port_security_enabled: secured,
          security_groups: groups.filter((id) => known.has(id)),
        })
        const rest = port.tags.filter((one) => !one.startsWith('bateau-was:'))
        await network.setTags('ports', port.id, rest)
      }
      await estate.refresh((await roll.enrolled(seat)).id)
    },
  }))
}

/** Of instances: what a router or DHCP has is not the student's. */
async function portsOf(estate: Estate, seat: Seat): Promise<Owned[]> {
  const { id } = await estate.roll.enrolled(seat)
  return (await estate.of('ports', id)).filter(({ device_owner: owner }) =>
    ['', 'compute'].includes((owner ?? '').split(':')[0] ?? ''),
  )
}

const stands = (port: Owned, wall: string | undefined) =>
  wallBefore(port.tags) !== undefined &&
  port.port_security_enabled &&
  port.security_groups.length === 1 &&
  port.security_groups[0] === wall

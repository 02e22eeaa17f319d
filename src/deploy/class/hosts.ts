// Decides which hosts of a class get a name: its clouds, the instances in its projects, its jump host.
// Leaves records to dns/names, and the zone to name-class.
import { isIPv4, isIPv6 } from 'node:net'
import { isMarked } from '../../classroom/mark.ts'
import type { ClassroomInput } from '../../classroom/input.ts'
import type { Project } from '../../cloud/identity.ts'
import type { Server } from '../../cloud/compute.ts'
import { Address, Prefix } from '../../core/prefix.ts'
import type { Course } from '../../course/course.ts'
import type { NamedHost } from '../../dns/names.ts'
import { below, hostLabel } from '../../dns/record.ts'
import type { ClassCloud } from './open-class.ts'

export type Hosts = {
  hosts: readonly NamedHost[]
  /** Why something has no name, for people. */
  notes: readonly string[]
}

export async function hostsOf(
  course: Course,
  zone: string,
  clouds: readonly Pick<ClassCloud, 'name' | 'input' | 'survey'>[],
): Promise<Hosts> {
  const held = await Promise.all(
    clouds.map(async ({ survey }) => {
      const [{ projects }, servers] = await Promise.all([survey.people.read(), survey.servers.read()])
      return { projects, servers }
    }),
  )
  const instances = instancesOf(course.name, held)
  const services = clouds.flatMap(({ name, input }) => {
    const service = serviceOf(input)
    return service === null ? [] : [{ name, addresses: [service.toString()] }]
  })
  const jump = jumpOf(course, zone, services)
  return {
    hosts: [...merged([...services, ...jump.hosts]), ...instances.hosts],
    notes: [...jump.notes, ...instances.notes],
  }
}

/** Of API and dashboard; of a cloud that was there already, if its own address is written as one, and a global one. */
function serviceOf({
  addressing,
  handouts,
}: Pick<ClassroomInput, 'addressing' | 'handouts'>): Address | null {
  if (addressing.service) return addressing.service
  const host = new URL(handouts.authUrl).hostname.replaceAll(/[[\]]/g, '')
  const address = Address.parse(host)
  return address.ok && globalUnicast.containsAddress(address.value) ? address.value : null
}

/** RFC 4291 section 2.4: what is given out of it so far. */
const globalUnicast = Prefix.of('2000::/3')

type Held = { projects: readonly Project[]; servers: readonly Server[] }

/** `vm1.alice`: the instance's name, and its project's without the course's. Of two of one name, on one cloud or on two, neither has it. */
export function instancesOf(course: string, clouds: readonly Held[]): Hosts {
  const found = clouds.flatMap((cloud) => foundIn(course, cloud))
  const names = found.map(({ label, seat }) => `${label}.${seat}`)
  const isTwice = (name: string) => names.indexOf(name) !== names.lastIndexOf(name)
  const hosts: NamedHost[] = []
  const notes = new Set<string>()
  for (const { given, label, seat, addresses } of found) {
    const name = `${label}.${seat}`
    if (label === null) notes.add(`${seat}: no name can be made of ${JSON.stringify(given)}`)
    else if (isTwice(name))
      notes.add(`${seat}: several instances would be called ${label}; none of them has that name`)
    else hosts.push({ name, addresses })
  }
  return { hosts: hosts.toSorted((a, b) => (a.name < b.name ? -1 : 1)), notes: [...notes] }
}

function foundIn(course: string, { projects, servers }: Held) {
  const seats = new Map(
    projects
      .filter((project) => isMarked(course, project) && project.name.startsWith(`${course}-`))
      .map(({ id, name }) => [id, name.slice(course.length + 1)]),
  )
  return servers.flatMap((server) => {
    const seat = hostLabel(seats.get(server.tenant_id) ?? '')
    const addresses = Object.values(server.addresses)
      .flat()
      .filter(({ version }) => version === 6)
      .map(({ addr }) => addr)
    if (seat === null || addresses.length === 0) return []
    return [{ given: server.name, label: hostLabel(server.name), seat, addresses }]
  })
}

/** The server that students go through, by its own name and by the one that they type where that is in the zone. */
function jumpOf(course: Course, zone: string, services: readonly NamedHost[]): Hosts {
  const { jump } = course
  if (jump === null) return { hosts: [], notes: [] }
  const server = course.servers.find(({ name }) => name === jump.server)
  const given = server?.address ?? ''
  const addresses = [
    ...(services.find(({ name }) => name === jump.server)?.addresses ?? []),
    ...(isIPv4(given) || isIPv6(given) ? [given] : []),
  ]
  if (addresses.length === 0)
    return {
      hosts: [],
      notes: [`${jump.server}: the course file gives no address of it, so the jump host has no name`],
    }
  const typed = jump.host === null ? null : below(jump.host, zone)
  const names = [jump.server, ...(typed === null ? [] : [typed])]
  return { hosts: names.map((name) => ({ name, addresses })), notes: [] }
}

/** A jump host that is a cloud as well is one host. */
function merged(hosts: readonly NamedHost[]): NamedHost[] {
  const all = new Map<string, Set<string>>()
  for (const { name, addresses } of hosts) all.set(name, new Set([...(all.get(name) ?? []), ...addresses]))
  return [...all].map(([name, addresses]) => ({ name, addresses: [...addresses] }))
}

// Decides which image, flavor, network and keys a starter instance gets in one cloud.
// Leaves starting it to classroom/day/starter.
import { type Fault, Trouble } from '../../core/fault.ts'
import type { StarterWish } from '../../classroom/day/starter.ts'
import { networkNames } from '../../classroom/base.ts'
import {
  classNetwork,
  type ClassroomInput,
  flavorNames,
  keypairName,
  projectName,
} from '../../classroom/input.ts'
import { flavorServing, imageServing } from '../../classroom/serving.ts'
import { isMarked } from '../../classroom/mark.ts'
import { ownName } from '../../classroom/own-parts.ts'
import type { Seat } from '../../classroom/seats.ts'
import type { Network } from '../../cloud/network.ts'
import type { ClassPolicy } from '../../course/class.ts'
import type { DayCloud } from './day.ts'

export type Wanted = {
  /** Null: as the course file has it. */
  image: string | null
  flavor: string | null
  count: number | null
  /** Whom SSH logs in as. */
  user: string | null
}

/** Throws Trouble `no-such-image`, `no-such-flavor`, `no-network`. `classKey`: bateau's own public key line. */
export async function starterWish(cloud: DayCloud, wanted: Wanted, classKey: string): Promise<StarterWish> {
  const { input, roll } = cloud
  const { starter } = input.policy
  const [image, flavor] = [await imageOf(cloud, wanted.image), await flavorOf(cloud, wanted.flavor)]
  const { network, projectId } = await roll.cloud()
  const networks = await network.networks()
  // What is for everybody is the administrator's: a student's network may have any name and mark.
  const common = networks.filter((one) => one.project_id === projectId)
  const direct = input.foreign
    ? networks.find(({ id }) => id === input.foreign?.direct?.id)
    : common.find(({ name }) => name === networkNames.direct)
  const projects = await roll.projects.read()
  return {
    count: wanted.count ?? Math.max(1, starter.count),
    imageId: image.id,
    flavorId: flavor.id,
    user: wanted.user ?? image.user,
    networkId(seat) {
      const project = projects.find(({ name }) => name === projectName(input.course, seat.name))
      const own = networks.filter((one) => one.project_id === project?.id)
      return networkOf(input, seat, { own, common, direct }).id
    },
    keys: (seat) => keysOf(cloud, seat, classKey),
  }
}

/** bateau's, then those that the members have as key pairs in this cloud or on the roster, then the teachers'. */
async function keysOf({ roll, input }: DayCloud, seat: Seat, classKey: string): Promise<string[]> {
  const { compute } = await roll.cloud()
  const people = [...seat.members, ...input.policy.teachers]
  const keys = await Promise.all(
    people.map(async ({ login, sshKey }) => {
      if (sshKey !== null) return [sshKey]
      const user = await roll.user(login)
      const pairs = user ? await compute.keypairs(user.id) : []
      return pairs.filter(({ name }) => name === keypairName).map((one) => one.public_key.trim())
    }),
  )
  return [classKey, ...keys.flat()]
}

/** Those that the course has now; one that is left of an earlier course file is not shared with anybody. */
function networkOf(
  { course, policy, addressing, direct: onDirect }: ClassroomInput,
  seat: Seat,
  there: { own: readonly Network[]; common: readonly Network[]; direct: Network | undefined },
): Network {
  const choice = policy.starter.network
  const ours = (all: readonly Network[], name: string) =>
    all.find((one) => one.name === name && isMarked(course, one))
  const shares = addressing.tenants.some(({ group }) => group === seat.group)
  const found = {
    own: ours(there.own, ownName(seat.name)),
    class: shares ? ours(there.common, classNetwork(seat.group ?? '')) : undefined,
    direct: onDirect ? there.direct : undefined,
  }
  const network = choice === null ? (found.own ?? found.class ?? found.direct) : found[choice]
  if (network !== undefined) return network
  throw new Trouble({
    code: 'no-network',
    title: `there is no ${choice ?? 'own, class or direct'} network for ${seat.name}`,
    why: 'instances need one; class, starter, network of the course file says which',
    fix: 'make the networks of the course first: bateau up, with the course file',
  })
}

/** By name, or the one of the course. With whom SSH logs in as. */
async function imageOf(
  { input, roll, survey }: DayCloud,
  asked: string | null,
): Promise<{ id: string; user: string }> {
  const name = asked ?? input.policy.starter.image
  if (name === null) {
    const found = imageServing(input, await survey.base.read())
    if (found) return { id: found.id, user: input.foreign?.image?.user ?? 'root' }
  }
  // A student's image may have any name and mark.
  const seats = (await roll.projects.read()).filter((one) => isMarked(input.course, one)).map(({ id }) => id)
  const all = (await roll.images()).filter(
    (one) => one.status === 'active' && !seats.some((id) => id === one['owner']),
  )
  const wanted = name ?? input.image.name
  const image = pick(input.course, 'image', wanted, all, (one) => one.name ?? '')
  const tiny = wanted === input.image.name || image['bateau_digest'] !== undefined
  return { id: image.id, user: tiny ? 'root' : userOf(input.policy, wanted, image['os_distro']) }
}

async function flavorOf({ input, roll, survey }: DayCloud, asked: string | null): Promise<{ id: string }> {
  const name = asked ?? input.policy.starter.flavor
  const serving = name === null ? flavorServing(input, await survey.base.read(), 'course') : undefined
  if (serving) return serving
  const all = await (await roll.cloud()).compute.flavors()
  return pick(input.course, 'flavor', name ?? flavorNames.course, all, (one) => one.name)
}

/** bateau's own of that name, or the only one. */
function pick<T extends { id: string; tags?: readonly string[]; description?: string | null | undefined }>(
  course: string,
  kind: 'image' | 'flavor',
  name: string,
  all: readonly T[],
  nameOf: (one: T) => string,
): T {
  const named = all.filter((one) => nameOf(one) === name)
  const own = named.find((one) => isMarked(course, { ...one, name }))
  const found = own ?? (named.length === 1 ? named[0] : undefined)
  if (found !== undefined) return found
  throw new Trouble(noSuch(kind, name, named.length, all.map(nameOf)))
}

function noSuch(kind: string, name: string, count: number, names: readonly string[]): Fault {
  return {
    code: `no-such-${kind}`,
    title: count === 0 ? `the cloud has no ${kind} ${name}` : `the cloud has ${count} ${kind}s named ${name}`,
    why: `there are: ${[...new Set(names)].filter(Boolean).toSorted().join(', ') || 'none'}`,
    fix:
      count === 0
        ? `name one of them, or add it under class, ${kind}s of the course file`
        : `openstack ${kind} list`,
  }
}

/** Users that the images of distributions make (as their documentation has them); the tiny guest has root alone. */
const byDistro: Record<string, string> = {
  debian: 'debian',
  ubuntu: 'ubuntu',
  cirros: 'cirros',
  fedora: 'fedora',
  arch: 'arch',
  centos: 'cloud-user',
  rhel: 'cloud-user',
  rocky: 'rocky',
  almalinux: 'almalinux',
  opensuse: 'opensuse',
  freebsd: 'freebsd',
}

function userOf(policy: ClassPolicy, image: string, distro: unknown): string {
  const said = policy.images.find(({ name }) => name === image)?.user
  if (said) return said
  const guess = Object.keys(byDistro).find((one) => distro === one || image.toLowerCase().includes(one))
  return guess === undefined ? 'root' : (byDistro[guess] ?? 'root')
}

// Decides which things of a cloud that bateau did not make the class uses: external network, subnet pool, network, image, flavor.
// Leaves what is made beside them to base, and finding what serves an instance to serving.
import { type Fault, Trouble } from '../core/fault.ts'
import type { Image } from '../cloud/image.ts'
import type { Cloud } from '../cloud/open.ts'
import type { AdoptedCloud } from '../course/class.ts'
import { nearest } from '../course/suggest.ts'

/** A thing that is there already: used, never changed. */
export type There = { id: string; name: string }

/** Null: not used, or (image, flavor) made by bateau. */
export type Foreign = {
  external: There | null
  pool: There | null
  direct: (There & { mtu: number | null }) | null
  /** `user`: whom one logs in as. */
  image: (There & { user: string }) | null
  flavor: There | null
}

type Wish = Pick<AdoptedCloud, 'name' | 'external' | 'pool' | 'direct' | 'image' | 'flavor'>

/**
 * Reads what the course file names, and finds what it does not name where there is only one. `routed`: networks behind
 * routers are wanted. Throws Trouble `cloud-lacks` (nothing of that name or kind) and `cloud-which` (several).
 */
export async function readForeign(cloud: Cloud, wish: Wish, routed: boolean): Promise<Foreign> {
  const [networks, pools, images, flavors] = await Promise.all([
    cloud.network.networks(),
    cloud.network.subnetPools(),
    wish.image === null ? [] : cloud.image.images(),
    wish.flavor === null ? [] : cloud.compute.flavors(),
  ])
  const external = networks.filter((one) => one['router:external'])
  const ipv6 = pools.filter(({ prefixes }) => prefixes.some((prefix) => prefix.includes(':')))
  const defaults = ipv6.filter((one) => one.is_default)
  const asked = { cloud: wish.name }
  const direct = named({ ...asked, kind: 'network', key: 'direct' }, wish.direct, networks)
  const own = networks.find(({ id }) => id === direct?.id)
  if (direct !== null && own?.shared === false) throw new Trouble(notShared(wish.name, direct))
  const active = images.filter(({ status }) => status === 'active')
  const withNames = active.map(({ id, name }) => ({ id, name: name ?? id }))
  const image = named({ ...asked, kind: 'image', key: 'image' }, wish.image, withNames)
  return {
    external: !routed
      ? null
      : wish.external === null
        ? onlyOne({ ...asked, kind: 'external network', key: 'external' }, external)
        : named({ ...asked, kind: 'external network', key: 'external' }, wish.external, external),
    pool: !routed
      ? null
      : wish.pool === null
        ? onlyOne({ ...asked, kind: 'default subnet pool for IPv6', key: 'pool' }, defaults, ipv6)
        : named({ ...asked, kind: 'subnet pool for IPv6', key: 'pool' }, wish.pool, ipv6),
    direct: direct && { ...direct, mtu: own?.mtu ?? null },
    image: image && { ...image, user: userIn(active.find(({ id }) => id === image.id)) },
    flavor: named({ ...asked, kind: 'flavor', key: 'flavor' }, wish.flavor, flavors),
  }
}

/** Glance's property os_admin_user where it is set; else the user that images of this name or distribution are known for. */
function userIn(image: Image | undefined): string {
  const said = image?.['os_admin_user']
  if (typeof said === 'string' && said !== '') return said
  const distro = image?.['os_distro']
  const words = `${image?.name ?? ''} ${typeof distro === 'string' ? distro : ''}`.toLowerCase()
  const known = ['tiny', 'ubuntu', 'fedora', 'cirros', 'rocky', 'almalinux', 'arch', 'debian']
  const found = known.find((one) => words.includes(one))
  return found === undefined || found === 'tiny' ? 'root' : found
}

type Asked = { cloud: string; kind: string; key: keyof Foreign }

/** By name, or by id. */
function named(asked: Asked, wanted: string | null, all: readonly There[]): There | null {
  if (wanted === null) return null
  const found = all.filter(({ id, name }) => name === wanted || id === wanted)
  const [first] = found
  if (first === undefined) throw new Trouble(lacks(asked, wanted, all))
  if (found.length > 1) throw new Trouble(which(asked, found, true))
  return { id: first.id, name: first.name }
}

/** `others`: what could be named in its place. */
function onlyOne(asked: Asked, all: readonly There[], others: readonly There[] = all): There {
  const [first] = all
  if (first === undefined) throw new Trouble(lacks(asked, null, others))
  if (all.length > 1) throw new Trouble(which(asked, all, false))
  return { id: first.id, name: first.name }
}

const listed = (all: readonly There[]) => all.map(({ name }) => name).join(', ')

function lacks({ cloud, kind, key }: Asked, wanted: string | null, others: readonly There[]): Fault {
  const guess =
    wanted === null
      ? undefined
      : nearest(
          wanted,
          others.map(({ name }) => name),
        )
  return {
    code: 'cloud-lacks',
    title: `the cloud ${cloud} has no ${kind}${wanted === null ? '' : ` ${wanted}`}`,
    why: others.length === 0 ? 'its administrator sees none at all' : `it has ${listed(others)}`,
    fix:
      guess === undefined
        ? `name one in the course file, clouds, ${key}; or leave class networks out: networks: {class: false}`
        : `did you mean ${key}: ${guess}?`,
  }
}

function which({ cloud, kind, key }: Asked, all: readonly There[], alike: boolean): Fault {
  return {
    code: 'cloud-which',
    title: `the cloud ${cloud} has ${all.length} of: ${kind}${alike ? ` ${all[0]?.name ?? ''}` : ''}`,
    why: alike ? `they have the same name: ${all.map(({ id }) => id).join(', ')}` : `they are ${listed(all)}`,
    fix: `name the one that is meant in the course file, clouds, ${key}${alike ? ', by its id' : ''}`,
  }
}

function notShared(cloud: string, { id, name }: There): Fault {
  return {
    code: 'cloud-lacks',
    title: `the network ${name} of the cloud ${cloud} is not shared`,
    why: 'students could not put an instance on it, and bateau changes nothing that it did not make',
    fix: `share it, if that is meant: openstack network set --share ${id}; or remove clouds, direct`,
  }
}

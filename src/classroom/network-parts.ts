// Decides the parts that every network is made of: the network, its tag, its one subnet, the subnet's tag.
// Leaves which networks there are to base.
import { Address, Prefix } from '../core/prefix.ts'
import type { Clock } from '../cloud/clock.ts'
import type { Network, Subnet } from '../cloud/network.ts'
import { once } from '../cloud/once.ts'
import { sameOr } from './differs.ts'
import { describe, ours, tagOf } from './mark.ts'
import { type Part, put } from './parts.ts'
import type { Base } from './survey.ts'

export type WantedNetwork = {
  /** Of the network, and of its subnet. */
  name: string
  text: string
  /** Fields of POST /v2.0/networks, as Neutron names them. */
  network: Readonly<Record<string, unknown>>
  /** Null: a /64 of the subnet pool, and its first address, as the cloud gives them. */
  prefix: Prefix | null
  gateway: Address | null
  resolvers: readonly Address[]
  /** Fields of POST /v2.0/subnets; a function where one is known only from the state. */
  subnet: (state: Base) => Readonly<Record<string, unknown>>
}

export function networkParts(course: string, clock: Clock, wanted: WantedNetwork): Part<Base>[] {
  const { name } = wanted
  const find = (all: readonly Network[]) => ours(course, 'network', name, all)
  const description = describe(course, wanted.text)
  return [
    {
      name: `network ${name}`,
      there: (state) => find(state.networks) !== undefined,
      async make(cloud) {
        const made = await once(
          clock,
          () => cloud.network.createNetwork({ name, description, ...wanted.network }),
          async () => find(await cloud.network.networks()),
        )
        return (state) => put(state.networks, made)
      },
    },
    {
      name: 'its tag',
      there: (state) => find(state.networks)?.tags.includes(tagOf(course)) === true,
      async make(cloud, { networks }) {
        const network = sure(find(networks), name)
        await cloud.network.setTags('networks', network.id, [...network.tags, tagOf(course)])
        return (state) => put(state.networks, { ...network, tags: [...network.tags, tagOf(course)] })
      },
    },
    ...subnetParts(course, clock, wanted, (state) => find(state.networks)),
  ]
}

function subnetParts(
  course: string,
  clock: Clock,
  wanted: WantedNetwork,
  network: (state: Base) => Network | undefined,
): Part<Base>[] {
  const { name } = wanted
  const find = (all: readonly Subnet[]) => ours(course, 'subnet', name, all)
  const resolvers = wanted.resolvers.map(String)
  return [
    {
      name: wanted.prefix === null ? 'subnet' : `subnet ${wanted.prefix}`,
      there(state) {
        const subnet = find(state.subnets)
        if (subnet === undefined) return false
        sameOr('subnet', name, {
          network: [subnet.network_id, network(state)?.id],
          ...(wanted.prefix && { prefix: [canonical(subnet.cidr), String(wanted.prefix)] }),
          ...(wanted.gateway && {
            gateway: [subnet.gateway_ip && canonical(subnet.gateway_ip), String(wanted.gateway)],
          }),
        })
        return true
      },
      async make(cloud, now) {
        const fields = {
          name,
          description: describe(course, wanted.text),
          network_id: sure(network(now), name).id,
          ip_version: 6,
          ...(wanted.prefix ? { cidr: String(wanted.prefix) } : { prefixlen: 64 }),
          ...(wanted.gateway && { gateway_ip: String(wanted.gateway) }),
          dns_nameservers: resolvers,
          ...wanted.subnet(now),
        }
        const made = await once(
          clock,
          () => cloud.network.createSubnet(fields),
          async () => find(await cloud.network.subnets()),
        )
        return (state) => put(state.subnets, made)
      },
    },
    {
      name: 'its tag and resolvers',
      there(state) {
        const subnet = find(state.subnets)
        const same = subnet?.dns_nameservers.map(canonical).join() === resolvers.join()
        return same && (subnet?.tags ?? []).includes(tagOf(course))
      },
      async make(cloud, { subnets }) {
        const subnet = sure(find(subnets), name)
        const tags = [...new Set([...subnet.tags, tagOf(course)])]
        if (subnet.dns_nameservers.map(canonical).join() !== resolvers.join())
          await cloud.network.updateSubnet(subnet.id, { dns_nameservers: resolvers })
        await cloud.network.setTags('subnets', subnet.id, tags)
        return (state) => put(state.subnets, { ...subnet, tags, dns_nameservers: resolvers })
      },
    },
  ]
}

/** Parts are made in order, so what an earlier part made is there; if it is gone since, the task's repeat finds that. */
export function sure<T>(found: T | undefined, name: string): T {
  if (found === undefined) throw new RangeError(`${name} was there a moment ago`)
  return found
}

/** Neutron gives back addresses and prefixes in other forms than RFC 5952 at times. */
export function canonical(text: string): string {
  const read = text.includes('/') ? Prefix.parse(text) : Address.parse(text)
  return read.ok ? String(read.value) : text
}

// Decides which block a server is asked about when nobody names one, and which of its addresses nobody holds.
// Leaves trying them to delivery-arrivals. Pure but for the dice.
import { randomBytes } from 'node:crypto'
import type { HostState } from '../core/host-state.ts'
import { type Address, Prefix } from '../core/prefix.ts'
import type { BlockSource, Evidence } from './delivery-evidence.ts'

/** What the server shows of a block, the surest first. */
export function blockOf(
  named: Prefix | null,
  { leases, routes, addresses }: Pick<HostState, 'leases' | 'routes' | 'addresses'>,
  uplink: string,
  { routers, dhcp }: Pick<Evidence, 'routers' | 'dhcp'>,
): { block: Prefix | null; blockFrom: BlockSource | null } {
  const announced = routers.flatMap(({ prefixes }) => prefixes.map(({ prefix }) => prefix))
  const isForeign = (prefix: Prefix) => !announced.some((one) => one.overlaps(prefix))
  const found: [BlockSource, Prefix | undefined][] = [
    ['named', named ?? undefined],
    ['lease', leases[0]?.prefix],
    ['offer', dhcp.answer === 'offers' ? dhcp.prefixes[0]?.prefix : undefined],
    [
      'route',
      routes.find(
        ({ to, type }) =>
          type !== 'unicast' && to.length > 3 && to.length <= 64 && isGlobal(to.network) && isForeign(to),
      )?.to,
    ],
    ['address', ownNetwork(addresses, uplink, isForeign)],
    ['announced', announced.find(({ length }) => length <= 64)],
  ]
  const [blockFrom, block] = found.find(([, prefix]) => prefix !== undefined) ?? [null, undefined]
  return { block: block ?? null, blockFrom }
}

function ownNetwork(
  addresses: HostState['addresses'],
  uplink: string,
  isForeign: (prefix: Prefix) => boolean,
): Prefix | undefined {
  const static_ = addresses.filter(
    ({ scope, address, validSeconds }) => scope === 'global' && isGlobal(address) && validSeconds === null,
  )
  const [first] = static_.toSorted(
    (a, b) => Number(a.link === uplink) - Number(b.link === uplink) || a.length - b.length,
  )
  if (first === undefined) return undefined
  const network = prefixAt(first.address, first.length)
  return isForeign(network) ? network : undefined
}

/** One in the first, the middle and the last /64; two in a block of one. Random, so that nobody holds them. */
export function unownedOf(
  block: Prefix,
  { addresses, neighbours }: Pick<HostState, 'addresses' | 'neighbours'>,
): Address[] {
  const count = block.count(64)
  const places = count === 1n ? [0n, 0n] : [0n, count / 2n, count - 1n]
  const taken = new Set([...addresses, ...neighbours].map(({ address }) => address.bits))
  return [...places].map((n) => {
    for (;;) {
      const low = BigInt(`0x${randomBytes(8).toString('hex')}`)
      const address = (block.nth(64, n) ?? block).network.plus(low)
      if (!taken.has(address.bits)) return address
    }
  })
}

/** Global unicast (RFC 4291 section 2.4). */
const isGlobal = (address: Address): boolean => address.bits >> 125n === 1n
const prefixAt = (address: Address, length: number): Prefix => Prefix.at(address, length)

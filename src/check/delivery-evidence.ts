// Decides what is gathered of a server before anybody says how IPv6 reaches it.
// Leaves gathering to delivery-look, and judging to delivery-kind.
import type { LeaseState, UplinkManager } from '../core/host-state.ts'
import type { Address, Prefix } from '../core/prefix.ts'
import type { HostFacts } from '../core/site.ts'
import type { Answer } from '../wire/delegation.ts'
import type { HeardRouter } from '../wire/discovery.ts'
import type { Tried } from './arrival.ts'

/** Where the block that is asked about comes from: named by a person, or found on the server. */
export type BlockSource = 'named' | 'lease' | 'offer' | 'route' | 'address' | 'announced'

export type Dhcp =
  | { answer: 'not-asked'; why: string }
  /** Two questions, no answer. */
  | { answer: 'silent' }
  | Answer

export type Evidence = {
  facts: HostFacts
  manager: UplinkManager
  linkLocal: Address | null
  /** Global addresses of the uplink. `own`: made from an announcement (it has a lifetime). */
  addresses: readonly { address: Address; length: number; isMade: boolean }[]
  /** Next hops of default routes, as the server has them. */
  defaultVia: readonly Address[]
  leases: readonly LeaseState[]
  routers: readonly HeardRouter[]
  /** Why advertisements were discarded. */
  discarded: readonly string[]
  /** Link-local addresses of routers that answered a ping to all routers. */
  answering: readonly { router: Address; mac: string }[]
  block: Prefix | null
  blockFrom: BlockSource | null
  /** Addresses of the block that nobody holds, and how packets for them arrived. */
  tried: readonly Tried[]
  /** The same for an address that the server holds outside the block: shows that looking works. */
  control: Tried | null
  /** `ping`: from a place outside. `reflected`: sent from here with an address of the block, the reply watched for. */
  how:
    | { by: 'ping'; from: string }
    | { by: 'reflected'; target: Address; why: string }
    | { by: 'nothing'; why: string }
  /** An address outside the block that the router asked for whenever a packet for the block came. */
  nextHop: { address: Address; isHeld: boolean } | null
  dhcp: Dhcp
}

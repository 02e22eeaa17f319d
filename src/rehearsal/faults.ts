// Decides which faults there are, by name.
// Leaves what each does to faults/, and what should come of it to the drills.
import type { RehearsedFault } from './fault.ts'
import {
  advertisementShortLived,
  advertisementsLost,
  advertisementsWithdrawn,
} from './faults/announcement.ts'
import { absurdLifetimeAdvertised, badAdvertisements } from './faults/bad-advertisements.ts'
import { cablePulled, cardSwitchedOff, packetsLost } from './faults/cable.ts'
import {
  blockChanged,
  blockShrunk,
  delegationSilent,
  leaseLong,
  lifetimesEndless,
  timersAbsurd,
} from './faults/delegation.ts'
import { duidWrong } from './faults/duid.ts'
import { blockForgotten, neighbourPoisoned } from './faults/edge-memory.ts'
import {
  acceptRaReset,
  defaultRouteDeleted,
  firewallFlushed,
  forwardingOff,
  icmpv6Dropped,
  publicAddressRemoved,
  serviceAddressRemoved,
  slaacFlushed,
  tenantRouteRemoved,
} from './faults/kernel-state.ts'
import { strayRouterUp } from './faults/stray-router.ts'
import { agentKilled, clockJumped, ovnControllerStopped, rebooted } from './faults/system.ts'

export const faults = {
  'ra-withdrawn': advertisementsWithdrawn,
  'ra-lost': advertisementsLost,
  'ra-short-lived': advertisementShortLived,
  'ra-malformed': badAdvertisements,
  'ra-absurd': absurdLifetimeAdvertised,
  'stray-router': strayRouterUp,
  'slaac-flushed': slaacFlushed,
  'default-route-deleted': defaultRouteDeleted,
  'dhcpv6-silent': delegationSilent,
  'block-changed': blockChanged,
  'block-shrunk': blockShrunk,
  'lifetimes-endless': lifetimesEndless,
  'timers-absurd': timersAbsurd,
  'lease-long': leaseLong,
  'duid-wrong': duidWrong,
  'block-forgotten': blockForgotten,
  'neighbour-poisoned': neighbourPoisoned,
  'forwarding-off': forwardingOff,
  'accept-ra-reset': acceptRaReset,
  'public-address-removed': publicAddressRemoved,
  'service-address-removed': serviceAddressRemoved,
  'tenant-route-removed': tenantRouteRemoved,
  'firewall-flushed': firewallFlushed,
  'icmpv6-dropped': icmpv6Dropped,
  'packets-lost': packetsLost,
  'cable-pulled': cablePulled,
  'card-switched-off': cardSwitchedOff,
  rebooted,
  'clock-jumped': clockJumped,
  'agent-killed': agentKilled,
  'ovn-controller-stopped': ovnControllerStopped,
} satisfies Record<string, RehearsedFault>

export type FaultName = keyof typeof faults

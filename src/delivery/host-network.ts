// Decides the order in which a server becomes a router for its tenants: firewall, name, forwarding, uplink, inside.
// Leaves each part to its file, carrying it out to host/, and Open vSwitch to the engine.
import type { Site } from '../core/site.ts'
import type { HostStep } from '../core/step.ts'
import { dhcpv6Pd } from './dhcpv6-pd.ts'
import { firewallStep } from './firewall.ts'
import { forwardingStep } from './forwarding.ts'
import { nameStep } from './name.ts'
import { onLink } from './on-link.ts'
import { routed } from './routed.ts'
import { segmentsStep } from './segments.ts'
import type { UplinkPart } from './uplink-part.ts'
import { uplinkStep } from './uplink.ts'

/** The uplink's part for the kind of delivery that the course file names. */
export function uplinkPart(site: Site): UplinkPart {
  const { delivery } = site
  switch (delivery.kind) {
    case 'routed':
      return routed(site, delivery)
    case 'dhcpv6-pd':
      return dhcpv6Pd(site, delivery)
    case 'on-link':
      return onLink(site, delivery)
  }
}

/** The steps that give a server its IPv6, in order; all of it survives a reboot. */
export function hostNetwork(site: Site): HostStep[] {
  const part = uplinkPart(site)
  return [
    firewallStep(site),
    nameStep(site),
    forwardingStep(site),
    uplinkStep(site, part),
    segmentsStep(site),
  ]
}

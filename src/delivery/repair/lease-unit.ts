// Decides which systemd unit asks for the delegation of the block and renews it.
// Leaves its contents to the delivery.
import type { Site } from '../../core/site.ts'

/** Undefined where nothing is delegated. */
export function leaseUnit({ delivery, facts }: Site): string | undefined {
  if (delivery.kind !== 'dhcpv6-pd') return undefined
  switch (delivery.client) {
    case 'networkd':
      return 'systemd-networkd.service'
    case 'dhcpcd':
      return `bateau-dhcpcd-${facts.uplink.name}.service`
    case 'dhclient':
      return `bateau-dhclient-${facts.uplink.name}.service`
  }
}

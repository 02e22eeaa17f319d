// Decides which systemd unit asks for the delegation of the block and renews it.
// Leaves its contents to the delivery.
import type { Site } from '../../core/site.ts'
import { dhclientUnit } from '../dhclient.ts'
import { dhcpcdUnit } from '../dhcpcd.ts'

/** Undefined where nothing is delegated. */
export function leaseUnit({ delivery }: Site): string | undefined {
  if (delivery.kind !== 'dhcpv6-pd') return undefined
  switch (delivery.client) {
    case 'networkd':
      return 'systemd-networkd.service'
    case 'dhcpcd':
      return dhcpcdUnit
    case 'dhclient':
      return dhclientUnit
  }
}

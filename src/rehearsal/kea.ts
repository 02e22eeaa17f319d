// Decides whom the edge delegates a block to: the one DUID it belongs to, on the segment of its server (RFC 8415).
// Leaves routing the block to the client to edge-route, which Kea calls.
import { Secret } from '../core/secret.ts'
import type { RehearsalWorld } from './world.ts'

/** As the daemons see them, in the edge's own root. Kea 2.6.3 takes leases, scripts and hooks from its own directories only. */
export const edgePaths = {
  config: '/etc/bateau-edge',
  data: '/var/lib/kea',
  routes: '/var/lib/kea/routes',
  routeScript: '/usr/share/kea/scripts/bateau-edge-route.sh',
}

/**
 * Kea's configuration, secret as a whole since it holds the DUIDs; null when no block is delegated.
 * There is no pool: a DUID without a reservation is answered NoPrefixAvail (RFC 8415 section 18.3.9).
 */
export function keaConfig(world: RehearsalWorld): Secret | null {
  const subnet6 = world.servers.flatMap(({ delivery, segment, uplink }, i) =>
    delivery.kind === 'dhcpv6-pd'
      ? [
          {
            id: i + 1,
            subnet: uplink.toString(),
            interface: segment,
            'reservations-global': false,
            'reservations-in-subnet': true,
            'reservations-out-of-pool': true,
            reservations: [{ duid: spelled(delivery.duid.reveal()), prefixes: [delivery.block.toString()] }],
          },
        ]
      : [],
  )
  if (subnet6.length === 0) return null
  const { lease } = world.timing
  const config = {
    Dhcp6: {
      'interfaces-config': { interfaces: subnet6.map((subnet) => subnet.interface) },
      'lease-database': { type: 'memfile', persist: true, name: `${edgePaths.data}/leases6.csv` },
      'preferred-lifetime': lease.preferred,
      'valid-lifetime': lease.valid,
      'renew-timer': lease.renew,
      'rebind-timer': lease.rebind,
      'host-reservation-identifiers': ['duid'],
      'server-id': { type: 'LL', htype: 1, identifier: '02005e000001', persist: false },
      'hooks-libraries': [
        {
          library: 'libdhcp_run_script.so',
          parameters: { name: edgePaths.routeScript, sync: false },
        },
      ],
      subnet6,
      loggers: [{ name: 'kea-dhcp6', severity: 'INFO', 'output-options': [{ output: 'stdout' }] }],
    },
  }
  return new Secret(`${JSON.stringify(config, null, 2)}\n`)
}

/** Bytes with colons between, however the course file has them (Kea 2.6 ARM, host reservations). */
function spelled(duid: string): string {
  return (duid.toLowerCase().match(/[0-9a-f]{2}/g) ?? []).join(':')
}

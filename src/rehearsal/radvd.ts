// Decides what the edge announces on its segments (RFC 4861, RFC 4862).
// Leaves delegating prefixes to kea.
import { edgeLinkLocal, type RehearsalWorld, type RehearsedServer } from './world.ts'

/** radvd.conf, or null when no segment is announced on. */
export function radvdConfig(world: RehearsalWorld): string | null {
  const { min, max, lifetime } = world.timing.ra
  const announced = world.servers.filter((server) => server.announced)
  if (announced.length === 0) return null
  return announced
    .map(
      (server) => `interface ${server.segment} {
  AdvSendAdvert on;
  MinRtrAdvInterval ${min};
  MaxRtrAdvInterval ${max};
  AdvDefaultLifetime ${lifetime};
  AdvRASrcAddress { ${edgeLinkLocal}; };
  ${announcedPrefix(server)}
};
`,
    )
    .join('')
}

/** The segment's own /64, or what of the block is on the segment. SLAAC is for a /64 only. */
function announcedPrefix({ delivery, uplink }: RehearsedServer): string {
  const prefix = delivery.kind === 'on-link' || delivery.kind === 'slaac-only' ? delivery.block : uplink
  return `prefix ${prefix} { AdvOnLink on; AdvAutonomous ${prefix.length === 64 ? 'on' : 'off'}; };`
}

// Decides what the edge announces on its segments (RFC 4861, RFC 4862).
// Leaves delegating prefixes to kea.
import { edgeLinkLocal, type RehearsalWorld } from './world.ts'

/** Seconds. Short, so that a withdrawn router is noticed within one rehearsal; radvd.conf(5) wants lifetime >= interval. */
const interval = { min: 3, max: 10 }
const lifetime = 30

/** radvd.conf, or null when no segment is announced on. */
export function radvdConfig(world: RehearsalWorld): string | null {
  const announced = world.servers.filter((server) => server.announced)
  if (announced.length === 0) return null
  return announced
    .map(
      ({ segment, uplink }) => `interface ${segment} {
  AdvSendAdvert on;
  MinRtrAdvInterval ${interval.min};
  MaxRtrAdvInterval ${interval.max};
  AdvDefaultLifetime ${lifetime};
  AdvRASrcAddress { ${edgeLinkLocal}; };
  prefix ${uplink} { AdvOnLink on; AdvAutonomous on; };
};
`,
    )
    .join('')
}

// Decides what happens to a server's cable: pulled, lossy, or its card switched off.
// Leaves the cables of other servers alone.
import { dropTable, loadTable, scripted, tableOf } from '../fault.ts'

export const cablePulled = scripted(
  "the server's cable is pulled",
  'edge',
  ({ server }) => `ip link set ${server.port} down`,
  ({ server }) => `ip link set ${server.port} up`,
)

export const cardSwitchedOff = scripted(
  'the uplink is set down on the server',
  'card',
  ({ site }) => `ip link set ${site.facts.uplink.name} down`,
  ({ site }) => `ip link set ${site.facts.uplink.name} up`,
)

/** Percent of IPv6 packets from the server; IPv4 stays whole, so that the fault can be looked at from there. */
const lost = 30

export const packetsLost = scripted(
  `${lost} % of the server's IPv6 packets are lost on the way to the provider's router`,
  'edge',
  (places) =>
    loadTable(
      'netdev',
      tableOf('loss', places),
      `  chain in { type filter hook ingress device "${places.server.port}" priority 0; meta protocol ip6 numgen random mod 100 < ${lost} drop; }`,
    ),
  (places) => dropTable('netdev', tableOf('loss', places)),
)

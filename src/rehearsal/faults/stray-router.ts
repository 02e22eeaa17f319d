// Decides what a stray router is: another machine on the server's segment that announces itself as the better router and swallows what it gets.
// Leaves telling the right one from it to check/.
import { type FaultPlaces, must, type RehearsedFault } from '../fault.ts'
import { advertisement, sendScript } from './raw-advertisement.ts'

/** Its link-local address; the real router has fe80::1. */
export const strayRouter = 'fe80::bad'

/** Seconds: what a home router announces, and how often this one does. */
const lifetime = 1800
const every = 2

const namespaceOf = ({ world, server }: FaultPlaces) => `bateau-${world.name}-stray-${server.segment}`

export const strayRouterUp: RehearsedFault = {
  says: 'another machine on the segment announces itself as the preferred router, and forwards nothing',
  async inject(places) {
    const { world, server } = places
    const namespace = namespaceOf(places)
    const message = advertisement({ lifetime, preference: 'high' })
    await must(
      places.edge,
      `ip netns add ${namespace}
ip -n ${namespace} link set lo up alias ${world.mark}
ip link add stray-${server.segment} type veth peer name card netns ${namespace}
ip link set stray-${server.segment} master ${server.segment} up
ip -n ${namespace} link set card addrgenmode none
ip netns exec ${namespace} sysctl -qw net.ipv6.conf.card.disable_ipv6=0 net.ipv6.conf.card.accept_ra=0
ip -n ${namespace} link set card up
ip -n ${namespace} addr add ${strayRouter}/64 dev card nodad
ip netns exec ${namespace} setsid --fork perl - card ${every} ${message} >/dev/null 2>&1 <<'end'
${sendScript}
end
`,
    )
  },
  async clear(places) {
    const namespace = namespaceOf(places)
    const farewell = advertisement({ lifetime: 0 })
    await must(
      places.edge,
      `[ -e /run/netns/${namespace} ] || exit 0
for pid in $(ip netns pids ${namespace}); do kill "$pid" || true; done
ip netns exec ${namespace} perl - card 0 ${farewell} <<'end'
${sendScript}
end
ip link del stray-${places.server.segment}
ip netns del ${namespace}`,
    )
  },
}

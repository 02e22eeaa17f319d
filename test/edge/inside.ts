// Decides what stands in the place of instances on a server without the cloud: namespaces behind Linux bridges, each with sshd.
// Leaves the host network around them to delivery/, and what is proven with them to the tests.
import { Address } from '../../src/core/prefix.ts'
import type { Site } from '../../src/core/site.ts'

const mac = { direct: '02:00:5e:10:00:01', class: '02:00:5e:10:00:02' }

/**
 * Shell text (sh -e) of what the engine will make, with Linux bridges: br-ex with one neighbour that takes its address
 * by SLAAC, br-transit with a router that has one neighbour on a link with the tunnel's MTU. Each neighbour runs sshd.
 */
export function insideScript({ addressing }: Site): string {
  const { transit, tenants, tenantMtu } = addressing
  const [tenant] = tenants
  if (!transit || !tenant) throw new Error('the block has room for a tenant network')
  const six = (ns: string, device: string, ra: number) =>
    `for k in all.disable_ipv6=0 default.disable_ipv6=0 ${device}.disable_ipv6=0 ${device}.accept_ra=${ra}; do ip netns exec ${ns} sysctl -qw net.ipv6.conf.$k; done`
  return `
for n in direct router class; do ip netns add $n; ip -n $n link set lo up; done
ip link add br-ex type bridge mcast_snooping 0; ip link add br-transit type bridge mcast_snooping 0
ip link add tapd type veth peer name eth0 address ${mac.direct} netns direct; ip link set tapd master br-ex up
ip link add tapr type veth peer name gw netns router; ip link set tapr master br-transit up
ip -n router link add tenant type veth peer name eth0 address ${mac.class} netns class
${six('direct', 'eth0', 1)}; ${six('router', 'gw', 0)}; ${six('router', 'tenant', 0)}; ${six('class', 'eth0', 0)}
ip netns exec router sysctl -qw net.ipv6.conf.all.forwarding=1
ip -n class link set eth0 mtu ${tenantMtu}; ip -n router link set tenant mtu ${tenantMtu}
ip -n router addr add ${tenant.via}/64 dev gw nodad; ip -n router addr add ${tenant.prefix.host(1)}/64 dev tenant nodad
ip -n direct link set eth0 up; ip -n class link set eth0 up; ip -n router link set gw up; ip -n router link set tenant up
ip -n class addr add ${Address.eui64(tenant.prefix, mac.class)}/64 dev eth0 nodad
ip -n class route add default via ${tenant.prefix.host(1)}; ip -n router route add default via ${transit.host}
for n in direct class; do ip netns exec $n /usr/sbin/sshd -o PidFile=none </dev/null >/dev/null 2>&1; done`
}

/** Addresses of the two: the one on br-ex (SLAAC), and the one behind the router. */
export function insideAddresses({ addressing }: Site): { direct: Address; class: Address } {
  const [tenant] = addressing.tenants
  if (!tenant) throw new Error('the block has room for a tenant network')
  return {
    direct: Address.eui64(addressing.public.prefix, mac.direct),
    class: Address.eui64(tenant.prefix, mac.class),
  }
}

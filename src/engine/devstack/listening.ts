// Decides where the control plane listens: on ::1 where a server is a cloud of its own, else on its service address.
// Leaves who may reach that address to delivery/'s firewall, and people's way in to the front.
import type { Address } from '../../core/prefix.ts'
import type { Site } from '../../core/site.ts'
import type { Assignment } from '../../render/local-conf.ts'
import type { Node } from './node.ts'

/** URL form of an IPv6 literal (RFC 3986 section 3.2.2), which is how DevStack takes these. */
const literal = (address: Address | string) => `[${String(address)}]`

const consolesOnLoopback: Assignment[] = [
  { name: 'VNCSERVER_LISTEN', value: '::1', why: 'Consoles of instances have no password.' },
  { name: 'VNCSERVER_PROXYCLIENT_ADDRESS', value: '::1', why: 'Where the console proxy finds them.' },
]

export function listening(site: Site, node: Node): Assignment[] {
  const own = String(site.addressing.service)
  const common = [
    {
      name: 'HOST_IP',
      value: '127.0.0.1',
      why: 'stack.sh stops without an IPv4 address; with everything below on IPv6 it is shown and not used.',
    },
    { name: 'HOST_IPV6', value: own, why: 'The service address of this server.' },
    { name: 'SERVICE_IP_VERSION', value: '6', why: 'Services talk to each other by IPv6.' },
    {
      name: 'TUNNEL_IP_VERSION',
      value: '6',
      why: 'Tunnels between servers go by IPv6; also what the MTU of networks is reckoned from.',
    },
  ]
  switch (node.role) {
    case 'all-in-one':
      return [
        ...common,
        { name: 'SERVICE_HOST', value: '[::1]', why: 'Nothing of the control plane faces a network.' },
        {
          name: 'SERVICE_LISTEN_ADDRESS',
          value: '[::1]',
          why: 'The default is every address: MySQL, OVN and consoles without a password.',
        },
        ...consolesOnLoopback,
      ]
    case 'controller':
      return [
        ...common,
        {
          name: 'SERVICE_LISTEN_ADDRESS',
          value: literal(own),
          why: 'Compute nodes come here; the firewall lets nobody else.',
        },
        ...consolesOnLoopback,
      ]
    case 'compute':
      return [
        ...common,
        {
          name: 'SERVICE_HOST',
          value: literal(node.controller.address),
          why: 'The controller.',
        },
        { name: 'DATABASE_TYPE', value: 'mysql', why: 'As on the controller; nothing of it runs here.' },
        {
          name: 'RABBIT_HOST',
          value: literal(node.controller.address),
          why: "The controller's message queue.",
        },
        {
          name: 'VNCSERVER_LISTEN',
          value: own,
          why: "The controller's console proxy comes here; the firewall lets nobody else.",
        },
        { name: 'VNCSERVER_PROXYCLIENT_ADDRESS', value: own, why: 'Where that proxy finds it.' },
      ]
  }
}

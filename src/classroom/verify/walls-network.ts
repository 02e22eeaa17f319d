// Decides the walls of Neutron: networks, ports, routers and rules of others, and what would open a network to everybody.
// Leaves those of the other services to their files, and what an answer means to wall.
import type { ServiceCall } from '../../cloud/session.ts'
import type { DecoyPart } from './decoy.ts'
import { throughName, verifyText } from './mark.ts'
import { foreignIn, type Target, type Wall } from './wall.ts'

const call = (method: ServiceCall['method'], path: string, json?: object): ServiceCall => ({
  service: 'network',
  what: `${method} ${path}`,
  method,
  path,
  ...(json === undefined ? {} : { json }),
})

/** Read, change and delete of one thing that is another's. */
function thing(part: DecoyPart, kind: string, word: string) {
  const path = ({ decoy }: Target) => `/${kind.replaceAll('_', '-')}s/${decoy[part] ?? ''}`
  const wall = (deed: string, name: string, tried: Wall['call']): Wall => ({
    name: `${part}-${name}`,
    deed: `${deed} another's ${word}`,
    about: [part],
    call: tried,
  })
  return {
    get: wall('see', 'get', (target) => call('GET', path(target))),
    change: wall('change', 'change', (target) =>
      call('PUT', path(target), { [kind]: { name: throughName(target.course) } }),
    ),
    remove: wall('delete', 'delete', (target) => call('DELETE', path(target))),
  }
}

const network = thing('network', 'network', 'network')
const subnet = thing('subnet', 'subnet', 'subnet')
const port = thing('port', 'port', 'port')
const router = thing('router', 'router', 'router')
const group = thing('group', 'security_group', 'security group')
const rule = thing('rule', 'security_group_rule', 'rule')

const described = ({ course }: Target, fields: object) => ({
  name: throughName(course),
  description: verifyText(course, 'let through'),
  ...fields,
})

/**
 * Networks that are shared with all or lead outside are everybody's; DHCP's ports on a network of one's own have no
 * project, and its router's interface is the administrator's where the group shares a router.
 */
const listed =
  (kind: string) =>
  (json: unknown, { decoy, other, me, networks }: Target) =>
    foreignIn(json, kind, (one) => {
      const { id, project_id: owner, network_id: network } = one
      const onOwn = networks.some((each) => each.id === network && each.project_id === me.projectId)
      if (id === other?.id || Object.values(decoy).some((part) => part === id)) return true
      return kind !== 'networks' && owner !== '' && owner !== me.projectId && !onOwn
    })

const list = (name: string, kind: string, deed: string, part: DecoyPart): Wall => ({
  name,
  deed,
  about: [part],
  call: () => call('GET', `/${kind.replaceAll('_', '-')}`),
  foreign: listed(kind),
})

export const networkWalls: readonly Wall[] = [
  list('network-list', 'networks', "see another's network, or another group's, in the list", 'network'),
  list('port-list', 'ports', "see another's port in the list", 'port'),
  list('group-list', 'security_groups', "see another's security group in the list", 'group'),
  ...[network, subnet, port, router, group, rule].map(({ get }) => get),
  ...[network, subnet, port, router, group].map(({ change }) => change),
  {
    name: 'port-add',
    deed: 'make a port on a network of another',
    about: ['network'],
    call: (target) =>
      call('POST', '/ports', { port: described(target, { network_id: target.decoy.network }) }),
  },
  {
    name: 'port-on-group',
    deed: 'make a port on the network of another group',
    about: [],
    call: (target) =>
      target.other === null
        ? null
        : call('POST', '/ports', { port: described(target, { network_id: target.other.id }) }),
  },
  {
    name: 'port-unguarded',
    deed: 'switch off the anti-spoofing of a port on the class network',
    about: [],
    call: (target) =>
      target.own === null
        ? null
        : call('POST', '/ports', {
            port: described(target, { network_id: target.own.id, port_security_enabled: false }),
          }),
  },
  {
    name: 'subnet-add',
    deed: 'make a subnet on a network of another',
    about: ['network'],
    call: (target) =>
      call('POST', '/subnets', {
        subnet: described(target, {
          network_id: target.decoy.network,
          ip_version: 6,
          cidr: 'fd62:6174:6561:7501::/64',
          enable_dhcp: false,
        }),
      }),
  },
  {
    name: 'router-plug',
    deed: "plug another's router into a subnet",
    about: ['router', 'subnet'],
    call: ({ decoy }) =>
      call('PUT', `/routers/${decoy.router ?? ''}/add_router_interface`, { subnet_id: decoy.subnet }),
  },
  {
    name: 'rule-add',
    deed: "open another's security group",
    about: ['group'],
    call: ({ course, decoy }) =>
      call('POST', '/security-group-rules', {
        security_group_rule: {
          security_group_id: decoy.group,
          direction: 'ingress',
          ethertype: 'IPv6',
          protocol: 'udp',
          port_range_min: 9,
          port_range_max: 9,
          description: verifyText(course, 'let through'),
        },
      }),
  },
  {
    name: 'network-share',
    deed: 'share a network of another with oneself',
    about: ['network'],
    barredByQuota: true,
    call: ({ decoy, me }) =>
      call('POST', '/rbac-policies', {
        rbac_policy: {
          object_type: 'network',
          object_id: decoy.network,
          action: 'access_as_shared',
          target_tenant: me.projectId,
        },
      }),
  },
  {
    name: 'network-for-all',
    deed: 'make a network that everybody sees',
    about: [],
    call: (target) => call('POST', '/networks', { network: described(target, { shared: true }) }),
  },
  {
    name: 'quota-network-own',
    deed: 'set the own quota of ports (the value that it has)',
    about: [],
    call: ({ me, quota }) =>
      quota === null ? null : call('PUT', `/quotas/${me.projectId}`, { quota: { port: quota.ports } }),
  },
  {
    name: 'quota-network-other',
    deed: "raise another's quota of ports",
    about: ['project'],
    call: ({ decoy }) => call('PUT', `/quotas/${decoy.project ?? ''}`, { quota: { port: 51 } }),
  },
  ...[rule, group, port, subnet, router, network].map(({ remove }) => remove),
]

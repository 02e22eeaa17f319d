// Decides Open vSwitch on the server, whatever engine it has: who the chassis is, the bridges, where frames are forwarded.
// Leaves the addresses of br-ex and br-transit to delivery/'s networkd units, OVN's databases to each engine.
import { bridges, physnets, type Site, switchLinks, taps } from '../core/site.ts'
import { command, file, shell, type HostStep } from '../core/step.ts'
import { active, dropIn } from './units.ts'

/** Where frames are forwarded: in the kernel, or by ovs-vswitchd itself where the kernel has no openvswitch. */
export const datapath = (site: Site): 'system' | 'netdev' => (site.facts.ovsKernel ? 'system' : 'netdev')

/** Bridges that carry a physnet: instances directly, and the gateways of tenant routers where the block has room. */
export function outerBridges(site: Site): { bridge: string; physnet: string }[] {
  return [
    { bridge: bridges.public, physnet: physnets.public },
    ...(site.addressing.transit ? [{ bridge: bridges.transit, physnet: physnets.transit }] : []),
  ]
}

/** As OVN and DevStack take them: `public:br-ex,transit:br-transit`. */
export const bridgeMappings = (site: Site): string =>
  outerBridges(site)
    .map(({ bridge, physnet }) => `${physnet}:${bridge}`)
    .join(',')

/** TCP ports on ::1 of Open vSwitch's database and of OVN's, as in their manual pages. */
export const switchPorts = { ovsdb: 6640, ovnNorthbound: 6641, ovnSouthbound: 6642 } as const

/** Bytes that a tunnel adds: an IPv6 header; and UDP (8), Geneve with OVN's option (16), inner Ethernet (14), spare 20. */
export const geneve = { outer: 40, header: 58 } as const

/** Units that must run for frames to be forwarded and networks to be wired, in the order in which they start. */
export const switchUnits = [
  'ovsdb-server.service',
  'ovs-vswitchd.service',
  'ovn-ovsdb-server-nb.service',
  'ovn-ovsdb-server-sb.service',
  'ovn-northd.service',
  'ovn-controller.service',
] as const

export function switchStep(site: Site, after: readonly string[]): HostStep {
  const all = [bridges.integration, ...outerBridges(site).map(({ bridge }) => bridge)]
  const settings = {
    'external_ids:hostname': site.name,
    'external_ids:ovn-remote': `tcp:[::1]:${switchPorts.ovnSouthbound}`,
    'external_ids:ovn-encap-type': 'geneve',
    'external_ids:ovn-encap-ip': String(site.addressing.service),
    'external_ids:ovn-bridge': bridges.integration,
    'external_ids:ovn-bridge-datapath-type': datapath(site),
    'external_ids:ovn-bridge-mappings': bridgeMappings(site),
    'external_ids:ovn-cms-options': 'enable-chassis-as-gw',
    // In user space, TCP of instances dies on partial checksums without it. Read once, when ovs-vswitchd starts.
    'other_config:userspace-tso-enable': String(datapath(site) === 'netdev'),
  }
  const set = Object.entries(settings).map(([name, value]) => `${name}="${value}"`)
  return {
    id: 'openstack/ovs',
    title: 'Open vSwitch: chassis and bridges',
    because:
      datapath(site) === 'system'
        ? 'instances are plugged into br-int; the kernel forwards'
        : 'instances are plugged into br-int; the kernel has no openvswitch, so it forwards in user space',
    files: [
      // Ports are bound to this name: another one after a restart, and everything looks up while nothing passes.
      file('/etc/openvswitch/system-id.conf', site.name),
      // Interfaces of instances and of the switch itself are no interfaces of the host's: without this each gets
      // a link-local address and hears the instances' router advertisements.
      file(
        '/etc/sysctl.d/80-bateau-switch.conf',
        [taps, ...switchLinks].map((name) => `-net.ipv6.conf.${name}.disable_ipv6 = 1`).join('\n'),
      ),
      dropIn({ unit: 'ovsdb-server.service' }),
      dropIn({ unit: 'ovs-vswitchd.service' }),
    ],
    run: [
      command('systemctl', 'daemon-reload'),
      shell('systemctl is-enabled --quiet openvswitch-switch || systemctl enable --quiet openvswitch-switch'),
      command('systemctl', 'start', 'ovsdb-server.service'),
      shell(`wanted='${settings['other_config:userspace-tso-enable']}'
have=$(ovs-vsctl --no-wait --if-exists get Open_vSwitch . other_config:userspace-tso-enable | tr -d '"')
id=$(ovs-vsctl --no-wait --if-exists get Open_vSwitch . external_ids:system-id | tr -d '"')
ovs-vsctl --no-wait set Open_vSwitch . external_ids:system-id=${site.name} ${set.map((one) => `'${one}'`).join(' ')}
if [ "\${have:-false}" != "$wanted" ] || [ "$id" != ${site.name} ]; then systemctl try-restart ovs-vswitchd.service; fi`),
      { ...command('systemctl', 'start', 'openvswitch-switch.service'), idleSeconds: 330 },
      // os-vif (as nova) and Neutron talk to it over loopback TCP: the socket is root's.
      command('ovs-vsctl', '--timeout=60', 'set-manager', `ptcp:${switchPorts.ovsdb}:[::1]`),
      command(
        'ovs-vsctl',
        '--timeout=60',
        ...all.flatMap((bridge) => [
          '--',
          '--may-exist',
          'add-br',
          bridge,
          '--',
          'set',
          'Bridge',
          bridge,
          `datapath_type=${datapath(site)}`,
        ]),
        '--',
        'set',
        'Bridge',
        bridges.integration,
        'fail-mode=secure',
        'other-config:disable-in-band=true',
        // A port of a bridge gets the bridge's smallest MTU unless it asks; the host sends Packet Too Big from here.
        ...(site.addressing.transit
          ? ['--', 'set', 'Interface', bridges.transit, `mtu_request=${site.addressing.tenantMtu}`]
          : []),
      ),
      shell('/usr/lib/systemd/systemd-sysctl /etc/sysctl.d/80-bateau-switch.conf'),
    ],
    verify: [
      ...active('ovsdb-server.service', 'ovs-vswitchd.service'),
      ...all.map((bridge) => command('ovs-vsctl', '--timeout=10', 'br-exists', bridge)),
      shell(
        `test "$(ovs-vsctl --timeout=10 get Open_vSwitch . external_ids:system-id | tr -d '"')" = ${site.name}`,
      ),
    ],
    after,
  }
}

// Decides the inside of a server: br-ex and br-transit, their addresses, and the routes to tenant networks.
// Leaves making the bridges to the engine (Open vSwitch); systemd-networkd configures them whenever they appear.
import { bridges, type Site } from '../core/site.ts'
import { command, type Command, type HostStep, type RenderedFile } from '../core/step.ts'
import { networkFile, type NetworkSection } from '../render/networkd.ts'
import { section, type Setting } from '../render/systemd-unit.ts'
import { shows, type Expectation } from './expectation.ts'

const comment = ['Written by bateau.']

/** Bridges come late, or never (a server without instances): boot does not wait for them. */
const notForBoot = section('Link', ['RequiredForOnline', false])

/** An inside segment: addresses stand whether or not something is plugged in; the host listens to no router there. */
const insideNetwork: readonly Setting[] = [
  ['LinkLocalAddressing', 'ipv6'],
  ['IPv6AcceptRA', false],
  ['DHCP', false],
  ['ConfigureWithoutCarrier', true],
  ['IgnoreCarrierLoss', true],
]

/** Instances on br-ex get their address from this host's router advertisement (RFC 4861, RFC 4862; DNS: RFC 8106). */
export function publicFile(site: Site): RenderedFile {
  const { prefix, host } = site.addressing.public
  const resolvers = site.resolvers.map(String)
  return networkFile(`20-bateau-${bridges.public}`, comment, [
    section('Match', ['Name', bridges.public]),
    notForBoot,
    section('Network', ...insideNetwork, ['IPv6SendRA', true]),
    section('Address', ['Address', `${host}/${prefix.length}`]),
    section(
      'IPv6SendRA',
      // Over a Neutron router that someone attaches to this network, and that would announce itself too.
      ['RouterPreference', 'high'],
      ['EmitDNS', resolvers.length > 0],
      ...(resolvers.length > 0 ? [['DNS', resolvers.join(' ')] as const] : []),
      ['EmitDomains', false],
    ),
    section('IPv6Prefix', ['Prefix', String(prefix)], ['AddressAutoconfiguration', true], ['OnLink', true]),
  ])
}

/** Gateways of tenant routers; the host's routes to tenant networks. Undefined for a block too small for any. */
export function transitFile(site: Site): RenderedFile | undefined {
  const { transit, tenants, tenantMtu } = site.addressing
  if (transit === null) return undefined
  const routes: NetworkSection[] = tenants.map(({ prefix, via }) =>
    section('Route', ['Destination', String(prefix)], ['Gateway', String(via)], ['GatewayOnLink', true]),
  )
  return networkFile(`20-bateau-${bridges.transit}`, comment, [
    section('Match', ['Name', bridges.transit]),
    notForBoot,
    // OVN's routers send no Packet Too Big for the tunnel behind them: the host does, as the last router that knows.
    section('Network', ...insideNetwork, ['IPv6MTUBytes', tenantMtu]),
    section('Address', ['Address', `${transit.host}/${transit.prefix.length}`]),
    ...routes,
  ])
}

/** Everything else that Open vSwitch and libvirt make: no file of the distribution with a broad match may configure it. */
const unmanagedFile = networkFile('04-bateau-unmanaged', comment, [
  section('Match', ['Name', `${bridges.integration} ovs-netdev ovs-system genev_sys_* tap*`]),
  section('Link', ['Unmanaged', true]),
])

export function segmentsStep(site: Site): HostStep {
  const transit = transitFile(site)
  return {
    id: 'network/segments',
    title: 'Inside segments',
    because: `${site.addressing.public.prefix} is for instances directly on the server${transit ? ', tenant networks lie behind the transit segment' : ''}; networkd gives the bridges their addresses whenever Open vSwitch makes them`,
    files: [publicFile(site), ...(transit ? [transit] : []), unmanagedFile],
    run: [
      command('networkctl', 'reload'),
      ...[bridges.public, ...(transit ? [bridges.transit] : [])].map(reconfigureIfThere),
      settled(site),
    ],
    verify: segmentsExpectations(site).map((expectation) => onlyIfThere(expectation)),
  }
}

export type SegmentExpectation = Expectation & { link: string }

export function segmentsExpectations(site: Site): SegmentExpectation[] {
  const { transit, tenants } = site.addressing
  const on = (
    link: string,
    address: string,
    length: number,
    id: string,
    why: string,
  ): SegmentExpectation => ({
    id,
    link,
    title: `${site.name} has ${address}/${length} on ${link}`,
    command: shows(
      `ip -6 -o addr show dev ${link} -tentative to ${address} 2>/dev/null`,
      `ip -6 -o addr show dev ${link} 2>&1 | grep . || echo "${link} has no IPv6 address"`,
    ),
    why,
    fix: `on ${site.name}: networkctl reload && networkctl reconfigure ${link}`,
  })
  return [
    on(
      bridges.public,
      String(site.addressing.public.host),
      site.addressing.public.prefix.length,
      'network/public-segment',
      'it is the gateway of instances on the network `direct`; a restart of Open vSwitch makes the bridge anew',
    ),
    ...(transit
      ? [
          on(
            bridges.transit,
            String(transit.host),
            transit.prefix.length,
            'network/transit-segment',
            'the gateways of tenant routers are neighbours there; a restart of Open vSwitch makes the bridge anew',
          ),
        ]
      : []),
    ...tenants.map(({ name, prefix, via }): SegmentExpectation => ({
      id: `network/route/${name}`,
      link: bridges.transit,
      title: `${site.name} routes ${prefix} to ${name}`,
      command: shows(
        `ip -6 route show exact ${prefix} via ${via} dev ${bridges.transit} 2>/dev/null`,
        `ip -6 route get ${prefix.host(1)} 2>&1`,
      ),
      why: 'Neutron announces no routes here: without it replies to instances of the group end at the server',
      fix: `on ${site.name}: networkctl reload && networkctl reconfigure ${bridges.transit}`,
      dependsOn: ['network/transit-segment'],
    })),
  ]
}

function reconfigureIfThere(link: string): Command {
  return { argv: ['sh', '-c', `! test -e /sys/class/net/${link} || networkctl reconfigure ${link}`] }
}

/** Before the engine has made the bridges there is nothing to verify on them. */
function onlyIfThere({ link, command: { argv } }: SegmentExpectation): Command {
  const [program, ...rest] = argv
  return { argv: ['sh', '-c', `test -e /sys/class/net/${link} || exit 0; exec "$@"`, 'sh', program, ...rest] }
}

/** networkd answers `reconfigure` before it has done; duplicate address detection takes about 2 s more. */
function settled(site: Site): Command {
  const tests = segmentsExpectations(site).map((expectation) => onlyIfThere(expectation).argv)
  const script = `i=0
until sh "$@"; do i=$((i + 1)); [ $i -le 20 ] || exit 1; sleep 1; done`
  const all = tests.map((argv) => argv.map(singleQuoted).join(' ')).join(' && ')
  return { argv: ['sh', '-ec', script, 'sh', '-c', all], idleSeconds: 60 }
}

const singleQuoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

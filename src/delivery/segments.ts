// Decides the inside of a server: br-ex and br-transit, their addresses, and the routes to tenant networks.
// Leaves making the bridges to the engine (Open vSwitch); systemd-networkd configures them whenever they appear.
import type { Address } from '../core/prefix.ts'
import { bridges, routedOf, type Site, switchLinks, taps } from '../core/site.ts'
import { command, type Command, type HostStep, type RenderedFile } from '../core/step.ts'
import { networkFile, type NetworkSection } from '../render/networkd.ts'
import { section, type Setting } from '../render/systemd-unit.ts'

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
    section('Address', ['Address', `${host}/${prefix.length}`], ...overUplink(site)),
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

/** An on-link block may be a prefix of the uplink too, as announced or as the provider's installer wrote it: br-ex goes first. */
const overUplink = (site: Site): Setting[] => (site.delivery.kind === 'on-link' ? [['RouteMetric', 128]] : [])

/** Gateways of tenant routers; the host's routes to tenant networks. Undefined for a block too small for any. */
export function transitFile(site: Site): RenderedFile | undefined {
  const { transit, tenantMtu } = site.addressing
  if (transit === null) return undefined
  const routes: NetworkSection[] = routedOf(site.addressing).map(({ prefix, via }) =>
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

/**
 * Everything else that Open vSwitch and libvirt make: no file of the distribution with a broad match may configure it,
 * and the host neither has an address there nor hears instances' router advertisements.
 */
const unmanagedFile = (site: Site): RenderedFile =>
  networkFile('04-bateau-unmanaged', comment, [
    section('Match', ['Name', [...switchLinks, ...(site.facts.ovsKernel ? [taps] : [])].join(' ')]),
    section('Link', ['Unmanaged', true]),
  ])

/**
 * Open vSwitch in user space opens a tap the moment it appears, while libvirt sets it up, and writes back the flags that
 * it read before, with IFF_PROMISC (lib/netdev-linux.c, update_flags, 3.5): now and then IFF_UP is lost, and the instance
 * is cut off for good. networkd sets it again (systemd.network(5), ActivationPolicy=, since 248).
 */
const tapsFile = networkFile('04-bateau-taps', comment, [
  section('Match', ['Name', taps]),
  section('Link', ['RequiredForOnline', false], ['ActivationPolicy', 'always-up']),
  section(
    'Network',
    ['LinkLocalAddressing', false],
    ['IPv6AcceptRA', false],
    ['DHCP', false],
    ['KeepMaster', true],
  ),
])

export function segmentsStep(site: Site): HostStep {
  const transit = transitFile(site)
  return {
    id: 'network/segments',
    title: 'Inside segments',
    because: `${site.addressing.public.prefix} is for instances directly on the server${transit ? ', tenant networks lie behind the transit segment' : ''}; networkd gives the bridges their addresses whenever Open vSwitch makes them`,
    files: [
      publicFile(site),
      ...(transit ? [transit] : []),
      unmanagedFile(site),
      ...(site.facts.ovsKernel ? [] : [tapsFile]),
    ],
    run: [
      command('networkctl', 'reload'),
      ...[bridges.public, ...(transit ? [bridges.transit] : [])].map(reconfigureIfThere),
      settled(site, 20, 'exit 1'),
    ],
    verify: [settled(site, 5, 'break'), ...standing(site)],
  }
}

/** The addresses and routes of the bridges that are there; before the engine has made them there is nothing to verify. */
function standing(site: Site): Command[] {
  const { public: direct, transit } = site.addressing
  const address = (link: string, host: Address) => `ip -6 -o addr show dev ${link} -tentative to ${host}`
  return [
    onlyIfThere(bridges.public, address(bridges.public, direct.host)),
    ...(transit ? [onlyIfThere(bridges.transit, address(bridges.transit, transit.host))] : []),
    ...routedOf(site.addressing).map(({ prefix, via }) =>
      onlyIfThere(bridges.transit, `ip -6 route show exact ${prefix} via ${via} dev ${bridges.transit}`),
    ),
  ]
}

function onlyIfThere(link: string, shows: string): Command {
  return { argv: ['sh', '-c', `test ! -e /sys/class/net/${link} || ${shows} | grep -q .`] }
}

function reconfigureIfThere(link: string): Command {
  return { argv: ['sh', '-c', `! test -e /sys/class/net/${link} || networkctl reconfigure ${link}`] }
}

/**
 * networkd answers `reconfigure` before it has done, and a bridge that Open vSwitch made a moment ago is not done either;
 * duplicate address detection takes about 2 s more. Waits for so many seconds, then does `otherwise`.
 */
function settled(site: Site, seconds: number, otherwise: string): Command {
  const tests = standing(site).map(({ argv }) => argv)
  const script = `i=0
until sh "$@"; do i=$((i + 1)); [ $i -le ${seconds} ] || ${otherwise}; sleep 1; done`
  const all = tests.map((argv) => argv.map(singleQuoted).join(' ')).join(' && ')
  return { argv: ['sh', '-ec', script, 'sh', '-c', all], idleSeconds: 60 }
}

const singleQuoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

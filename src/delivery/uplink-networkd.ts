// Decides what systemd-networkd is told of the uplink: a drop-in to the file that configures it, or a file of bateau's own.
// Leaves what a delivery adds to it to the delivery, and an uplink of ifupdown to uplink-kernel.
import type { Site } from '../core/site.ts'
import { command, type Command, type RenderedFile } from '../core/step.ts'
import { networkDropIn, networkFile, secretive, type NetworkSection } from '../render/networkd.ts'
import { section } from '../render/systemd-unit.ts'
import { blackholeMetric, serviceOnUplink, type Holding, type UplinkPart } from './uplink-part.ts'

/** Name of bateau's own .network file for an uplink that nothing configures. Sorts before the files of distributions. */
const ownNetwork = (site: Site) => `05-bateau-${site.facts.uplink.name}`

export const ownNetworkFile = (site: Site) => `/etc/systemd/network/${ownNetwork(site)}.network`

/** The file that configures the uplink, by netplan or by hand; null when networkd has none. */
function configuredBy({ facts }: Site): string | null {
  return facts.netplanId === null ? (facts.networkFile ?? null) : `10-netplan-${facts.netplanId}`
}

export function byNetworkd(site: Site, part: UplinkPart): Holding {
  const uplink = site.facts.uplink.name
  const guard: Command[] =
    configuredBy(site) === null ? [{ argv: ['sh', '-ec', takeover, 'sh', uplink, ownNetwork(site)] }] : []
  return {
    files: [uplinkFile(site, part)],
    guard,
    run: [command('networkctl', 'reload'), command('networkctl', 'reconfigure', uplink)],
    verify: [],
  }
}

/**
 * With netplan: a drop-in to the .network file that netplan writes to /run; it stands after each `netplan apply`,
 * as that only rewrites /run/systemd/network/10-netplan-*. The same for a file of the user's. Without any: a file of our
 * own, in which networkd keeps every address and route it finds (KeepConfiguration=), so that a person's IPv4 stays.
 */
function uplinkFile(site: Site, part: UplinkPart): RenderedFile {
  const comment = ['Written by bateau.', `${part.because}.`]
  const network = [
    ...part.networkd.network,
    ...(part.gateway === 'ra' ? [['IPv6AcceptRA', true] as const] : []),
  ]
  const sections = [...part.networkd.sections, ...routes(site, part), ...addresses(site, part)]
  const theirs = configuredBy(site)
  if (theirs !== null)
    return networkDropIn(theirs, '50-bateau', comment, [
      ...(network.length > 0 ? [section('Network', ...network)] : []),
      ...sections,
    ])
  return secretive(
    networkFile(ownNetwork(site), comment, [
      section('Match', ['Name', site.facts.uplink.name]),
      section('Network', ['KeepConfiguration', true], ...network),
      ...sections,
    ]),
  )
}

/**
 * networkd puts an unreachable route with a delegation by itself, but 257 takes it away again when another link is
 * configured (a bridge that Open vSwitch makes); one that a file names stays. The metric keeps the two apart.
 */
function routes(site: Site, { gateway }: UplinkPart): NetworkSection[] {
  return [
    ...(gateway === 'ra'
      ? []
      : // On-link: a gateway outside every prefix of the link (fe80::1 at Hetzner) is reached all the same.
        [section('Route', ['Gateway', String(gateway)], ['GatewayOnLink', true])]),
    section(
      'Route',
      ['Destination', String(site.delivery.block)],
      ['Type', 'unreachable'],
      ['Metric', blackholeMetric],
    ),
  ]
}

/**
 * On the uplink and not on lo: networkd puts the `unreachable` route of a delegation on lo, and would take it away
 * with every reconfiguration of an lo that it manages.
 */
function addresses(site: Site, part: UplinkPart): NetworkSection[] {
  const service = serviceOnUplink(site) ? [`${site.addressing.service}/128`] : []
  return [...part.addresses, ...service].map((address) => section('Address', ['Address', address]))
}

/**
 * Refuses to take an uplink from a manager that would fight for it, or whose .network file ours would replace,
 * IPv4 and all.
 */
const takeover = `uplink=$1 own=$2
if systemctl -q is-active NetworkManager && ! nmcli -g GENERAL.STATE device show "$uplink" | grep -q unmanaged; then
  echo "NetworkManager manages $uplink: bateau needs systemd-networkd there (nmcli device set $uplink managed no, after moving its IPv4)" >&2
  exit 1
fi
used=$(networkctl status --no-pager "$uplink" 2>/dev/null | sed -n 's/^ *Network File: *//p')
case $used in
  ''|n/a|*/"$own".network) ;;
  *) echo "$used configures $uplink: bateau's own file would replace it, with its IPv4. Run the same command again: its file is then added to" >&2; exit 1 ;;
esac
systemctl enable --now systemd-networkd`

// Decides where the uplink's settings go, and how they are put into force without touching its IPv4.
// Leaves what they say to routed and dhcpv6-pd. The uplink never becomes a bridge port.
import type { Prefix } from '../core/prefix.ts'
import type { Site } from '../core/site.ts'
import { command, type Command, type HostStep, type RenderedFile } from '../core/step.ts'
import { networkDropIn, networkFile, secretive, type NetworkSection } from '../render/networkd.ts'
import { section, type Setting } from '../render/systemd-unit.ts'

/** What one kind of delivery asks of the uplink, and of the rest of the host. */
export type UplinkPart = {
  because: string
  /** Settings for [Network], and further sections. */
  network: readonly Setting[]
  sections: readonly NetworkSection[]
  /** Put into force: must end when the block is there, or say why not. */
  arrive: Command
  verify: readonly Command[]
}

/** Name of bateau's own .network file for an uplink that no netplan manages. Sorts before the files of distributions. */
const ownNetwork = (site: Site) => `05-bateau-${site.facts.uplink.name}`

/**
 * With netplan: a drop-in to the .network file that netplan writes to /run; it stands after each `netplan apply`,
 * as that only rewrites /run/systemd/network/10-netplan-*. Without: a file of our own, in which networkd keeps every
 * address and route it finds (KeepConfiguration=), so that ifupdown's or a person's IPv4 stays.
 */
export function uplinkFile(site: Site, part: UplinkPart): RenderedFile {
  const comment = ['Written by bateau.', `${part.because}.`]
  const network = section('Network', ...part.network)
  const sections = [...part.sections, ...serviceAddress(site)]
  if (site.facts.netplanId !== null)
    return networkDropIn(`10-netplan-${site.facts.netplanId}`, '50-bateau', comment, [network, ...sections])
  return secretive(
    networkFile(ownNetwork(site), comment, [
      section('Match', ['Name', site.facts.uplink.name]),
      section('Network', ['KeepConfiguration', true], ...part.network),
      ...sections,
    ]),
  )
}

/** A block of one prefix has its service address on br-ex, as `::1` there. */
const serviceOnUplink = (site: Site): boolean => !site.addressing.service.equals(site.addressing.public.host)

/**
 * On the uplink and not on lo: networkd puts the `unreachable` route of a delegation on lo, and would take it away
 * with every reconfiguration of an lo that it manages.
 */
function serviceAddress(site: Site): NetworkSection[] {
  return serviceOnUplink(site) ? [section('Address', ['Address', `${site.addressing.service}/128`])] : []
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
  *) echo "$used configures $uplink: bateau's own file would replace it, with its IPv4. Move it to netplan, then run again" >&2; exit 1 ;;
esac
systemctl enable --now systemd-networkd`

export function uplinkStep(site: Site, part: UplinkPart): HostStep {
  const uplink = site.facts.uplink.name
  const guard: Command[] =
    site.facts.netplanId === null ? [{ argv: ['sh', '-ec', takeover, 'sh', uplink, ownNetwork(site)] }] : []
  return {
    id: 'network/uplink',
    title: `Uplink ${uplink}: ${site.delivery.block}`,
    because: part.because,
    files: [uplinkFile(site, part)],
    run: [
      ...guard,
      command('networkctl', 'reload'),
      command('networkctl', 'reconfigure', uplink),
      part.arrive,
    ],
    verify: [...part.verify],
  }
}

/**
 * What of the block is not in use ends here, instead of going back and forth between server and provider. networkd
 * puts such a route with a delegation by itself, but 257 takes it away again when another link is configured
 * (a bridge that Open vSwitch makes); one that a file names stays. The metric keeps the two apart.
 */
export const blackhole = (block: Prefix): NetworkSection[] => [
  section('Route', ['Destination', String(block)], ['Type', 'unreachable'], ['Metric', 4096]),
]

/** Polls `test` each second: prints what it waits for at the start and every 5 s, and `else` when it gives up. */
export function waitFor(what: string, test: string, seconds: number, otherwise: string): Command {
  const script = `i=0
until ${test}; do
  [ $((i % 5)) != 0 ] || echo "waiting for ${what} ($i s)"
  i=$((i + 1))
  if [ $i -gt ${seconds} ]; then echo "${otherwise}" >&2; exit 1; fi
  sleep 1
done
echo "${what}: there after $i s"`
  return { argv: ['sh', '-ec', script], idleSeconds: 30 }
}

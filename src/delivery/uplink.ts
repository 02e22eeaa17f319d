// Decides the step that puts the uplink's IPv6 into force without touching its IPv4: by whoever configures the uplink already.
// Leaves what a delivery asks for to routed, dhcpv6-pd and on-link. The uplink never becomes a bridge port.
import type { HostFacts, Site } from '../core/site.ts'
import { command, type Command, type HostStep } from '../core/step.ts'
import { retireOthers } from './retire.ts'
import { byKernel, uplinkUnit } from './uplink-kernel.ts'
import { byNetworkd } from './uplink-networkd.ts'
import type { UplinkPart } from './uplink-part.ts'

/** Who has the uplink's IPv6: networkd, or the kernel and a unit of bateau's own where ifupdown configures it. */
export const holderOf = (facts: HostFacts): 'networkd' | 'kernel' =>
  facts.uplinkManager === 'ifupdown' ? 'kernel' : 'networkd'

export function uplinkStep(site: Site, part: UplinkPart): HostStep {
  const holding = holderOf(site.facts) === 'kernel' ? byKernel(site, part) : byNetworkd(site, part)
  const { program } = part
  const files = [...holding.files, ...(program?.files ?? [])]
  return {
    id: 'network/uplink',
    title: `Uplink ${site.facts.uplink.name}: ${site.delivery.block}`,
    because: part.because,
    files,
    run: [
      ...holding.guard,
      retireOthers(site, files),
      ...(program?.prepare ?? []),
      ...holding.run,
      ...(program
        ? [
            command('systemctl', 'daemon-reload'),
            command('systemctl', 'enable', '-q', program.unit),
            command('systemctl', 'restart', program.unit),
          ]
        : []),
      part.arrive,
    ],
    verify: [
      ...part.verify,
      ...holding.verify,
      ...(program
        ? [
            command('systemctl', 'is-enabled', '-q', program.unit),
            command('systemctl', 'is-active', '-q', program.unit),
          ]
        : []),
    ],
  }
}

/**
 * Commands that configure the uplink's IPv6 anew, as its holder does it; the IPv4 stays. For repairs. Where a client
 * of its own asks for the block, it goes on undisturbed.
 */
export function reapplyUplink(site: Site): Command[] {
  return holderOf(site.facts) === 'kernel'
    ? [command('systemctl', 'restart', uplinkUnit)]
    : [command('networkctl', 'reload'), command('networkctl', 'reconfigure', site.facts.uplink.name)]
}

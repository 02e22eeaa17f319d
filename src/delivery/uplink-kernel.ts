// Decides how an uplink that ifupdown configures gets its IPv6: the kernel hears the router, a unit of bateau's own holds the rest.
// Leaves IPv4 to ifupdown, kernel parameters to forwarding, and the bridges to systemd-networkd, which is told nothing of the uplink.
import type { Site } from '../core/site.ts'
import { command, file, shell } from '../core/step.ts'
import { section, systemdText, systemdUnit, type Setting } from '../render/systemd-unit.ts'
import { sysctlPath } from './forwarding.ts'
import { blackholeMetric, prints, serviceOnUplink, type Holding, type UplinkPart } from './uplink-part.ts'

export const uplinkUnit = 'bateau-uplink.service'
export const networkdConfigPath = '/etc/systemd/networkd.conf.d/50-bateau.conf'
export const ifupHook = '/etc/network/if-up.d/bateau'

/** ifupdown calls it with each interface that it has brought up, also by hand; what bateau added is then put back. */
const afterIfup = (uplink: string) => `#!/bin/sh
# Written by bateau: ifdown takes away what bateau added.
[ "$IFACE" = ${uplink} ] || exit 0
systemctl --no-block try-restart ${uplinkUnit}`

export function byKernel(site: Site, part: UplinkPart): Holding {
  const { block } = site.delivery
  const uplink = site.facts.uplink.name
  const { gateway } = part
  const addresses = [...part.addresses, ...(serviceOnUplink(site) ? [`${site.addressing.service}/128`] : [])]
  const ip = (words: string): Setting => ['ExecStart', `ip -6 ${words}`]
  const unit = systemdUnit(
    uplinkUnit,
    ['Written by bateau.', `${part.because}.`],
    [
      section(
        'Unit',
        ['Description', `bateau's IPv6 on ${uplink}`],
        ['After', 'networking.service systemd-sysctl.service'],
        ['PartOf', 'networking.service'],
        ['Before', 'network-online.target'],
      ),
      section(
        'Service',
        ['Type', 'oneshot'],
        ['RemainAfterExit', true],
        // ifup writes accept_ra for a stanza `inet6 auto`; what bateau needs has the last word.
        ['ExecStart', `/usr/lib/systemd/systemd-sysctl ${sysctlPath}`],
        ip(`route replace unreachable ${block} metric ${blackholeMetric}`),
        ...addresses.map((address) => ip(`addr replace ${address} dev ${uplink}`)),
        ...(gateway === 'ra' ? [] : [ip(`route replace default via ${gateway} dev ${uplink} onlink`)]),
        ['Restart', 'on-failure'],
        ['RestartSec', 5],
      ),
      section('Install', ['WantedBy', 'multi-user.target']),
    ],
  )
  return {
    files: [unit, networkdConfig, file(ifupHook, afterIfup(uplink), '0755')],
    guard: [],
    run: [
      shell(enableNetworkd),
      command('systemctl', 'daemon-reload'),
      command('systemctl', 'enable', '-q', uplinkUnit),
      command('systemctl', 'restart', uplinkUnit),
    ],
    verify: [
      command('systemctl', 'is-enabled', '-q', uplinkUnit),
      command('systemctl', 'is-active', '-q', 'systemd-networkd.service'),
      prints(`ip -6 route show type unreachable exact ${block}`),
      ...addresses.map((address) =>
        prints(`ip -6 addr show dev ${uplink} to ${address.slice(0, address.indexOf('/'))}`),
      ),
    ],
  }
}

/**
 * networkd is for the bridges. To enable it also enables systemd-networkd-wait-online, which would hold the boot up for
 * two minutes: none of its links is one that the boot needs.
 */
const enableNetworkd = `if ! systemctl -q is-enabled systemd-networkd.service; then
  systemctl enable -q systemd-networkd.service
  systemctl disable -q systemd-networkd-wait-online.service
fi
systemctl restart systemd-networkd.service`

/** networkd.conf(5). Otherwise networkd takes away, when it starts, every route without a device that no file of its own names. */
const networkdConfig = file(
  networkdConfigPath,
  systemdText(['Written by bateau.'], [section('Network', ['ManageForeignRoutes', false])]),
)

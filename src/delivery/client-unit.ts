// Decides what holds for the unit of every DHCPv6 client that bateau starts: never without the flood rule, never in a quick loop.
// Leaves command and files to dhcpcd and dhclient.
import type { RenderedFile } from '../core/step.ts'
import { section, systemdUnit, type Setting } from '../render/systemd-unit.ts'

/**
 * Seconds. A client that starts sends six solicits in its first minute (RFC 8415 section 7.6), and providers advise 10 a
 * minute: one that crashes at once is started again once a minute.
 */
const restartSeconds = 60

export function clientUnit(
  name: string,
  uplink: string,
  what: string,
  service: readonly Setting[],
): RenderedFile {
  return systemdUnit(
    name,
    ['Written by bateau.'],
    [
      section(
        'Unit',
        ['Description', what],
        // The packet filter holds the flood rule: no client without it.
        ['Requires', 'bateau-firewall.service'],
        ['After', 'bateau-firewall.service network.target'],
        ['StartLimitIntervalSec', 0],
      ),
      section(
        'Service',
        ['ExecStartPre', `sh -c '${ready(uplink)}'`],
        ...service,
        ['Restart', 'on-failure'],
        ['RestartSec', restartSeconds],
      ),
      section('Install', ['WantedBy', 'multi-user.target']),
    ],
  )
}

/** DHCPv6 leaves from the link-local address, which is not there in the first seconds of a boot; dhclient would give up at once. */
const ready = (uplink: string) =>
  `i=0; until ip -6 addr show dev ${uplink} scope link -tentative | grep -q inet6 || [ $$i -ge 30 ]; do i=$$((i + 1)); sleep 1; done`

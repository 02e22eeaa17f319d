// Decides how ISC dhclient asks for a delegated block and nothing else, for hosts whose owner runs it already.
// Leaves the host's own dhclient for IPv4 alone. dhclient has no upstream since 2022: nobody is advised to begin with it.
import type { Site } from '../core/site.ts'
import { file, shell } from '../core/step.ts'
import { clientUnit } from './client-unit.ts'
import { noteFunctions } from './lease-note.ts'
import type { Program } from './uplink-part.ts'

export const dhclientUnit = 'bateau-dhclient.service'

const config = '/etc/bateau/dhclient6.conf'
const leases = '/var/lib/dhcp/dhclient6.bateau.leases'
const pid = '/run/dhclient6.bateau.pid'
const hook = '/etc/bateau/dhclient-hook'

export function dhclient(site: Site, duid: string): Program {
  const uplink = site.facts.uplink.name
  return {
    unit: dhclientUnit,
    files: [
      file(config, configText(uplink, duid), '0600'),
      file(hook, hookText, '0755'),
      clientUnit(dhclientUnit, uplink, `DHCPv6 client for the block of ${site.name}`, [
        ['ExecStart', `dhclient -6 -P -d -q -cf ${config} -lf ${leases} -pf ${pid} -sf ${hook} ${uplink}`],
        // Ubuntu's profile of dhclient lets it run its own script only; without AppArmor this says nothing.
        ['AppArmorProfile', '-unconfined'],
      ]),
    ],
    prepare: [
      {
        ...shell(`command -v dhclient >/dev/null && exit 0
apt-get -q update
DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends isc-dhcp-client`),
        idleSeconds: 300,
      },
    ],
  }
}

/** dhclient.conf(5). Without `request` it would ask for names and servers. */
function configText(uplink: string, duid: string): string {
  return `# Written by bateau.
interface "${uplink}" {
  send dhcp6.client-id ${duid};
  request;
}`
}

/**
 * dhclient-script(8): reasons and variables. In the place of Debian's own script, which begins by taking every permanent
 * IPv6 address from the interface.
 */
const hookText = `#!/bin/sh
# Written by bateau: notes which prefix dhclient holds, and touches nothing.
${noteFunctions}
case $reason in
  BOUND6 | RENEW6 | REBIND6)
    [ -z "$new_ip6_prefix" ] ||
      note dhclient "$interface" "$new_ip6_prefix" "$new_preferred_life" "$new_max_life" ;;
  EXPIRE6 | RELEASE6) unnote "$interface" ;;
esac
exit 0`

// Decides how ISC dhclient asks for a delegated block and nothing else, for hosts whose owner runs it already.
// Leaves the host's own dhclient for IPv4 alone. dhclient has no upstream since 2022: nobody is advised to begin with it.
import type { Site } from '../core/site.ts'
import { file, shell } from '../core/step.ts'
import { clientUnit } from './client-unit.ts'
import { noteFunctions } from './lease-note.ts'
import type { Program } from './uplink-part.ts'

export const dhclientUnit = 'bateau-dhclient.service'

/** Places that Ubuntu's AppArmor profile of dhclient leaves open to it. */
const config = '/etc/dhcp/bateau6.conf'
const leases = '/var/lib/dhcp/dhclient6.bateau.leases'
const pid = '/run/dhclient6.bateau.pid'
const hook = '/etc/dhcp/dhclient-exit-hooks.d/bateau'

export function dhclient(site: Site, duid: string): Program {
  const uplink = site.facts.uplink.name
  return {
    unit: dhclientUnit,
    files: [
      file(config, configText(uplink, duid), '0600'),
      file(hook, hookText),
      clientUnit(dhclientUnit, `DHCPv6 client for the block of ${site.name}`, [
        ['ExecStart', `dhclient -6 -P -d -q -cf ${config} -lf ${leases} -pf ${pid} ${uplink}`],
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

/** dhclient.conf(5). Without `request` it would ask for names and servers, and its script would write them. */
function configText(uplink: string, duid: string): string {
  return `# Written by bateau.
interface "${uplink}" {
  send dhcp6.client-id ${duid};
  request;
}`
}

/** dhclient-script(8): read by it at its end, for every interface and both families; in a shell of its own here. */
const hookText = `# Written by bateau: notes which prefix dhclient holds.
(
${noteFunctions}
case $reason in
  BOUND6 | RENEW6 | REBIND6)
    [ -z "$new_ip6_prefix" ] ||
      note dhclient "$interface" "$new_ip6_prefix" "$new_preferred_life" "$new_max_life" ;;
  EXPIRE6 | RELEASE6 | DEPREF6)
    [ -z "$cur_ip6_prefix$old_ip6_prefix" ] || [ "$reason" = DEPREF6 ] || unnote "$interface" ;;
esac
)`

// Decides how dhcpcd asks for a delegated block and nothing else: no IPv4, no router advertisements, no names.
// Leaves the host's own dhcpcd, if there is one, alone: ours has directories of its own.
import type { Site } from '../core/site.ts'
import { file, shell, type Command } from '../core/step.ts'
import { clientUnit } from './client-unit.ts'
import { noteFunctions } from './lease-note.ts'
import type { Program } from './uplink-part.ts'

export const dhcpcdUnit = 'bateau-dhcpcd.service'

const state = '/var/lib/bateau/dhcpcd'
const config = '/etc/bateau/dhcpcd.conf'
const hook = '/etc/bateau/dhcpcd-hook'

export function dhcpcd(site: Site, duid: string): Program {
  const uplink = site.facts.uplink.name
  const jammy = site.facts.os.codename === 'jammy'
  // dhcpcd's directory is fixed when it is built (dhcpcd(8), FILES).
  const compiled = jammy ? ['/var/lib/dhcpcd', '/var/lib/dhcpcd5'] : ['/var/lib/dhcpcd']
  const run = '/run/bateau-dhcpcd'
  return {
    unit: dhcpcdUnit,
    files: [
      file(config, configText(uplink)),
      file(`${state}/duid`, duid, '0600'),
      file(hook, hookText, '0755'),
      clientUnit(dhcpcdUnit, uplink, `DHCPv6 client for the block of ${site.name}`, [
        // It logs the DUID at each start, with 9.4 from its helpers whatever it is told: warnings only.
        ['LogLevelMax', 'warning'],
        [
          'ExecStart',
          `dhcpcd --nobackground --quiet --logfile /dev/null --config ${config} --script ${hook} ${uplink}`,
        ],
        ['StateDirectory', 'bateau/dhcpcd'],
        ['RuntimeDirectory', 'bateau-dhcpcd'],
        ['BindPaths', [...compiled.map((path) => `${state}:${path}`), `${run}:/run/dhcpcd`].join(' ')],
      ]),
    ],
    prepare: [install(jammy), shell(`mkdir -p ${compiled.join(' ')} /run/dhcpcd`)],
  }
}

/**
 * dhcpcd.conf(5). `noipv6rs`: networkd or the kernel listens to the router, not this. `persistent`: what is configured
 * stays when the client stops, as the lease does.
 */
function configText(uplink: string): string {
  return `# Written by bateau.
allowinterfaces ${uplink}
duid
noipv4
noipv6rs
persistent
nohook resolv.conf, hostname, ntp.conf, timesyncd.conf, yp.conf
interface ${uplink}
  iaid 1
  ia_pd 1 -`
}

/** dhcpcd-run-hooks(8): reasons and variables. */
const hookText = `#!/bin/sh
# Written by bateau: notes which prefix dhcpcd holds.
${noteFunctions}
case $reason in
  BOUND6 | RENEW6 | REBIND6 | REBOOT6)
    [ -z "$new_dhcp6_ia_pd1_prefix1" ] ||
      note dhcpcd "$interface" "$new_dhcp6_ia_pd1_prefix1/$new_dhcp6_ia_pd1_prefix1_length" "$new_dhcp6_ia_pd1_prefix1_pltime" "$new_dhcp6_ia_pd1_prefix1_vltime" ;;
  EXPIRE6 | RELEASE6) unnote "$interface" ;;
esac
exit 0`

/**
 * Ubuntu 22.04 has the program in dhcpcd5 only, together with a service that would take every interface, IPv4 too, as
 * soon as it is installed: masked before. Elsewhere dhcpcd-base is the program alone.
 */
function install(jammy: boolean): Command {
  const mask = jammy
    ? 'systemctl cat dhcpcd.service >/dev/null 2>&1 || systemctl mask -q dhcpcd.service\n'
    : ''
  return {
    ...shell(`command -v dhcpcd >/dev/null && exit 0
${mask}apt-get -q update
DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends ${jammy ? 'dhcpcd5' : 'dhcpcd-base'}`),
    idleSeconds: 300,
  }
}

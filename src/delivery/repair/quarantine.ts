// Decides how a router that is none is kept from the server: its advertisements are dropped, its default route is taken away.
// Leaves finding out which router it is to check/, by a packet sent through it.
import type { Repair } from '../../core/repair.ts'
import type { Site } from '../../core/site.ts'
import { command, type Command } from '../../core/step.ts'
import { quoted } from '../../render/nftables.ts'

const table = 'inet bateau-quarantine'

/** In a table of its own, which a reload of bateau's firewall leaves alone. Gone with the next boot. */
function drop(site: Site, router: string): Command {
  const rule = `iifname ${quoted(site.facts.uplink.name)} ip6 saddr ${router} icmpv6 type nd-router-advert drop`
  const lines = [
    `add table ${table}`,
    `add chain ${table} input { type filter hook input priority -10; policy accept; }`,
    `add rule ${table} input ${rule}`,
  ]
  return { argv: ['nft', '-f', '-'], stdin: `${lines.join('\n')}\n` }
}

export function quarantine(site: Site, router: string): Repair {
  const link = site.facts.uplink.name
  return {
    id: 'uplink/quarantine',
    title: `listen no more to the router ${router} on ${link}`,
    because: 'a packet sent through it did not come back, and one through the other router did',
    commands: [
      drop(site, router),
      command('ip', '-6', 'route', 'del', 'default', 'via', router, 'dev', link),
    ],
    undo: [command('nft', 'delete', 'table', ...(table.split(' ') as [string, string]))],
    spends: 'nothing',
    settleSeconds: 3,
    budget: { times: 2, pauseSeconds: 20, quietSeconds: 1_800 },
  }
}

/** systemd.network(5), RouterDenyList= (since 248): networkd forgets what it took from that router. In /run: gone with the next boot. */
export function denyRouter(site: Site, router: string): Repair[] {
  if (site.facts.systemd < 248 || (site.facts.uplinkManager ?? 'networkd') !== 'networkd') return []
  const link = site.facts.uplink.name
  const { netplanId, networkFile } = site.facts
  const network = netplanId === null ? (networkFile ?? `05-bateau-${link}`) : `10-netplan-${netplanId}`
  const file = `/run/systemd/network/${network}.network.d/60-bateau-quarantine.conf`
  const write = `mkdir -p "\${1%/*}" && printf '[IPv6AcceptRA]\\nRouterDenyList=%s\\n' "$2" > "$1"`
  const again = [command('networkctl', 'reload'), command('networkctl', 'reconfigure', link)]
  return [
    {
      id: 'uplink/deny-router',
      title: `tell systemd-networkd to deny the router ${router}`,
      because: 'its default route stays although its advertisements are dropped',
      commands: [{ argv: ['sh', '-ec', write, 'sh', file, router] }, ...again],
      undo: [command('rm', '-f', file), ...again],
      spends:
        site.delivery.kind === 'dhcpv6-pd' && site.delivery.client === 'networkd' ? 'dhcpv6' : 'nothing',
      settleSeconds: 10,
      budget: { times: 1, pauseSeconds: 60, quietSeconds: 1_800 },
    },
  ]
}

// Decides what may mend the uplink: gently first (ask the router, put back what is missing), then configure it anew.
// Leaves which trouble calls for which to repairs.
import type { Address } from '../../core/prefix.ts'
import type { Repair } from '../../core/repair.ts'
import type { Site } from '../../core/site.ts'
import { command, type Command } from '../../core/step.ts'
import { holderOf, reapplyUplink } from '../uplink.ts'
import { advertise, solicit } from './announce.ts'
import { leaseUnit } from './lease-unit.ts'

const budget = (times: number, pauseSeconds: number) => ({ times, pauseSeconds, quietSeconds: 1_800 })
const link = (site: Site) => site.facts.uplink.name

export const bringUp = (site: Site): Repair => ({
  id: 'uplink/up',
  title: `switch ${link(site)} on`,
  because: 'it is administratively down',
  commands: [command('ip', 'link', 'set', link(site), 'up')],
  spends: 'nothing',
  settleSeconds: 8,
  budget: budget(3, 10),
})

export const askRouter = (site: Site, before: readonly Command[] = []): Repair => ({
  id: before.length === 0 ? 'uplink/solicit' : 'uplink/listen',
  title: `ask the routers on ${link(site)} to announce themselves`,
  because: 'whoever listens to advertisements puts address and default route back with the next one',
  commands: [...before, solicit(link(site))],
  spends: 'nothing',
  settleSeconds: 5,
  budget: budget(3, 15),
})

/** Whoever keeps a wrong neighbour for this server learns the right one. */
export const announceSelf = (site: Site): Repair => ({
  id: 'uplink/advertise',
  title: `announce the addresses of ${link(site)} to its neighbours`,
  because:
    "a wrong entry in the neighbour cache of the provider's router gives way to it (RFC 4861 section 7.2.6)",
  commands: [advertise(link(site))],
  spends: 'nothing',
  settleSeconds: 3,
  budget: budget(3, 20),
})

/** With a delegation this also asks for it once more: one exchange of DHCPv6. */
export function reconfigure(site: Site): Repair[] {
  if (holderOf(site.facts) === 'kernel') return [reapply(site)]
  const asks = site.delivery.kind === 'dhcpv6-pd' && site.delivery.client === 'networkd'
  return [
    {
      id: 'uplink/reconfigure',
      title: `let systemd-networkd configure ${link(site)} anew`,
      because:
        'it puts every address and route back that its files name, and asks router and DHCPv6 server again',
      commands: [command('networkctl', 'reload'), command('networkctl', 'reconfigure', link(site))],
      spends: asks ? 'dhcpv6' : 'nothing',
      settleSeconds: 10,
      budget: budget(4, 45),
    },
  ]
}

/** An uplink of ifupdown: what bateau adds to it stands in one unit. */
const reapply = (site: Site): Repair => ({
  id: 'uplink/reapply',
  title: `put bateau's addresses and routes of ${link(site)} back`,
  because: 'its unit names them all, and touches nothing of ifupdown',
  commands: reapplyUplink(site),
  spends: 'nothing',
  settleSeconds: 5,
  budget: budget(4, 20),
})

/** Asks for the delegation again, by the client that holds it. */
export function askAgain(site: Site): Repair[] {
  const unit = leaseUnit(site)
  if (unit === undefined) return []
  if (unit === 'systemd-networkd.service')
    return reconfigure(site).map((repair) => ({ ...repair, budget: budget(6, 30) }))
  return [
    {
      id: 'lease/restart',
      title: `restart ${unit}`,
      because: 'the DHCPv6 client asks for the block again',
      commands: [command('systemctl', 'restart', unit)],
      spends: 'dhcpv6',
      settleSeconds: 10,
      budget: budget(6, 30),
    },
  ]
}

/** Put back by hand what networkd's files say; networkd takes it for its own. */
export const addAddress = (
  site: Site,
  id: string,
  address: Address,
  length: number,
  dev = link(site),
): Repair => ({
  id,
  title: `put ${address}/${length} back on ${dev}`,
  because: 'nothing else need be touched for it',
  commands: [command('ip', '-6', 'address', 'replace', `${address}/${length}`, 'dev', dev)],
  undo: [command('ip', '-6', 'address', 'del', `${address}/${length}`, 'dev', dev)],
  spends: 'nothing',
  settleSeconds: 4,
  budget: budget(4, 10),
})

export const addRoute = (id: string, what: string, ...route: readonly string[]): Repair => ({
  id,
  title: `put ${what} back`,
  because: 'nothing else need be touched for it',
  commands: [command('ip', '-6', 'route', 'replace', ...route)],
  undo: [command('ip', '-6', 'route', 'del', ...route)],
  spends: 'nothing',
  settleSeconds: 3,
  budget: budget(4, 10),
})

// Decides what may mend the server itself: kernel parameters, its firewall, services, and the inside segments.
// Leaves the uplink to uplink, and which trouble calls for which to repairs.
import type { Repair } from '../../core/repair.ts'
import { bridges, routedOf, type Site } from '../../core/site.ts'
import { command, type Command } from '../../core/step.ts'
import { firewallUnit } from '../firewall.ts'
import { addAddress, addRoute } from './uplink.ts'

const budget = (times: number, pauseSeconds: number) => ({ times, pauseSeconds, quietSeconds: 1_800 })

/** Writes to /proc/sys: a file of sysctl.d may be what says otherwise. */
const set = (key: string, value: number): Command => ({
  argv: ['sh', '-ec', 'echo "$2" > "/proc/sys/$1"', 'sh', key, String(value)],
})

export const setParameter = (key: string, value: number): Repair => ({
  id: `kernel/${key.split('/').at(-1)}`,
  title: `set ${key.replaceAll('/', '.')} to ${value}`,
  because: 'the kernel does not route as it must',
  commands: [set(key, value)],
  spends: 'nothing',
  settleSeconds: 2,
  budget: budget(4, 10),
})

export const accept = (site: Site): Command => set(`net/ipv6/conf/${site.facts.uplink.name}/accept_ra`, 2)

/** A kernel that listens to routers by itself (accept_ra=1) would forget them at the moment when forwarding goes on. */
export function forward(site: Site): Repair {
  const keep = 'if [ "$(cat "$1")" = 1 ]; then echo 2 > "$1"; fi'
  const accepts = `/proc/sys/net/ipv6/conf/${site.facts.uplink.name}/accept_ra`
  const repair = setParameter('net/ipv6/conf/all/forwarding', 1)
  return { ...repair, commands: [{ argv: ['sh', '-ec', keep, 'sh', accepts] }, ...repair.commands] }
}

export const loadFirewall = (): Repair => ({
  id: 'firewall/load',
  title: "load bateau's packet filter",
  because: 'its table is not loaded as planned',
  commands: [
    command('systemctl', 'enable', '-q', firewallUnit),
    command('systemctl', 'reload-or-restart', firewallUnit),
  ],
  spends: 'nothing',
  settleSeconds: 2,
  budget: budget(3, 20),
})

/** In the order given, which is the order in which they need each other. */
export const start = (units: readonly string[]): Repair => ({
  id: 'services/start',
  title: `start ${units.join(', ')}`,
  because: 'they do not run',
  commands: units.flatMap((unit) => [
    command('systemctl', 'reset-failed', unit),
    command('systemctl', 'start', unit),
  ]),
  spends: 'service',
  settleSeconds: 15,
  budget: budget(3, 30),
})

export function mendSegment(site: Site, link: 'public' | 'transit'): Repair[] {
  const segment = site.addressing[link]
  if (segment === null) return []
  const dev = bridges[link]
  return [
    addAddress(site, `${dev}/address`, segment.host, segment.prefix.length, dev),
    reconfigureBridge(dev),
  ]
}

export function mendTenantRoutes(site: Site, network: string | undefined): Repair[] {
  const tenants = routedOf(site.addressing).filter(({ name }) => network === undefined || name === network)
  return [
    ...tenants.map(({ name, prefix, via }) =>
      addRoute(
        `${bridges.transit}/route/${name}`,
        `the route to ${name}`,
        ...[String(prefix), 'via', String(via), 'dev', bridges.transit, 'onlink'],
        ...['proto', 'static', 'metric', '1024'],
      ),
    ),
    reconfigureBridge(bridges.transit),
  ]
}

export function mendBridge(link: string): Repair[] {
  return [
    {
      id: `${link}/up`,
      title: `switch ${link} on`,
      because: 'instances are behind it',
      commands: [command('ip', 'link', 'set', link, 'up')],
      spends: 'nothing',
      settleSeconds: 4,
      budget: budget(2, 10),
    },
    {
      id: 'services/openvswitch',
      title: 'restart Open vSwitch',
      because: `it makes ${link} from its database`,
      commands: [command('systemctl', 'restart', 'openvswitch-switch.service')],
      spends: 'service',
      settleSeconds: 20,
      budget: budget(1, 60),
    },
  ]
}

const reconfigureBridge = (dev: string): Repair => ({
  id: `${dev}/reconfigure`,
  title: `let systemd-networkd configure ${dev} anew`,
  because: 'it puts every address and route back that its files name',
  commands: [command('networkctl', 'reload'), command('networkctl', 'reconfigure', dev)],
  spends: 'nothing',
  settleSeconds: 6,
  budget: budget(3, 20),
})

// Decides how the routers of tenants are seen and their host routes kept: one question to OVN, ip(8) for the difference.
// Leaves what follows from the answer to routers.
import type { Address, Prefix } from '../core/prefix.ts'
import type { Shell } from '../core/shell.ts'
import { bridges, type Site } from '../core/site.ts'
import type { Tell } from './events.ts'
import { ownProtocol, ownRoutes, routeDifference, routesOfRouters } from './routers.ts'

/** ovn-nb(5)'s socket on a server with ovn-central, on Debian and Ubuntu. */
export const northbound = '/run/ovn/ovnnb_db.sock'

const question = JSON.stringify([
  'OVN_Northbound',
  { op: 'select', table: 'Logical_Router', where: [], columns: ['name', 'ports'] },
  { op: 'select', table: 'Logical_Router_Port', where: [], columns: ['_uuid', 'networks'] },
])

/** Rings when a router, or a port of one, comes or goes; what it prints is not read. */
export const routersMonitor: readonly [string, ...string[]] = [
  'ovsdb-client',
  'monitor',
  `unix:${northbound}`,
  'OVN_Northbound',
  'Logical_Router',
  'ports',
]

/** Adds and removes what differs, and tells it. Where OVN does not answer, every route stays as it is. */
export async function keepRouterRoutes(site: Site, shell: Shell, tell: Tell): Promise<void> {
  if (site.addressing.transit === null) return
  const ran = await shell.run(['ovsdb-client', 'query', `unix:${northbound}`, question], { timeout: 5_000 })
  const wanted = ran.code === 0 ? routesOfRouters(site, ran.stdout) : undefined
  const shown = await shell.run([
    'ip',
    '-6',
    '-o',
    'route',
    'show',
    'dev',
    bridges.transit,
    'proto',
    ownProtocol,
  ])
  // Without the bridge there is nothing to route over, and its routes went with it.
  if (wanted === undefined || shown.code !== 0) return
  const { add, remove } = routeDifference(site, ownRoutes(shown.stdout), wanted)
  for (const { to, via } of remove) {
    const gone = await shell.run(['ip', '-6', 'route', 'del', ...route(to, via)])
    if (gone.code === 0) tell({ type: 'route.removed', to: String(to), via: String(via), router: '' })
  }
  for (const { to, via, router } of add) {
    const made = await shell.run(['ip', '-6', 'route', 'replace', ...route(to, via), 'onlink'])
    if (made.code === 0) tell({ type: 'route.added', to: String(to), via: String(via), router })
    else
      tell({
        type: 'fault',
        fault: {
          code: 'route-not-added',
          title: `no route to ${to}, behind ${router}`,
          why: made.stderr.trim(),
          fix: `see ip -6 addr show dev ${bridges.transit}; the next look tries again`,
          host: site.name,
        },
      })
  }
}

const route = (to: Prefix, via: Address) =>
  [String(to), 'via', String(via), 'dev', bridges.transit, 'proto', ownProtocol] as const

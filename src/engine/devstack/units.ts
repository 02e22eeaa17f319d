// Decides which units a cloud of DevStack consists of, in the order in which they can start.
// Leaves how each is run to DevStack, and looking to check/.
import { switchUnits } from '../switch.ts'
import { databaseUnit } from './database.ts'
import type { DevstackSite } from './release-facts.ts'

const devstack = (name: string) => `devstack@${name}.service`

/** What the services stand on: the distribution's own units. */
const beneath = (site: DevstackSite) => [
  databaseUnit(site),
  'rabbitmq-server.service',
  'memcached.service',
  'apache2.service',
  'libvirtd.service',
  ...switchUnits,
]

/** DevStack's own units (run_process in lib/, functions-common). Nova has a conductor above its cells and one in the cell. */
export const ownUnits = (): readonly string[] =>
  [
    'keystone',
    'placement-api',
    'g-api',
    'neutron-api',
    'neutron-ovn-maintenance-worker',
    'n-super-cond',
    'n-cond-cell1',
    'n-sch',
    'n-api',
    'n-novnc-cell1',
    'n-cpu',
  ].map(devstack)

/** All of it but the front, in order. */
export const devstackUnits = (site: DevstackSite): readonly string[] => [
  ...beneath(site),
  ...ownUnits(),
  ...(site.engine.cinder ? ['c-api', 'c-sch', 'c-vol'].map(devstack) : []),
]

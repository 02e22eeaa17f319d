// Decides which units of a server's cloud must be active for it to serve.
// Leaves how each is run to its file, and looking to check/.
import { switchUnits } from '../switch.ts'

/** systemd units of an all-in-one, besides bateau's own. */
export const engineUnits = (): readonly string[] => [
  'mariadb.service',
  'rabbitmq-server.service',
  'memcached.service',
  'keystone.service',
  'placement-api.service',
  'glance-api.service',
  'neutron-api.service',
  'neutron-ovn-maintenance-worker.service',
  'nova-api.service',
  'nova-conductor.service',
  'nova-scheduler.service',
  'nova-compute.service',
  'libvirtd.service',
  ...switchUnits,
  'bateau-horizon.service',
  'nginx.service',
]

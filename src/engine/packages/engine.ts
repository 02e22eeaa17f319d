// Decides the order in which a clean Debian 13 host becomes a running OpenStack from Debian's own packages.
// Leaves the network beneath to delivery/, each service to its file, and carrying the steps out to host/ and run/.
import type { Site } from '../../core/site.ts'
import type { HostStep } from '../../core/step.ts'
import { aptSteps } from './apt.ts'
import { computeSteps } from './compute.ts'
import type { Engine } from '../kind.ts'
import { type Backends, frontSteps, location } from '../front.ts'
import { glanceSteps } from './glance.ts'
import { horizonSteps } from './horizon.ts'
import { identitiesSteps } from './identities.ts'
import { keystoneSteps } from './keystone.ts'
import { mariadbSteps } from './mariadb.ts'
import { memcachedSteps } from './memcached.ts'
import { neutronSteps } from './neutron.ts'
import { novaSteps } from './nova.ts'
import { ovsSteps } from './ovs.ts'
import { placementSteps } from './placement.ts'
import { rabbitmqSteps } from './rabbitmq.ts'
import { unitsStep } from '../units.ts'
import { internalUrl } from '../urls.ts'
import { apis, ports } from './ports.ts'
import { engineUnits } from './services.ts'

export function packagesEngine(site: Site): HostStep[] {
  return [
    ...aptSteps(site),
    unitsStep,
    ...mariadbSteps(site),
    ...rabbitmqSteps(site),
    ...memcachedSteps(),
    ...ovsSteps(site),
    ...keystoneSteps(site),
    ...identitiesSteps(site),
    ...placementSteps(site),
    ...glanceSteps(site),
    ...neutronSteps(site),
    ...novaSteps(site),
    ...computeSteps(site),
    ...horizonSteps(site),
    ...frontSteps(site, backends),
  ]
}

const backends: Backends = {
  // Horizon has pages under /identity/ too; Keystone's API begins with /v3.
  apis: apis.map(({ type, port }) =>
    type === 'identity'
      ? { outer: '/identity/v3', inner: internalUrl(port, '/v3'), prefix: '/identity' }
      : { outer: `/${type}`, inner: internalUrl(port), prefix: `/${type}` },
  ),
  console: internalUrl(ports.console),
  dashboard: (proxied) => [
    ...location('/static/', ['        alias /var/lib/openstack-dashboard/static/;', '        expires 1d;']),
    ...location('/', proxied(internalUrl(ports.dashboard))),
  ],
  begin: 'openstack/packages',
  after: ['openstack/horizon'],
}

export const packages: Engine = {
  steps: packagesEngine,
  units: engineUnits,
  // Its steps mend what is there; a server with nothing on it is what re-imaging gives.
  rebuild: () => null,
  api: () => ({
    authUrl: internalUrl(ports.identity, '/v3'),
    ports: [ports.identity, ports.image, ports.compute, ports.network],
  }),
}

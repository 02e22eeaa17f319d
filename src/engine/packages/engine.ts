// Decides the order in which a clean Debian 13 host becomes a running OpenStack from Debian's own packages.
// Leaves the network beneath to delivery/, each service to its file, and carrying the steps out to host/ and run/.
import type { Site } from '../../core/site.ts'
import type { HostStep } from '../../core/step.ts'
import { aptSteps } from './apt.ts'
import { computeSteps } from './compute.ts'
import { frontSteps } from './front.ts'
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
import { unitsStep } from './units.ts'

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
    ...frontSteps(site),
  ]
}

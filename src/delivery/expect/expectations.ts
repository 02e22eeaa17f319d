// Decides all that must be true of a server whose network and bridges stand, from the cable upwards.
// Leaves looking to check/.
import type { Site } from '../../core/site.ts'
import type { Expectation } from '../expectation.ts'
import { segmentExpectations, uplinkAddressExpectations } from './address.ts'
import { filterExpectations } from './filter.ts'
import { kernelExpectations } from './kernel.ts'
import { leaseExpectations } from './lease.ts'
import { linkExpectation, managerExpectation } from './link.ts'
import { blockExpectations, defaultRouteExpectation, tenantRouteExpectations } from './route.ts'
import { routerExpectations } from './router.ts'

export function expectations(site: Site): Expectation[] {
  return [
    linkExpectation(site),
    managerExpectation(site),
    ...routerExpectations(site),
    ...leaseExpectations(site),
    ...uplinkAddressExpectations(site),
    ...segmentExpectations(site),
    defaultRouteExpectation(site),
    ...kernelExpectations(site),
    ...filterExpectations(site),
    ...blockExpectations(site),
    ...tenantRouteExpectations(site),
  ]
}

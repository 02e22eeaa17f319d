// Decides the order in which a clean host becomes OpenStack by DevStack, with bateau's own front before it.
// Leaves the network beneath to delivery/, OpenStack itself to stack.sh, and carrying the steps out to host/ and run/.
import type { HostStep } from '../../core/step.ts'
import { frontSteps, location, type Backends } from '../front.ts'
import type { Engine } from '../kind.ts'
import { internalUrl } from '../urls.ts'
import { apis, doorsSteps } from './doors.ts'
import { hostSteps } from './host.ts'
import { asDevstack, type DevstackSite } from './release-facts.ts'
import { sourceStep } from './source.ts'
import { apiPort, drive, stackSteps } from './stack.ts'
import { devstackUnits } from './units.ts'

const apache = (path = '') => internalUrl(apiPort, path)

/** The services know the path under which Apache has them, so no prefix is told. */
const backends: Backends = {
  apis: apis.map(({ path }) => ({ outer: path, inner: apache(path), prefix: '' })),
  console: internalUrl(6080),
  dashboard: (proxied) => [
    ...location('= /', ['        return 302 /dashboard/;']),
    ...location('/dashboard', proxied(apache())),
  ],
  begin: 'openstack/host',
  after: ['openstack/catalogue'],
}

function steps(site: DevstackSite): HostStep[] {
  return [
    ...hostSteps(site),
    sourceStep(site),
    ...stackSteps(site),
    ...doorsSteps(site),
    ...frontSteps(site, backends),
  ]
}

export const devstack: Engine = {
  steps: (site) => steps(asDevstack(site)),
  units: (site) => [...devstackUnits(asDevstack(site)), 'nginx.service'],
  rebuild: (_, anew) => drive(anew ? 'ask' : 'keep'),
  api: () => ({ authUrl: apache('/identity/v3'), ports: [apiPort] }),
}

// Decides when the kernel routes as it must: parameters in force now, and the same after the next boot.
// Leaves who listens to router advertisements in the place of the kernel to link.
import type { HostState } from '../../core/host-state.ts'
import type { Site } from '../../core/site.ts'
import { unclear, yes, type Seen } from '../../core/verdict.ts'
import type { Expectation } from '../expectation.ts'
import { broken } from '../trouble/catalogue.ts'
import { managerOf } from './link.ts'
import { gatewayOf } from './router.ts'

const forwarding = 'net/ipv6/conf/all/forwarding'
/** Not a kernel parameter: what the .network files of systemd-networkd say of the uplink. */
export const networkdAccepts = 'networkd/IPv6AcceptRA'
const off = new Set(['no', 'false', '0', 'off'])

export function kernelExpectations(site: Site): Expectation[] {
  return [
    {
      id: 'network/forwarding',
      title: `${site.name} forwards IPv6`,
      codes: ['forwarding-off'],
      judge: (state) => effective(state, forwarding, '1', (seen) => broken(site, 'forwarding-off', seen)),
    },
    {
      id: 'network/forwarding-persisted',
      title: `${site.name} will forward IPv6 after the next boot`,
      codes: ['forwarding-not-persisted'],
      judge: (state) =>
        persistent(state, forwarding, '1', (seen) => broken(site, 'forwarding-not-persisted', seen)),
    },
    ...(gatewayOf(site) === 'ra' ? acceptExpectations(site) : []),
    ...proxyExpectations(site),
  ]
}

function acceptExpectations(site: Site): Expectation[] {
  const { name } = site.facts.uplink
  const accept = `net/ipv6/conf/${name}/accept_ra`
  return [
    {
      id: 'network/accept-ra',
      title: `${site.name} listens to router advertisements on ${name}`,
      codes: ['accept-ra-reset'],
      judge(state) {
        const manager = managerOf(site, state)
        if (manager === 'unknown') return unclear(`who configures ${name} could not be told`)
        if (manager !== 'kernel') return yes(`${manager} listens`)
        return effective(state, accept, '2', (seen) => broken(site, 'accept-ra-reset', seen))
      },
    },
    {
      id: 'network/accept-ra-persisted',
      title: `${site.name} will listen to router advertisements after the next boot`,
      codes: ['accept-ra-not-persisted'],
      judge(state) {
        const manager = managerOf(site, state)
        if (manager === 'unknown') return unclear(`who configures ${name} could not be told`)
        if (manager === 'kernel')
          return persistent(state, accept, '2', (seen) => broken(site, 'accept-ra-not-persisted', seen))
        const says = state.persisted[networkdAccepts]
        if (says === undefined) return yes(`${manager} listens unless told otherwise`)
        const seen = `${says.file}: IPv6AcceptRA=${says.value}`
        return off.has(says.value.toLowerCase()) ? broken(site, 'accept-ra-not-persisted', seen) : yes(seen)
      },
    },
  ]
}

/** The kernel answers for addresses of the block only where it is told to; ndppd answers by itself. */
function proxyExpectations(site: Site): Expectation[] {
  const { delivery } = site
  if (delivery.kind !== 'on-link' || delivery.proxy !== 'kernel') return []
  const key = `net/ipv6/conf/${site.facts.uplink.name}/proxy_ndp`
  return [
    {
      id: 'network/neighbour-proxy',
      title: `${site.name} answers for its instances on ${site.facts.uplink.name}`,
      codes: ['neighbour-proxy-off'],
      judge: (state) => effective(state, key, '1', (seen) => broken(site, 'neighbour-proxy-off', seen)),
    },
  ]
}

const dotted = (key: string): string => key.replaceAll('/', '.')

function effective(state: HostState, key: string, value: string, wrong: (seen: string) => Seen): Seen {
  const now = state.kernel[key]
  if (now === undefined) return unclear(`${dotted(key)} could not be read`)
  const seen = `${dotted(key)} = ${now}`
  return now === value ? yes(seen) : wrong(seen)
}

function persistent(state: HostState, key: string, value: string, wrong: (seen: string) => Seen): Seen {
  const says = state.persisted[key]
  if (says === undefined) return wrong(`no file of sysctl.d sets ${dotted(key)}`)
  const seen = `${says.file}: ${dotted(key)} = ${says.value}`
  return says.value === value ? yes(seen) : wrong(seen)
}

// Decides when the uplink itself is right: switched on, with a signal, and configured by one program only.
// Leaves addresses and routes on it to their files.
import type { HostState, UplinkManager } from '../../core/host-state.ts'
import type { Site } from '../../core/site.ts'
import { unclear, yes } from '../../core/verdict.ts'
import type { Expectation } from '../expectation.ts'
import { broken } from '../trouble/catalogue.ts'
import { holderOf } from '../uplink.ts'

export function linkExpectation(site: Site): Expectation {
  const { name } = site.facts.uplink
  return {
    id: 'network/link',
    title: `${name} of ${site.name} is up and has a signal`,
    codes: ['link-down', 'link-no-carrier'],
    judge(state) {
      const link = state.links.find((one) => one.name === name)
      if (link === undefined) return broken(site, 'link-no-carrier', `there is no interface ${name}`)
      if (!link.up) return broken(site, 'link-down', `${name} is down`)
      if (!link.carrier) return broken(site, 'link-no-carrier', `${name} has no carrier`)
      return yes(`${name} up, MTU ${link.mtu}`)
    },
  }
}

/** systemd-networkd listens to router advertisements itself, and keeps the kernel from it (accept_ra=0). */
export function managerExpectation(site: Site): Expectation {
  const { name } = site.facts.uplink
  return {
    id: 'network/manager',
    title: `one program configures ${name} of ${site.name}`,
    codes: ['network-manager-fights'],
    judge(state) {
      const kernel = kernelListens(state, name)
      const manager = managerOf(site, state)
      if (manager === 'unknown') return unclear(`who configures ${name} could not be told`)
      if (manager === 'NetworkManager')
        return broken(site, 'network-manager-fights', `NetworkManager manages ${name}`)
      if (manager !== 'kernel' && kernel)
        return broken(
          site,
          'network-manager-fights',
          `${manager} configures ${name}, and the kernel listens to router advertisements too`,
          { kernel: 'listens' },
        )
      return yes(`${name} is configured by ${manager}`)
    },
  }
}

/** Of an uplink that bateau left to the kernel, a dhcpcd beside it is bateau's own, which only asks for the prefix. */
export function managerOf(site: Site, { manager }: HostState): UplinkManager {
  return holderOf(site.facts) === 'kernel' && manager === 'dhcpcd' ? 'kernel' : manager
}

/** 1 listens unless the kernel forwards; 2 listens always (ip-sysctl.rst of Linux). */
function kernelListens(state: HostState, link: string): boolean {
  const accept = state.kernel[`net/ipv6/conf/${link}/accept_ra`]
  return accept === '2' || (accept === '1' && state.kernel['net/ipv6/conf/all/forwarding'] === '0')
}

// Decides when the addresses that bateau gives the server stand: service, next hop, and the gateways of the inside.
// Leaves the address by SLAAC to router.
import type { AddressState, HostState } from '../../core/host-state.ts'
import type { Address } from '../../core/prefix.ts'
import { bridges, type Site } from '../../core/site.ts'
import { unclear, yes, type Seen } from '../../core/verdict.ts'
import type { Expectation } from '../expectation.ts'
import { broken } from '../trouble/catalogue.ts'
import type { TroubleCode } from '../trouble/code.ts'

type Wanted = { id: string; what: string; link: string; address: Address; length: number; code: TroubleCode }

export function uplinkAddressExpectations(site: Site): Expectation[] {
  const { delivery, addressing } = site
  const link = site.facts.uplink.name
  const nextHop = delivery.kind === 'routed' ? delivery.nextHop : null
  return [
    ...(nextHop
      ? [
          wanted(site, {
            id: 'network/next-hop',
            what: 'its next-hop address',
            link,
            ...nextHop,
            code: 'next-hop-lost',
          }),
        ]
      : []),
    ...(addressing.service.equals(addressing.public.host)
      ? []
      : [
          wanted(site, {
            id: 'network/service-address',
            what: 'its service address',
            link,
            address: addressing.service,
            length: 128,
            code: 'service-address-lost',
          }),
        ]),
  ]
}

export function segmentExpectations(site: Site): Expectation[] {
  const { public: direct, transit } = site.addressing
  return [
    wanted(site, {
      id: 'network/public-segment',
      what: 'the gateway address',
      link: bridges.public,
      address: direct.host,
      length: direct.prefix.length,
      code: 'public-address-lost',
    }),
    ...(transit
      ? [
          wanted(site, {
            id: 'network/transit-segment',
            what: 'the gateway address',
            link: bridges.transit,
            address: transit.host,
            length: transit.prefix.length,
            code: 'transit-address-lost',
          }),
        ]
      : []),
  ]
}

function wanted(site: Site, { id, what, link, address, length, code }: Wanted): Expectation {
  const inside = link !== site.facts.uplink.name
  return {
    id,
    title: `${site.name} has ${what} ${address}/${length} on ${link}`,
    codes: inside ? ['bridge-missing', code] : [code],
    // Not the other bridge: each may be gone for itself.
    ...(inside ? { dependsOn: ['services'] } : {}),
    judge(state) {
      const there = state.links.find(({ name }) => name === link)
      if (inside && !there) return broken(site, 'bridge-missing', `there is no interface ${link}`, { link })
      if (inside && there && !there.up) return broken(site, 'bridge-missing', `${link} is down`, { link })
      const own = state.addresses.find((one) => one.link === link && one.address.equals(address))
      if (own && !own.dadFailed) return standing(own, length, () => broken(site, code, shown(own)))
      return broken(site, code, own ? `${shown(own)}: another machine on the link has it` : list(state, link))
    },
  }
}

/** Duplicate address detection takes 1 to 2 s (RFC 4862 section 5.4): until then it is neither there nor lost. */
function standing(own: AddressState, length: number, wrong: () => Seen): Seen {
  if (own.tentative) return unclear(`${shown(own)} is being checked for duplicates`)
  return own.length === length ? yes(shown(own)) : wrong()
}

const shown = ({ address, length, link }: AddressState): string => `${address}/${length} on ${link}`

function list(state: HostState, link: string): string {
  const all = state.addresses
    .filter((one) => one.link === link)
    .map(({ address, length }) => `${address}/${length}`)
  return all.length === 0 ? `${link} has no IPv6 address` : `${link} has ${all.join(', ')}`
}

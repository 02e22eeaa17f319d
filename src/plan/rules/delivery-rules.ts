// Decides when the way a block reaches a server cannot serve instances, or is not that provider's way.
// Leaves files and commands of a delivery to delivery/.
import { routedOf } from '../../core/site.ts'
import { otherWaysOut } from '../addressing.ts'
import { adviseClient, networkdObjections } from '../client.ts'
import { finding, unlessRehearsed, type Finding, type Rule } from '../draft.ts'

export const servesNobody: Rule = (draft) =>
  draft.servers.flatMap((planned) => {
    if (planned.server.ipv6?.delivery !== 'slaac-only') return []
    return [
      finding(draft, 'error', 'delivery-serves-nobody', ['servers', planned.index, 'ipv6', 'delivery'], {
        title: `${planned.name}: a single SLAAC address cannot serve instances`,
        why: 'the provider answers for one /128 on its link; instances would need addresses that nobody routes to this server',
        fix: `ask the provider for a routed or delegated block (a /56 or a /64); ${otherWaysOut}`,
      }),
    ]
  })

/** What an on-link block cannot do, said before anybody leans on it. */
export const onLinkLimits: Rule = (draft) =>
  draft.servers.flatMap((planned): Finding[] => {
    const { ipv6 } = planned.server
    if (ipv6?.delivery !== 'on-link') return []
    const tenants = planned.addressing ? routedOf(planned.addressing).length : 0
    return [
      finding(draft, 'info', 'on-link-limits', ['servers', planned.index, 'ipv6', 'delivery'], {
        title: `${planned.name}: the server answers neighbour discovery for its instances (NDP proxy)`,
        why: "the provider's router keeps an entry for each address, and has room for some only; a new instance is reached after it was asked for; another server on the segment can take an address",
        fix: 'ask the provider to route the block to the server, then write delivery: routed; otherwise nothing to do',
      }),
      ...(ipv6.proxy === 'kernel' && tenants > 0
        ? [
            finding(draft, 'error', 'proxy-sees-no-tenants', ['servers', planned.index, 'ipv6', 'proxy'], {
              title: `${planned.name}: proxy: kernel answers for neighbours on br-ex only, and ${tenants} class ${tenants === 1 ? 'network lies' : 'networks lie'} behind routers`,
              why: 'an entry is made for each neighbour that the server sees; what is behind a router is none',
              fix: 'write proxy: ndppd, or networks.class: false',
            }),
          ]
        : []),
    ]
  })

/** A route to the block that leads through the block leads nowhere. */
export const nextHopOutside: Rule = (draft) =>
  draft.servers.flatMap((planned): Finding[] => {
    const hop = planned.server.ipv6?.nextHop
    if (!hop || !planned.block?.containsAddress(hop.address)) return []
    return [
      finding(draft, 'error', 'next-hop-in-block', ['servers', planned.index, 'ipv6', 'next_hop'], {
        title: `${planned.name}: next_hop ${hop.address} lies in the block ${planned.block} itself`,
        why: 'the provider reaches the next hop on its own segment, by a prefix that is not routed to the server',
        fix: "write the server's address on the provider's segment; if the block itself is on the segment, write delivery: on-link",
      }),
    ]
  })

/** networkd is asked to hold a block where it cannot. Known once the server has been looked at. */
export const clientUnfit: Rule = (draft) =>
  draft.servers.flatMap((planned): Finding[] => {
    if (planned.server.ipv6?.client !== 'networkd' || !planned.facts || draft.policy.rehearsal) return []
    const why = networkdObjections(planned.facts)
    if (why === null) return []
    return [
      finding(draft, 'error', 'client-unfit', ['servers', planned.index, 'ipv6', 'client'], {
        title: `${planned.name}: systemd-networkd cannot hold the block there`,
        why,
        fix: `write client: ${adviseClient(planned.facts)}, or leave it out`,
      }),
    ]
  })

export const unlikeProvider: Rule = (draft) =>
  draft.servers.flatMap((planned): Finding[] => {
    const { provider, ipv6 } = planned.server
    const habit = draft.inventory.ways?.find((way) => way.provider === provider)
    if (!ipv6 || !habit?.delivery || ipv6.delivery === 'slaac-only' || draft.policy.rehearsal) return []
    if (ipv6.delivery !== habit.delivery)
      return [
        finding(
          draft,
          'warning',
          'delivery-unlike-provider',
          ['servers', planned.index, 'ipv6', 'delivery'],
          {
            title: `${planned.name}: ${ipv6.delivery} is not how ${provider} delivers`,
            why: habit.says,
            fix: `write delivery: ${habit.delivery}, unless the provider's console says otherwise`,
          },
        ),
      ]
    if (habit.gateway !== null && String(ipv6.gateway) !== habit.gateway)
      return [
        finding(draft, 'warning', 'gateway-unlike-provider', ['servers', planned.index, 'ipv6', 'gateway'], {
          title: `${planned.name}: gateway ${String(ipv6.gateway)}, but ${provider} has ${habit.gateway}`,
          why: habit.says,
          fix: `write gateway: '${habit.gateway}'`,
        }),
      ]
    return []
  })

/** Dedibox's DHCPv6 answers only while the server's single SLAAC address is on, and alive. */
export const slaacSwitch: Rule = (draft) => {
  const names = draft.servers.filter(
    (planned) => planned.server.provider === 'dedibox' && planned.server.ipv6?.delivery === 'dhcpv6-pd',
  )
  const [first] = names
  if (!first || draft.policy.rehearsal) return []
  return [
    finding(draft, 'info', 'slaac-switch', ['servers', first.index, 'ipv6', 'delivery'], {
      title: `${names.map((planned) => planned.name).join(', ')}: IPv6 SLAAC must be on in the console, where the server has the switch`,
      why: 'without that address DHCPv6 gets no lease; when it vanishes, so does the block',
      fix: 'switch it on before `bateau up`; `bateau check` looks at address and lease',
    }),
  ]
}

/** Vendors of network cards in servers: the first three bytes of their MAC addresses (IEEE registry). */
const cardVendors = new Set(
  '00:25:90 0c:c4:7a ac:1f:6b 3c:ec:ef 7c:c2:55 00:30:48 00:14:22 b8:ca:3a 18:66:da d0:94:66 ec:f4:bb 24:6e:96 14:18:77 9c:8e:99 94:18:82 3c:d9:2b 98:f2:b3 70:10:6f 00:1b:21 a0:36:9f 3c:fd:fe 90:e2:ba 68:05:ca d0:50:99 00:08:a2 e4:1d:2d'.split(
    ' ',
  ),
)

export const duidLooks: Rule = (draft) =>
  draft.servers.flatMap((planned): Finding[] => {
    const duid = planned.server.ipv6?.duid?.reveal()
    if (duid === undefined) return []
    const path = ['servers', planned.index, 'ipv6']
    if (!duid.startsWith('00:03:'))
      return [
        finding(draft, 'error', 'duid-type', path, {
          title: `${planned.name}: the DUID is not of the link-layer kind (00:03)`,
          why: `it has ${duid.split(':').length} bytes; providers that delegate to a DUID give link-layer ones of 10, and this version sends no other`,
          fix: "copy the DUID that the provider's console shows beside the block, not one that a DHCP client made",
        }),
      ]
    const tail = duid.split(':').slice(-6).join(':')
    const macs = [planned.server.mac, planned.facts?.uplink.mac.toLowerCase() ?? null]
    if (!macs.includes(tail) && !(duid.startsWith('00:03:00:01:') && cardVendors.has(tail.slice(0, 8))))
      return []
    return [
      finding(
        draft,
        unlessRehearsed(draft, macs.includes(tail) ? 'error' : 'warning'),
        'duid-from-mac',
        path,
        {
          title: `${planned.name}: the DUID looks rebuilt from the network card's MAC address`,
          why: "a provider's DUID names the block and holds random bytes; one made from the MAC is what a DHCP client invents, and nothing is delegated to it",
          fix: "copy the DUID from the provider's console, beside the block",
        },
      ),
    ]
  })

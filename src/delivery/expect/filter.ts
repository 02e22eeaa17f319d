// Decides when the packet filters of the server are right: bateau's is loaded as planned, and no other drops what IPv6 lives by.
// Leaves what bateau's must say to firewall.
import type { Site } from '../../core/site.ts'
import { unclear, yes } from '../../core/verdict.ts'
import type { Expectation } from '../expectation.ts'
import { firewallUnit, floodGuardPattern } from '../firewall.ts'
import { broken } from '../trouble/catalogue.ts'

export function filterExpectations(site: Site): Expectation[] {
  return [
    {
      id: 'network/firewall',
      title: `the firewall of ${site.name} is loaded and open for ${ports(site)} only`,
      codes: ['firewall-missing'],
      judge(state) {
        if (state.unread.filter !== undefined) return unclear(state.unread.filter)
        if (state.firewall === null)
          return broken(site, 'firewall-missing', 'there is no table `inet bateau`')
        const open = openRule(site)
        const line = state.firewall.split('\n').find((one) => open.test(one))
        if (line === undefined)
          return broken(site, 'firewall-missing', 'the table `inet bateau` is not loaded as planned')
        const unit = state.units[firewallUnit]
        if (unit !== undefined && unit.enabled !== 'enabled' && state.unread.units === undefined)
          return broken(site, 'firewall-missing', `${firewallUnit} is ${unit.enabled || unit.active}`)
        return yes(line.trim())
      },
    },
    ...floodGuardExpectations(site),
    {
      id: 'network/icmpv6',
      title: `no other packet filter on ${site.name} drops ICMPv6`,
      codes: ['icmpv6-dropped'],
      judge(state) {
        if (state.unread.filter !== undefined) return unclear(state.unread.filter)
        const all = state.foreignDrops.map(({ table, chain, rule }) => `${table} ${chain}: ${rule}`)
        return all.length === 0 ? yes('none does') : broken(site, 'icmpv6-dropped', all.join('\n'))
      },
    },
  ]
}

function floodGuardExpectations(site: Site): Expectation[] {
  if (site.delivery.kind !== 'dhcpv6-pd') return []
  return [
    {
      id: 'network/flood-guard',
      title: `the firewall of ${site.name} holds DHCPv6 requests back`,
      codes: ['flood-guard-missing'],
      judge(state) {
        if (state.unread.filter !== undefined) return unclear(state.unread.filter)
        const rule = state.firewall?.split('\n').find((line) => floodGuardPattern.test(line))
        return rule ? yes(rule.trim()) : broken(site, 'flood-guard-missing', 'no rule limits DHCPv6 requests')
      },
    },
  ]
}

function ports(site: Site): string {
  return site.open.length === 0 ? 'no TCP port' : `TCP ${site.open.map((open) => open.port).join(', ')}`
}

/** As nft prints a set of ports back: `tcp dport 22 accept` or `tcp dport { 22, 443 } accept`. */
function openRule(site: Site): RegExp {
  const all = site.open.map((open) => open.port).sort((a, b) => a - b)
  if (all.length === 0) return /counter packets \d+ bytes \d+ drop/
  return all.length === 1
    ? new RegExp(`tcp dport (\\{ )?${all[0]}( \\})? accept`)
    : new RegExp(`tcp dport \\{ ${all.join(', ')} \\} accept`)
}

// Decides what is said when packet filters on the server let too much in, or not enough through.
// Leaves what the filter must say to firewall.
import { onHost, type TroubleKind } from './kind.ts'

export const filterKinds = {
  'firewall-missing': {
    title: (site) => `the firewall of ${site.name} is not loaded as planned`,
    why: () =>
      'the services of the cloud are made for a trusted network; `nft flush ruleset` or a firewall manager may have removed the table',
    fix: (site) => onHost(site, 'systemctl restart bateau-firewall'),
    under: [],
  },
  'flood-guard-missing': {
    title: (site) => `nothing holds ${site.name} back from flooding DHCPv6`,
    why: () => 'a provider may shut the port of a server that sends more than a few DHCPv6 requests a minute',
    fix: (site) => onHost(site, 'systemctl restart bateau-firewall'),
    under: ['firewall-missing'],
  },
  'icmpv6-dropped': {
    title: (site) => `a packet filter on ${site.name} drops ICMPv6`,
    why: () =>
      'IPv6 does not work without it (RFC 4890): neighbours are not found, routers not heard, and long packets vanish without a word',
    fix: (site) =>
      onHost(
        site,
        'nft -a list ruleset; take the rule out where it was made (nft delete rule FAMILY TABLE CHAIN handle N for now)',
      ),
    under: [],
  },
} satisfies Record<string, TroubleKind>

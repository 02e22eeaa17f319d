// Decides what of a server the internet and the tenants may reach: a table of its own, loaded before any network is up.
// Leaves traffic that only passes through the server to Neutron's security groups, and the user's own tables alone.
import { bridges, remembered, rememberedFor, type Site, taps } from '../core/site.ts'
import { command, file, shell, type HostStep } from '../core/step.ts'
import { anyOf, nftTable, quoted, type MemorySet, type Rule, type Table } from '../render/nftables.ts'
import { section, systemdUnit } from '../render/systemd-unit.ts'

const rules = '/etc/bateau/firewall.nft'
export const firewallUnit = 'bateau-firewall.service'

/**
 * Dedibox blocks the switch port of a server that floods DHCPv6; its guide limits requests to this. A client that
 * works sends two at start and one each half hour.
 */
const requestsPerMinute = 10
const requestsAtOnce = 5

const floodGuardText = `limit rate ${requestsPerMinute}/minute burst ${requestsAtOnce} packets accept`
/** As nft prints it back; nft 1.0 leaves a burst of 5 out, which is what its kernel takes without one. */
export const floodGuardPattern = new RegExp(
  `udp dport 547 limit rate ${requestsPerMinute}/minute (burst ${requestsAtOnce} packets )?accept`,
)

/** For whoever wants to know why a lease or a route is gone. */
const memory: readonly MemorySet[] = [
  { name: remembered.routers, type: 'ipv6_addr', seconds: rememberedFor.routers },
  { name: remembered.withdrawn, type: 'ipv6_addr', seconds: rememberedFor.routers },
  { name: remembered.asked, type: 'ifname', seconds: rememberedFor.dhcpv6 },
  { name: remembered.answered, type: 'ipv6_addr', seconds: rememberedFor.dhcpv6 },
]

/** Bits 48 to 63 of a router advertisement are its lifetime; 0 says that it is no default router, or no more (RFC 4861 section 4.2). */
function rememberRouters(uplink: string): Rule[] {
  const advertisement = `iifname ${quoted(uplink)} icmpv6 type nd-router-advert @th,48,16`
  const { routers, withdrawn } = remembered
  return [
    {
      nft: `${advertisement} != 0 update @${routers} { ip6 saddr }`,
      why: 'who is a router, and when it last said so',
    },
    { nft: `${advertisement} != 0 delete @${withdrawn} { ip6 saddr }` },
    { nft: `${advertisement} 0 update @${withdrawn} { ip6 saddr }` },
    { nft: `${advertisement} 0 delete @${routers} { ip6 saddr }` },
  ]
}

/** ICMPv6 without which IPv6 does not work (RFC 4890 section 4.4.1), echo, and multicast listening. */
const icmpForAll = [
  'destination-unreachable',
  'packet-too-big',
  'time-exceeded',
  'parameter-problem',
  'echo-request',
  'echo-reply',
  'nd-neighbor-solicit',
  'nd-neighbor-advert',
  'mld-listener-query',
  'mld-listener-report',
  'mld-listener-done',
  'mld2-listener-report',
]

export function firewallTable(site: Site): Table {
  const uplink = site.facts.uplink.name
  const inside = [bridges.public, bridges.transit]
  const ports = site.open.map((open) => open.port).sort((a, b) => a - b)
  return {
    family: 'inet',
    name: remembered.table,
    sets: memory,
    chains: [
      {
        name: 'input',
        hook: { at: 'input', priority: 'filter', policy: 'accept' },
        rules: [
          {
            nft: `iifname ${anyOf(uplink, ...inside)} goto outside`,
            why: 'the internet and the tenants; interfaces that bateau does not know stay as they are',
          },
          {
            nft: `iifname { ${quoted(bridges.integration)}, ${quoted(taps)} } drop`,
            why: 'Open vSwitch in user space leaves a copy of each frame of an instance to this stack',
          },
        ],
      },
      {
        name: 'outside',
        rules: [
          {
            nft: `iifname ${quoted(uplink)} udp sport 547 udp dport 546 update @${remembered.answered} { ip6 saddr }`,
          },
          { nft: 'ct state established,related accept' },
          { nft: `icmpv6 type { ${icmpForAll.join(', ')} } accept` },
          ...rememberRouters(uplink),
          { nft: `iifname ${quoted(uplink)} icmpv6 type nd-router-advert accept` },
          {
            nft: `iifname ${anyOf(...inside)} icmpv6 type nd-router-solicit accept`,
            why: 'instances ask this host for its router advertisement',
          },
          {
            nft: `iifname ${quoted(uplink)} ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept`,
            why: 'DHCPv6: the answer comes from an address that was never asked',
          },
          {
            nft: 'ip protocol icmp icmp type { destination-unreachable, time-exceeded, parameter-problem, echo-request, echo-reply } accept',
          },
          { nft: `iifname ${quoted(uplink)} udp sport 67 udp dport 68 accept`, why: 'DHCP for IPv4' },
          ...(ports.length === 0
            ? []
            : [{ nft: `tcp dport { ${ports.join(', ')} } accept`, why: openWords(site) }]),
          { nft: 'counter drop' },
        ],
      },
      {
        name: 'output',
        hook: { at: 'output', priority: 'filter', policy: 'accept' },
        rules: [
          {
            nft: 'icmpv6 type nd-redirect drop',
            why: 'a redirect would send an instance past this host, where its card is not known; Linux has no switch for it',
          },
          ...floodGuard(site),
        ],
      },
    ],
  }
}

/** Loads the table at boot before any interface is configured, and again whenever Debian's nftables.service has flushed it away. */
export function firewallStep(site: Site): HostStep {
  return {
    id: 'network/firewall',
    title: 'Firewall',
    because: `only ${ports(site)} may be reached from outside; it stands before anything else is installed`,
    files: [
      file(
        rules,
        nftTable(
          ['Written by bateau. Loading it replaces the table "bateau" and no other.'],
          firewallTable(site),
        ),
      ),
      systemdUnit(
        firewallUnit,
        ['Written by bateau.'],
        [
          section(
            'Unit',
            ['Description', "bateau's packet filter"],
            ['DefaultDependencies', false],
            ['Wants', 'network-pre.target'],
            ['Before', 'network-pre.target shutdown.target'],
            ['Conflicts', 'shutdown.target'],
            ['After', 'nftables.service'],
            ['PartOf', 'nftables.service'],
            ['ReloadPropagatedFrom', 'nftables.service'],
          ),
          section(
            'Service',
            ['Type', 'oneshot'],
            ['RemainAfterExit', true],
            ['ExecStart', `/usr/sbin/nft -f ${rules}`],
            ['ExecReload', `/usr/sbin/nft -f ${rules}`],
            ['ExecStop', '-/usr/sbin/nft delete table inet bateau'],
          ),
          section('Install', ['WantedBy', 'sysinit.target']),
        ],
      ),
    ],
    run: [
      {
        ...shell(
          'command -v nft >/dev/null || { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends nftables; }',
        ),
        idleSeconds: 300,
      },
      command('nft', '-c', '-f', rules),
      command('systemctl', 'daemon-reload'),
      command('systemctl', 'enable', firewallUnit),
      command('systemctl', 'reload-or-restart', firewallUnit),
    ],
    verify: [
      command('systemctl', 'is-enabled', '-q', firewallUnit),
      command('nft', 'list', 'chain', 'inet', 'bateau', 'outside'),
    ],
  }
}

function floodGuard(site: Site): Rule[] {
  if (site.delivery.kind !== 'dhcpv6-pd') return []
  const request = `oifname ${quoted(site.facts.uplink.name)} udp dport 547`
  return [
    { nft: `${request} update @${remembered.asked} { oifname }` },
    {
      nft: `${request} ${floodGuardText}`,
      why: 'a provider may shut the port of a server that floods DHCPv6',
    },
    { nft: `${request} drop` },
  ]
}

const openWords = (site: Site) => site.open.map((open) => `${open.port}: ${oneLine(open.why)}`).join('; ')
const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ')

function ports(site: Site): string {
  return site.open.length === 0 ? 'no TCP port' : `TCP ${site.open.map((open) => open.port).join(', ')}`
}

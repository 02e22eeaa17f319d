// Decides what of a server the internet and the tenants may reach: a table of its own, loaded before any network is up.
// Leaves traffic that only passes through the server to Neutron's security groups, and the user's own tables alone.
import { bridges, type Site } from '../core/site.ts'
import { command, file, shell, type HostStep } from '../core/step.ts'
import { anyOf, nftTable, quoted, type Rule, type Table } from '../render/nftables.ts'
import { section, systemdUnit } from '../render/systemd-unit.ts'
import { shows, type Expectation } from './expectation.ts'

const rules = '/etc/bateau/firewall.nft'
const unit = 'bateau-firewall.service'

/**
 * Dedibox blocks the switch port of a server that floods DHCPv6; its guide limits requests to this. A client that
 * works sends two at start and one each half hour.
 */
const requestsPerMinute = 10
const requestsAtOnce = 5

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
    name: 'bateau',
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
            nft: `iifname { ${quoted(bridges.integration)}, "tap*" } drop`,
            why: 'Open vSwitch in user space leaves a copy of each frame of an instance to this stack',
          },
        ],
      },
      {
        name: 'outside',
        rules: [
          { nft: 'ct state established,related accept' },
          { nft: `icmpv6 type { ${icmpForAll.join(', ')} } accept` },
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
        unit,
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
      command('systemctl', 'enable', unit),
      command('systemctl', 'reload-or-restart', unit),
    ],
    verify: [
      command('systemctl', 'is-enabled', '-q', unit),
      command('nft', 'list', 'chain', 'inet', 'bateau', 'outside'),
    ],
  }
}

export function firewallExpectations(site: Site): Expectation[] {
  return [
    {
      id: 'network/firewall',
      title: `the firewall of ${site.name} is loaded and open for ${ports(site)} only`,
      command: shows(
        `nft list chain inet bateau outside | grep -E '${openPattern(site)}' && systemctl is-enabled ${unit}`,
        'nft list tables; systemctl is-enabled bateau-firewall; echo "the table inet bateau is not loaded as planned"',
      ),
      why: 'the services of the cloud are made for a trusted network; `nft flush ruleset` or a firewall manager may have removed the table',
      fix: `on ${site.name}: systemctl restart ${unit}`,
    },
  ]
}

function floodGuard(site: Site): Rule[] {
  if (site.delivery.kind !== 'dhcpv6-pd') return []
  const request = `oifname ${quoted(site.facts.uplink.name)} udp dport 547`
  return [
    {
      nft: `${request} limit rate ${requestsPerMinute}/minute burst ${requestsAtOnce} packets accept`,
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

/** As nft prints a set of ports back: `tcp dport 22 accept` or `tcp dport { 22, 443 } accept`. */
function openPattern(site: Site): string {
  const all = site.open.map((open) => open.port).sort((a, b) => a - b)
  if (all.length === 0) return 'counter packets'
  return all.length === 1
    ? `tcp dport (\\{ )?${all[0]}( \\})? accept`
    : `tcp dport \\{ ${all.join(', ')} \\} accept`
}

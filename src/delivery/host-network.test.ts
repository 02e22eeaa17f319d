// Holds the host network to its order, its safety and what each delivery needs.
import { describe, expect, it } from 'vitest'
import { Address, Prefix } from '../core/prefix.ts'
import type { Site } from '../core/site.ts'
import type { HostStep } from '../core/step.ts'
import { firewallTable } from './firewall.ts'
import { expectations } from './expect/expectations.ts'
import { hostNetwork } from './host-network.ts'
import { block, routedSite, site } from './site.fixture.ts'

const textOf = (steps: readonly HostStep[], path: string) =>
  steps.flatMap((step) => step.files).find((file) => file.path === path)?.text
const dropIn = '/etc/systemd/network/10-netplan-eno1.network.d/50-bateau.conf'
const withFacts = (facts: Partial<Site['facts']>): Site => ({ ...site, facts: { ...site.facts, ...facts } })

describe('the steps of a host network', () => {
  it('start with the firewall', () => {
    expect(hostNetwork(site).map((step) => step.id)).toEqual([
      'network/firewall',
      'network/name',
      'network/forwarding',
      'network/uplink',
      'network/segments',
    ])
  })

  it.each([
    ['delegated', site],
    ['routed', routedSite('ra')],
    ['static gateway', routedSite(Address.of('fe80::1'))],
    ['without netplan', withFacts({ netplanId: null })],
  ])('never make the uplink a bridge port or say anything of its IPv4: %s', (_, one) => {
    const network = hostNetwork(one).filter((step) => step.id === 'network/uplink')
    const texts = network.flatMap((step) => step.files.map((file) => file.text)).join('\n')
    expect(texts).not.toMatch(/Bridge=|MasterInterface|\[Bridge/)
    expect(texts).not.toMatch(/DHCP=(yes|ipv4)|LinkLocalAddressing|^Address=\d+\./m)
  })

  it("leave what is the user's alone: /etc/nftables.conf, netplan, /etc/hosts as a whole", () => {
    const paths = hostNetwork(site).flatMap((step) => step.files.map((file) => file.path))
    for (const own of paths) expect(own).toMatch(/bateau|^\/etc\/hostname$/)
  })

  it('hold no secret, only references, and only in a file that others cannot read', () => {
    const files = hostNetwork(site).flatMap((step) => step.files)
    const secretive = files.filter((file) => file.text.includes('{{secret:'))
    expect(secretive.map(({ path, mode, owner }) => ({ path, mode, owner }))).toEqual([
      { path: dropIn, mode: '0640', owner: 'root:systemd-network' },
    ])
    expect(JSON.stringify(hostNetwork(site).flatMap((step) => [...step.run, ...step.verify]))).not.toContain(
      '{{secret:',
    )
  })
})

describe('a delegated block', () => {
  it('is asked for with the eight bytes after 00:03 of the DUID, without waiting for an advertisement', () => {
    expect(textOf(hostNetwork(site), dropIn)).toBe(`# Written by bateau.
# the provider delegates 2001:2:0:1100::/56 by DHCPv6 to the DUID of os1 only.

[Network]
DHCP=ipv6
IPv6AcceptRA=yes

[DHCPv6]
DUIDType=link-layer
DUIDRawData={{secret:duid/os1/ll}}
UseDelegatedPrefix=yes
UseAddress=no
UseDNS=no
UseHostname=no
WithoutRA=solicit
SendRelease=no

[IPv6AcceptRA]
DHCPv6Client=always

[Route]
Destination=2001:2:0:1100::/56
Type=unreachable
Metric=4096

[Address]
Address=2001:2:0:1100::1/128
`)
  })

  it('is refused as a bare DUID: plans hold references', () => {
    const bare: Site = {
      ...site,
      delivery: { kind: 'dhcpv6-pd', block, duid: '00:03:00:01:02:00:5e:00:00:01', client: 'networkd' },
    }
    expect(() => hostNetwork(bare)).toThrow(RangeError)
  })

  it('limits DHCPv6 requests, which a routed block does not need', () => {
    const rules = (one: Site) => JSON.stringify(firewallTable(one))
    expect(rules(site)).toContain('udp dport 547 limit rate 10/minute burst 5 packets accept')
    expect(rules(routedSite('ra'))).not.toContain('dport 547')
  })
})

describe('a routed block', () => {
  it('takes an announced default route as it comes', () => {
    const text = textOf(hostNetwork(routedSite('ra')), dropIn) ?? ''
    expect(text).toContain('IPv6AcceptRA=yes')
    expect(text).not.toContain('Gateway=')
  })

  it('takes a fixed gateway on-link, link-local or outside every prefix', () => {
    for (const gateway of ['fe80::1', '2001:2:0:10ff:ff:ff:ff:ff'])
      expect(textOf(hostNetwork(routedSite(Address.of(gateway))), dropIn)).toContain(
        `[Route]\nGateway=${gateway}\nGatewayOnLink=yes\n`,
      )
  })

  it('ends unused addresses at the server', () => {
    expect(textOf(hostNetwork(routedSite('ra')), dropIn)).toContain(
      `[Route]\nDestination=${block}\nType=unreachable\n`,
    )
  })
})

describe('the uplink without netplan', () => {
  const steps = hostNetwork(withFacts({ netplanId: null }))

  it('keeps every address that another put there', () => {
    expect(textOf(steps, '/etc/systemd/network/05-bateau-eno1.network')).toContain(
      '[Match]\nName=eno1\n\n[Network]\nKeepConfiguration=yes\n',
    )
  })

  it('is looked at first: another .network file, or NetworkManager, stops the step', () => {
    const [first] = steps.find((step) => step.id === 'network/uplink')?.run ?? []
    expect(first?.argv.join(' ')).toMatch(/NetworkManager[\s\S]*Network File[\s\S]*exit 1/)
  })
})

describe('the inside segments', () => {
  it('announce the public prefix with resolvers, and the host as the preferred router', () => {
    const text = textOf(hostNetwork(site), '/etc/systemd/network/20-bateau-br-ex.network') ?? ''
    expect(text).toContain('IPv6SendRA=yes')
    expect(text).toContain('Address=2001:2:0:1101::1/64')
    expect(text).toContain('RouterPreference=high\nEmitDNS=yes\nDNS=2001:2::53\n')
    expect(text).toContain(
      '[IPv6Prefix]\nPrefix=2001:2:0:1101::/64\nAddressAutoconfiguration=yes\nOnLink=yes\n',
    )
  })

  it('keep ports of instances up where Open vSwitch may write over their flags, and leave them alone in the kernel', () => {
    const [unmanaged, taps] = ['unmanaged', 'taps'].map(
      (name) => `/etc/systemd/network/04-bateau-${name}.network`,
    )
    const [kernel, user] = [true, false].map((ovsKernel) => hostNetwork(withFacts({ ovsKernel })))
    expect(textOf(kernel ?? [], unmanaged ?? '')).toMatch(/^Name=.* tap\*$/m)
    expect(textOf(kernel ?? [], taps ?? '')).toBeUndefined()
    expect(textOf(user ?? [], unmanaged ?? '')).not.toContain('tap')
    expect(textOf(user ?? [], taps ?? '')).toContain('ActivationPolicy=always-up')
  })

  it("carry the tunnel's MTU and a route to each tenant network on the transit segment", () => {
    const text = textOf(hostNetwork(site), '/etc/systemd/network/20-bateau-br-transit.network') ?? ''
    expect(text).toContain('IPv6MTUBytes=1402')
    expect(text).not.toContain('IPv6SendRA=yes')
    expect(text).toContain('[Route]\nDestination=2001:2:0:1180::/64\nGateway=2001:2:0:1102::a\n')
  })

  it('carry one route for all networks of a group’s seats', () => {
    const range = Prefix.of('2001:2:0:11f0::/60')
    const via = site.addressing.tenants[0]?.via ?? range.host(1)
    const own = [{ name: 'own-g1', group: 'g1', prefix: range, via }]
    const steps = hostNetwork({ ...site, addressing: { ...site.addressing, own } })
    const text = textOf(steps, '/etc/systemd/network/20-bateau-br-transit.network') ?? ''
    expect(text).toContain('[Route]\nDestination=2001:2:0:11f0::/60\nGateway=2001:2:0:1102::a\n')
    const ids = expectations({ ...site, addressing: { ...site.addressing, own } }).map(({ id }) => id)
    expect(ids).toContain('network/route/own-g1')
  })

  it('of a block of one prefix are br-ex alone, which then carries the service address', () => {
    const only = Prefix.of('2001:2:0:1100::/64')
    const small: Site = {
      ...site,
      delivery: { kind: 'routed', block: only, gateway: 'ra', nextHop: null },
      addressing: {
        block: only,
        service: only.host(1),
        public: { prefix: only, host: only.host(1) },
        transit: null,
        pool: null,
        tenants: [],
        tenantMtu: 1402,
      },
    }
    const paths = hostNetwork(small).flatMap((step) => step.files.map((file) => file.path))
    expect(paths.some((path) => path.includes('br-transit'))).toBe(false)
    expect(textOf(hostNetwork(small), dropIn)).not.toContain('[Address]')
    expect(expectations(small).map((one) => one.id)).not.toContain('network/service-address')
  })
})

describe('kernel parameters', () => {
  const of = (one: Site) => textOf(hostNetwork(one), '/etc/sysctl.d/60-bateau.conf') ?? ''

  it('turn forwarding on for all', () => {
    expect(of(site)).toContain('\nnet/ipv6/conf/all/forwarding = 1\n')
  })

  it('mute new interfaces only where Open vSwitch runs in user space, and never the uplink', () => {
    expect(of(site)).not.toContain('disable_ipv6')
    const userspace = of(withFacts({ ovsKernel: false }))
    expect(userspace).toContain('\nnet/ipv6/conf/default/disable_ipv6 = 1\n')
    expect(userspace).toContain('\n-net/ipv6/conf/eno1/disable_ipv6 = 0\n')
    expect(userspace).toContain('\n-net/ipv6/conf/br-ex/disable_ipv6 = 0\n')
  })
})

// Decides the server that tests of delivery and check are told about.
// Leaves real ones to plan/.
import { Address, Prefix } from '../core/prefix.ts'
import { reference } from '../core/secret.ts'
import type { Site } from '../core/site.ts'

export const block = Prefix.of('2001:2:0:1100::/56')
const slice = (n: number): Prefix => block.nth(64, n) as Prefix

export const site: Site = {
  name: 'os1',
  facts: {
    hostname: 'debian',
    os: { id: 'debian', codename: 'trixie' },
    arch: 'x86_64',
    cores: 8,
    memoryMiB: 16_384,
    uplink: { name: 'eno1', mac: '02:00:5e:00:01:01' },
    kvm: true,
    ovsKernel: true,
    systemd: 257,
    netplanId: 'eno1',
  },
  delivery: { kind: 'dhcpv6-pd', block, duid: reference('duid/os1'), client: 'networkd' },
  addressing: {
    block,
    service: slice(0).host(1),
    public: { prefix: slice(1), host: slice(1).host(1) },
    transit: { prefix: slice(2), host: slice(2).host(1) },
    pool: Prefix.of('2001:2:0:1180::/57'),
    tenants: [{ name: 'class-g1', group: 'g1', prefix: slice(128), via: slice(2).host(10) }],
    tenantMtu: 1402,
  },
  open: [
    { port: 443, why: 'dashboard and API' },
    { port: 22, why: 'SSH' },
  ],
  resolvers: [Address.of('2001:2::53')],
  engine: { kind: 'packages', release: '2025.1', cinder: false },
}

export const routedSite = (gateway: 'ra' | Address): Site => ({
  ...site,
  delivery: { kind: 'routed', block, gateway, nextHop: null },
})

// Decides the server that the engine's tests plan for.
// Leaves real ones to plan/.
import { Address, Prefix } from '../../core/prefix.ts'
import type { Addressing, HostFacts, Site } from '../../core/site.ts'

const block = Prefix.of('2001:db8:0:1100::/56')

export function site(facts: Partial<HostFacts> = {}, addressing: Partial<Addressing> = {}): Site {
  return {
    name: 'os1',
    facts: {
      hostname: 'os1',
      os: { id: 'debian', codename: 'trixie' },
      arch: 'x86_64',
      cores: 2,
      memoryMiB: 16384,
      uplink: { name: 'eno1', mac: '02:00:5e:10:00:01' },
      kvm: false,
      ovsKernel: false,
      systemd: 257,
      netplanId: null,
      ...facts,
    },
    delivery: { kind: 'routed', block, gateway: 'ra', nextHop: null },
    addressing: {
      block,
      service: Address.of('2001:db8:0:1100::1'),
      public: { prefix: Prefix.of('2001:db8:0:1101::/64'), host: Address.of('2001:db8:0:1101::1') },
      transit: { prefix: Prefix.of('2001:db8:0:1102::/64'), host: Address.of('2001:db8:0:1102::1') },
      pool: Prefix.of('2001:db8:0:1180::/57'),
      tenants: [
        {
          name: 'class-g1',
          group: 'g1',
          prefix: Prefix.of('2001:db8:0:1180::/64'),
          via: Address.of('2001:db8:0:1102::a'),
        },
      ],
      tenantMtu: 1402,
      ...addressing,
    },
    open: [{ port: 22, why: 'ssh' }],
    resolvers: [],
    engine: { kind: 'packages', release: '2025.1', cinder: false },
  }
}

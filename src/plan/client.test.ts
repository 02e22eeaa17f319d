import { expect, it } from 'vitest'
import type { HostFacts } from '../core/site.ts'
import { adviseClient } from './client.ts'

const facts = (more: Partial<HostFacts>): HostFacts => ({
  hostname: 'server',
  os: { id: 'debian', codename: 'trixie' },
  arch: 'x86_64',
  cores: 8,
  memoryMiB: 16_384,
  uplink: { name: 'eno1', mac: '02:00:5e:00:01:01' },
  kvm: true,
  ovsKernel: true,
  systemd: 257,
  netplanId: 'eno1',
  uplinkManager: 'networkd',
  ...more,
})

it.each([
  ['Debian 13 with netplan', {}, 'networkd'],
  ['Debian 12', { systemd: 252 }, 'networkd'],
  ['Ubuntu 24.04', { systemd: 255 }, 'networkd'],
  ['Ubuntu 22.04, whose networkd asks for no prefix', { systemd: 249 }, 'dhcpcd'],
  ['Debian 13 with ifupdown', { netplanId: null, uplinkManager: 'ifupdown' as const }, 'dhcpcd'],
  ['a server that runs dhclient for it already', { dhclient: true }, 'dhclient'],
  ['a server that nobody has looked at', { systemd: 0 }, 'networkd'],
])('%s', (_, more, client) => {
  expect(adviseClient(facts(more))).toBe(client)
})

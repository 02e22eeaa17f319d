// Holds every file and command of a server's uplink to its golden text: each host system by each way a block arrives.
// Systems that no container plays here (Ubuntu) are held by this alone; docs/addressing.md says which.
import { describe, expect, test } from 'vitest'
import { Address, Prefix } from '../../src/core/prefix.ts'
import { reference, references } from '../../src/core/secret.ts'
import type { Delivery, HostFacts, Site } from '../../src/core/site.ts'
import type { HostStep } from '../../src/core/step.ts'
import { hostNetwork } from '../../src/delivery/host-network.ts'
import { layOut } from '../../src/plan/addressing.ts'
import { adviseClient } from '../../src/plan/client.ts'

const facts = (id: string, codename: string, systemd: number, more: Partial<HostFacts>): HostFacts => ({
  hostname: 'os1',
  os: { id, codename },
  arch: 'x86_64',
  cores: 8,
  memoryMiB: 16_384,
  uplink: { name: 'eno1', mac: '02:00:5e:00:01:01' },
  kvm: true,
  ovsKernel: true,
  systemd,
  netplanId: null,
  networkFile: null,
  dhclient: false,
  ...more,
})
const netplan = { netplanId: 'eno1', uplinkManager: 'networkd' } as const
const ifupdown = { uplinkManager: 'ifupdown' } as const

const hosts: Record<string, HostFacts> = {
  'debian-13-netplan': facts('debian', 'trixie', 257, netplan),
  'debian-13-networkd': facts('debian', 'trixie', 257, { uplinkManager: 'networkd', networkFile: '10-eno1' }),
  'debian-13-ifupdown': facts('debian', 'trixie', 257, ifupdown),
  'debian-12-netplan': facts('debian', 'bookworm', 252, netplan),
  'debian-12-ifupdown': facts('debian', 'bookworm', 252, ifupdown),
  'ubuntu-24.04': facts('ubuntu', 'noble', 255, netplan),
  'ubuntu-22.04': facts('ubuntu', 'jammy', 249, netplan),
}

const block = Prefix.of('2001:db8:17::/56')
const single = Prefix.of('2001:db8:64::/64')
const duid = reference('duid/os1')
const hop = { address: Address.of('2001:db8:1::2'), length: 64 }

const deliveries = (of: HostFacts): Record<string, Delivery> => ({
  'delegated, client as advised': { kind: 'dhcpv6-pd', block, duid, client: adviseClient(of) },
  'delegated, dhclient': { kind: 'dhcpv6-pd', block, duid, client: 'dhclient' },
  'routed, gateway announced': { kind: 'routed', block: single, gateway: 'ra', nextHop: null },
  'routed, gateway fe80::1': { kind: 'routed', block: single, gateway: Address.of('fe80::1'), nextHop: null },
  'routed to a next hop, gateway outside the prefix': {
    kind: 'routed',
    block,
    gateway: Address.of('2001:db8:1:ff:ff:ff:ff:ff'),
    nextHop: hop,
  },
  'on-link, ndppd': { kind: 'on-link', block: single, gateway: 'ra', proxy: 'ndppd' },
  'on-link, kernel': {
    kind: 'on-link',
    block: single,
    gateway: Address.of('2001:db8:64::ffff'),
    proxy: 'kernel',
  },
})

function siteOf(of: HostFacts, delivery: Delivery): Site {
  const laid = layOut(delivery.block, ['tp-a'])
  if (!laid.ok) throw new Error('both blocks can be laid out')
  return {
    name: 'os1',
    facts: of,
    delivery,
    addressing: laid.value,
    open: [{ port: 22, why: 'SSH' }],
    resolvers: [],
    engine: { kind: 'packages', release: '2025.1', cinder: false },
  }
}

const shown = new Set(['network/forwarding', 'network/uplink'])

const stepText = ({ id, files, run, verify }: HostStep) =>
  [
    `## ${id}`,
    ...files.flatMap(({ path, mode, owner, text }) => [`--- ${path} ${mode} ${owner}`, text.trimEnd()]),
    '--- run',
    ...run.map(({ argv }) => argv.join(' ')),
    '--- verify',
    ...verify.map(({ argv }) => argv.join(' ')),
  ].join('\n')

describe.each(Object.entries(hosts))('%s', (name, of) => {
  test('is told what the golden file says', async () => {
    const text = Object.entries(deliveries(of))
      .map(([title, delivery]) => {
        const steps = hostNetwork(siteOf(of, delivery)).filter(({ id }) => shown.has(id))
        return `# ${title}\n\n${steps.map(stepText).join('\n\n')}`
      })
      .join('\n\n\n')
    await expect(`${text}\n`).toMatchFileSnapshot(`host-files/${name}.txt`)
  })

  test('keeps the DUID out of argv and out of every file that others can read', () => {
    for (const delivery of Object.values(deliveries(of))) {
      const steps = hostNetwork(siteOf(of, delivery))
      expect(references(JSON.stringify(steps.flatMap(({ run, verify }) => [...run, ...verify])))).toEqual([])
      const secretive = steps.flatMap(({ files }) => files).filter(({ text }) => references(text).length > 0)
      expect(secretive).toHaveLength(delivery.kind === 'dhcpv6-pd' ? 1 : 0)
      for (const { mode, owner } of secretive)
        expect(['0600 root:root', '0640 root:systemd-network']).toContain(`${mode} ${owner}`)
    }
  })

  test('says nothing of IPv4', () => {
    for (const delivery of Object.values(deliveries(of)))
      for (const { files } of hostNetwork(siteOf(of, delivery)).filter(({ id }) => id === 'network/uplink'))
        for (const { text } of files)
          expect(text).not.toMatch(/DHCP=(yes|ipv4)|^Address=\d+\.|ip -4|Bridge=/m)
  })
})

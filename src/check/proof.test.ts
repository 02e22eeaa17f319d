// Holds the list of what is looked at to docs/check.md, and its order and causes to the way that a packet goes.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { layOut } from '../plan/addressing.ts'
import { Address, Prefix } from '../core/prefix.ts'
import type { Shell } from '../core/shell.ts'
import type { Site } from '../core/site.ts'
import { yes } from '../core/verdict.ts'
import { proofProbes } from './proof.ts'
import type { ProofInput, ProofInstance } from './proof-input.ts'
import { shellVantage } from './vantage.ts'

/** Nothing is looked at here. */
const shell: Shell = { name: 'nowhere', run: () => Promise.reject(new Error('nobody may look')) }
const block = Prefix.of('2001:db8:17::/56')
const addressing = layOut(block, ['g1'])
if (!addressing.ok) throw new Error('the block is long enough')

const site: Site = {
  name: 'os1',
  facts: {
    hostname: 'os1',
    os: { id: 'debian', codename: 'trixie' },
    arch: 'x86_64',
    cores: 4,
    memoryMiB: 8192,
    uplink: { name: 'eno1', mac: '02:00:5e:10:00:01' },
    kvm: true,
    ovsKernel: true,
    systemd: 257,
    netplanId: 'eno1',
  },
  delivery: { kind: 'dhcpv6-pd', block, duid: '{{secret:duid/os1}}', client: 'networkd' },
  addressing: addressing.value,
  open: [{ port: 443, why: 'dashboard' }],
  resolvers: [Address.of('2620:fe::fe')],
  engine: { kind: 'packages', release: '2025.1', cinder: false },
}
const instance = (name: string, network: 'direct' | 'class', address: Address): ProofInstance => ({
  name,
  inCloud: name,
  network,
  address,
  host: 'os1',
  user: 'root',
  identityFile: '/nowhere',
  mtu: 1500,
})
const [tenant] = site.addressing.tenants
const input: ProofInput = {
  sites: [site],
  hostShell: () => shell,
  outside: shell,
  vantages: [shellVantage({ shell, name: 'maison', named: true, controls: [] })],
  instances: [
    instance('proof-direct', 'direct', site.addressing.public.prefix.host(5)),
    instance('proof-class-g1', 'class', (tenant?.prefix ?? block).host(5)),
  ],
  outsideTargets: { ping: Address.of('2620:fe::fe'), tcp: { address: Address.of('2620:fe::fe'), port: 53 } },
  knownHosts: '/nowhere',
  routerOf: () => Promise.resolve(yes('')),
  hostName: () => 'os1.example.org',
  jump: {
    api: true,
    server: 'os1',
    shell,
    campus: shell,
    without: 'ipv6',
    way: {
      address: '192.0.2.1',
      port: 2222,
      user: 'u',
      identityFile: '/nowhere',
      knownHosts: '/nowhere',
      ipv4: true,
    },
    program: '/nowhere',
    ports: [22],
    knownHosts: '/nowhere',
  },
}
const probes = proofProbes(input)
const ids = probes.map(({ id }) => id)

it('looks at nothing when it is only listed, and gives every probe an id of its own', () => {
  expect(new Set(ids).size).toBe(ids.length)
})

it('every needed or causing id is one that is looked at', () => {
  const named = probes.flatMap(({ needs = [], causes = [] }) => [...needs, ...causes])
  expect(named.filter((id) => !ids.includes(id))).toEqual([])
})

it('goes from the cable outwards: what is needed or causes stands before', () => {
  const at = (id: string) => ids.indexOf(id)
  expect(at('host/os1/reached')).toBe(0)
  expect(at('router/os1/class-g1/gateway')).toBeLessThan(at('inside/one-router/proof-class-g1'))
  expect(at('inside/ping-out/proof-direct')).toBeLessThan(at('vantage/outside'))
  expect(at('outside/ping-host/os1')).toBeLessThan(at('outside/ping-in/proof-direct'))
})

it('blames the router for an instance of its network, and not for one on the public segment', () => {
  const causes = (id: string) => probes.find((probe) => probe.id === id)?.causes ?? []
  expect(causes('outside/ping-in/proof-class-g1')).toContain('router/os1/class-g1/gateway')
  expect(causes('outside/ping-in/proof-direct')).not.toContain('router/os1/class-g1/gateway')
})

const next = { address: Address.of('2001:db8:1::2'), length: 64 }
const router = Address.of('fe80::1')
const everyDelivery: Site['delivery'][] = [
  site.delivery,
  { kind: 'routed', block, gateway: 'ra', nextHop: null },
  { kind: 'routed', block, gateway: router, nextHop: next },
  { kind: 'on-link', block, gateway: router, proxy: 'kernel' },
  { kind: 'on-link', block, gateway: 'ra', proxy: 'ndppd' },
]

it('docs/check.md lists every id, and no other', () => {
  const page = readFileSync('docs/check.md', 'utf8')
  const documented = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, id]) => id ?? '')
  const general = (id: string) =>
    id
      .replace('proof-direct', 'INSTANCE')
      .replace('proof-class-g1', 'INSTANCE')
      .replace('class-g1', 'NETWORK')
      .replace('os1', 'SERVER')
      .replace('maison', 'NAME')
      .replace(/\/443$/, '/PORT')
  const services = () => ['ovn-controller.service', 'bateau-agent.service']
  const all = everyDelivery.flatMap((delivery) =>
    proofProbes({ ...input, sites: [{ ...site, delivery }], services }).map(({ id }) => general(id)),
  )
  const seen = [...new Set(all), 'cloud/SERVER']
  expect(seen.filter((id) => !documented.includes(id))).toEqual([])
  expect(documented.filter((id) => !seen.includes(id))).toEqual([])
})

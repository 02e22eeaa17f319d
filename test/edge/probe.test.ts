// How a server's delivery is found out, on real servers behind the real edge: every way that the edge brings a block.
// What was on the server before is there afterwards, to the byte.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parse } from 'yaml'
import { Address, Prefix } from '../../src/core/prefix.ts'
import { reference, Secret, type Vault } from '../../src/core/secret.ts'
import type { Shell } from '../../src/core/shell.ts'
import { server as serverSchema } from '../../src/course/server-schema.ts'
import { hostNetwork } from '../../src/delivery/host-network.ts'
import { probe, type Probed, probeShells, type ShellsInput } from '../../src/deploy/probe.ts'
import { send } from '../../src/host/ear.ts'
import { edgeShell, internetShell } from '../../src/rehearsal/places.ts'
import type { EdgeDelivery, ServerInput } from '../../src/rehearsal/world.ts'
import { allNodes, icmpFrame } from '../../src/wire/discovery.ts'
import { multicastMac } from '../../src/wire/ethernet.ts'
import { carryOut, siteOf } from './host-steps.ts'
import { capable, compile, down, machine, shellOf, sweep, testWorld, up } from './world.ts'

const block = (n: number, length = 56) => Prefix.of(`2001:2:0:${n}000::/${length}`)
const duid = '00:03:00:01:de:ad:be:ef:00:31'
const provider = Address.of('2001:2:0:f0::1')
const hop = { address: Address.of('2001:2:0:f1::2'), length: 64 }
const deliveries: Record<string, EdgeDelivery> = {
  delegated: { kind: 'dhcpv6-pd', block: block(1), duid: new Secret(duid) },
  announced: { kind: 'routed', block: block(2), gateway: 'ra' },
  linklocal: { kind: 'routed', block: block(3, 64), gateway: Address.of('fe80::1') },
  outsider: { kind: 'routed', block: block(4), gateway: provider },
  nexthop: { kind: 'routed', block: block(5), gateway: Address.of('fe80::1'), nextHop: hop },
  onlink: { kind: 'on-link', block: block(6, 64), gateway: 'ra' },
  single: { kind: 'slaac-only', block: block(7, 64) },
}
const servers: ServerInput[] = Object.entries(deliveries).map(([name, delivery]) => ({ name, delivery }))
const world = testWorld('probe', servers)
const internet = internetShell(world)
const vault: Vault = { get: (name) => new Secret(name.endsWith('/ll') ? duid.slice('00:03:'.length) : duid) }

/**
 * Everything of a server that a probe might change. Left out: what counts down by itself, what the firewall remembers of
 * packets that come anyway (elements of its sets), and the directories of services that systemd starts and ends on demand.
 */
const stateScript = `
ip -6 -o addr | sed -E 's/(valid|preferred)_lft [0-9a-z]+//g'
ip -6 route show table all | sed -E 's/expires [0-9]+sec//'; ip -6 neigh show proxy; ip -6 rule; ip -d -o link | grep -o '\\(^[0-9]*: [^ ]*\\|promiscuity [0-9]*\\|allmulti [0-9]*\\)'
sysctl -a -r '^net\\.ipv6\\.' 2>/dev/null | grep -v 'stable_secret\\|fib_\\|gc_'
nft --terse list ruleset | sed -E 's/packets [0-9]+ bytes [0-9]+//'
find /etc /root -type f -exec sha256sum {} + | sort
ls -A /tmp /var/tmp /run/systemd/transient 2>/dev/null | grep -v '^systemd-private-'
ss -Hlntu | awk '{ print $1, $5 }' | sort; ss -Hl0 | wc -l; ps -eo comm= | grep -c '^perl$'`

const stateOf = async (shell: Shell) => {
  const ran = await shell.run(['sh', '-c', stateScript])
  expect(ran.stdout.length).toBeGreaterThan(2_000)
  return ran.stdout
}

/** Booted, with an address and a route from what is announced to it, none of them under way: now nothing changes by itself. */
async function settled(name: string): Promise<void> {
  const shell = shellOf(world, name)
  const { announced } = world.servers.find((one) => one.name === name) ?? expect.fail(name)
  await shell.run(['systemctl', 'is-system-running', '--wait'])
  const isQuiet = [
    'ip -6 addr show dev eno1 scope link -tentative | grep -q inet6',
    '! ip -6 addr | grep -q tentative',
    ...(announced ? ['ip -6 addr show dev eno1 scope global | grep -q inet6'] : []),
    ...(announced ? ['ip -6 route show default | grep -q via'] : []),
  ].join(' && ')
  await vi.waitFor(
    async () => expect(await shell.run(['sh', '-c', isQuiet]), name).toMatchObject({ code: 0 }),
    {
      timeout: 90_000,
      interval: 500,
    },
  )
}

const look = (name: string, more: Partial<ShellsInput> = {}): Promise<Probed> =>
  probeShells({
    server: shellOf(world, name),
    outside: internet,
    block: deliveries[name]?.block ?? null,
    duid: null,
    target: world.internet.address,
    address: `${name}.example.org`,
    duidFile: null,
    ...more,
  })

/** The stanza is a server that the course file takes. */
const readStanza = ({ json }: Probed) => {
  const entry = (parse(json.stanza ?? '') as { servers?: unknown[] } | null)?.servers?.[0]
  const read = serverSchema.safeParse(entry)
  expect(read.error?.issues).toBeUndefined()
  return read.data?.ipv6
}

describe.skipIf(!capable)('bateau probe', { timeout: 300_000 }, () => {
  let build = ''
  let unreached: Promise<unknown>
  const options = { host: 'os1.invalid', from: 'here', target: '2001:2:0:ff00::2' }
  beforeAll(async () => {
    // Takes as long as the patience with a link that is down; meanwhile the servers are made and looked at.
    unreached = probe({ ...options, host: 'root@127.0.0.1', port: 9 }).catch((error: unknown) => error)
    await sweep('probe', servers)
    build = await compile(world)
    await up(world, build)
    await Promise.all(servers.map(({ name }) => settled(name)))
  })
  afterAll(async () => {
    await down(world)
    await machine.run(['rm', '-rf', build])
  })

  it.each([
    ['announced', { kind: 'routed', gateway: 'ra', next_hop: null }],
    ['linklocal', { kind: 'routed', gateway: 'fe80::1', next_hop: null }],
    ['nexthop', { kind: 'routed', gateway: 'fe80::1', next_hop: String(hop.address) }],
    ['onlink', { kind: 'on-link', gateway: 'ra' }],
    ['single', { kind: 'slaac-only' }],
  ])('tells of %s, and leaves it as it was', async (name, expected) => {
    const before = await stateOf(shellOf(world, name))
    const probed = await look(name)
    expect({ ...JSON.parse(JSON.stringify(probed.json)), exit: probed.exitCode }, probed.text).toMatchObject({
      ...expected,
      exit: 0,
      block: String(deliveries[name]?.block),
    })
    if (expected.kind === 'slaac-only') expect(probed.json.stanza).toBeNull()
    else expect(readStanza(probed)).toMatchObject({ delivery: expected.kind })
    expect(await stateOf(shellOf(world, name))).toBe(before)
  })

  it('tells of a next hop that the server has already', async () => {
    const shell = shellOf(world, 'nexthop')
    await shell.run(['ip', 'addr', 'add', `${hop.address}/${hop.length}`, 'dev', 'eno1', 'nodad'])
    const probed = await look('nexthop')
    expect(probed.json, probed.text).toMatchObject({ kind: 'routed', next_hop: hop.address })
    expect(readStanza(probed)).toMatchObject({ next_hop: hop })
  })

  it('tells of a router that has an address outside the prefix', async () => {
    const before = await stateOf(shellOf(world, 'outsider'))
    const probed = await look('outsider')
    expect(await stateOf(shellOf(world, 'outsider'))).toBe(before)
    expect(probed.json, probed.text).toMatchObject({ kind: 'routed' })
    expect(readStanza(probed)).toMatchObject({ delivery: 'routed' })
  })

  it('without the DUID says what is missing; with it, what would be leased, and leases nothing', async () => {
    const before = await stateOf(shellOf(world, 'delegated'))
    const without = await look('delegated')
    expect(without.json).toMatchObject({ kind: 'not-delivered', exit_code: 0 })
    expect(without.text).toContain('--duid-file')
    const probed = await look('delegated', { duid: new Secret(duid), duidFile: 'secrets/os1.duid' })
    expect(probed.json, probed.text).toMatchObject({ kind: 'dhcpv6-pd', gateway: 'ra' })
    expect(probed.json.stanza).toContain("duid_file: 'secrets/os1.duid'")
    readStanza(probed)
    expect(JSON.stringify(probed)).not.toMatch(/de:?ad:?be:?ef/i)
    const routes = await edgeShell(world).run(['ip', '-6', 'route', 'show', 'proto', '200'])
    expect(routes.stdout).toBe('')
    expect(await stateOf(shellOf(world, 'delegated'))).toBe(before)
  })

  it('with a wrong DUID says that it is refused', async () => {
    const probed = await look('delegated', { duid: new Secret(duid.replace('31', '99')) })
    expect(probed.json).toMatchObject({ kind: 'not-delivered' })
    expect(probed.json.because.join()).toContain('NoPrefixAvail')
  })

  it('with no block named tells what can be told', async () => {
    expect((await look('single', { block: null })).json).toMatchObject({ kind: 'slaac-only' })
    const announced = await look('announced', { block: null })
    expect(announced.json).toMatchObject({ kind: 'unknown', exit_code: 4 })
    expect(announced.text).toContain('--block')
    const offered = await look('delegated', { block: null, duid: new Secret(duid) })
    expect(offered.json).toMatchObject({ kind: 'dhcpv6-pd' })
    expect(String(offered.json.block)).toBe(String(block(1)))
  })

  it('with nowhere to look from watches how replies come back', async () => {
    expect((await look('announced', { outside: null })).json).toMatchObject({ kind: 'routed' })
    expect((await look('onlink', { outside: null })).json).toMatchObject({ kind: 'on-link' })
    const silent = await look('single', { outside: null })
    expect(silent.json).toMatchObject({ kind: 'unknown', exit_code: 4 })
    expect(silent.text).toContain('--from')
  })

  it.each([
    ['2001:2:0:9000::1/128', 'one address'],
    ['2001:2:0:9000::/112', 'no /64'],
  ])('of %s says why it cannot serve, and the ways out', async (small, why) => {
    const { json, text } = await look('single', { block: Prefix.of(small) })
    expect(json).toMatchObject({ kind: 'too-small', stanza: null, exit_code: 0 })
    expect(text).toContain(why)
    expect(text).toContain('tunnel')
  })

  it('is not deceived by advertisements that no host would believe', async () => {
    const at = world.servers.find(({ name }) => name === 'announced')
    const macs = { from: '02:00:5e:00:00:99', to: multicastMac(allNodes.bits) }
    const from = Address.of('fe80::bad')
    const absurd = { kind: 'other-icmp', type: 134, code: 0 } as const
    const bodies = [
      // Managed, other, 65535 s, then prefix information of length 255; an MTU of 0; an option of no length.
      Uint8Array.of(64, 0xc0, 255, 255, ...new Uint8Array(8), 3, 4, 255, 0xc0, ...new Uint8Array(28)),
      Uint8Array.of(64, 0, 0, 0, ...new Uint8Array(8), 5, 1, 0, 0, 0, 0, 0, 0),
      new Uint8Array(20),
    ]
    const frames = bodies.map((body) => icmpFrame(macs, { from, to: allNodes }, { ...absurd, body }))
    const flood = async () => {
      for (let i = 0; i < 20; i++) await send(edgeShell(world), at?.segment ?? '', ...frames)
    }
    const [probed] = await Promise.all([look('announced'), flood()])
    expect(probed.json, probed.text).toMatchObject({ kind: 'routed', gateway: 'ra' })
    expect(probed.text).toContain('ignored: a prefix length of 255')
    expect(probed.text).toContain('discarded: an option of length zero')
  })

  it('knows a block that is leased already, and does not ask again', async () => {
    const shell = shellOf(world, 'delegated')
    const site = await siteOf(shell, {
      kind: 'dhcpv6-pd',
      block: block(1),
      duid: reference('duid/delegated'),
      client: 'networkd',
    })
    await carryOut(shell, hostNetwork(site), vault)
    await settled('delegated')
    const before = await stateOf(shell)
    const probed = await look('delegated', { block: null, duid: new Secret(duid) })
    expect(probed.json, probed.text).toMatchObject({ kind: 'dhcpv6-pd', gateway: 'ra' })
    expect(probed.text).toContain('not asked: networkd holds a lease')
    expect(await stateOf(shell)).toBe(before)
  })

  it('refuses options that cannot be, before anybody logs in', async () => {
    const code = async (more: object) => {
      const probed = await probe({ ...options, ...more })
      return probed.ok ? undefined : probed.faults.map((fault) => fault.code)
    }
    const path = join(world.directories.state, 'not-a-duid')
    writeFileSync(path, 'de:ad')
    expect(await code({ block: '2001:db8::1/56' })).toEqual(['host-bits'])
    expect(await code({ host: '-oProxyCommand=x' })).toEqual(['bad-host'])
    expect(await code({ target: 'example.org' })).toEqual(['bad-address'])
    expect(await code({ duidFile: { path, named: 'x' } })).toEqual(['bad-duid'])
    expect(await code({ duidFile: { path: `${path}-absent`, named: 'x' } })).toEqual(['file-unreadable'])
    expect(await unreached).toMatchObject({ fault: { code: 'host-unreachable' } })
  })
})

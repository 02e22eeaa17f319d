// Each fault of the rehearsal does what it says, seen from the kernel and from Kea, and is taken back: without an agent to mend it.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { Prefix } from '../../src/core/prefix.ts'
import { reference, Secret, type Vault } from '../../src/core/secret.ts'
import type { Shell } from '../../src/core/shell.ts'
import type { Site } from '../../src/core/site.ts'
import { hostNetwork } from '../../src/delivery/host-network.ts'
import { type FaultPlaces, faultPlaces } from '../../src/rehearsal/fault.ts'
import { type FaultName, faults } from '../../src/rehearsal/faults.ts'
import { edgeShell, internetShell } from '../../src/rehearsal/places.ts'
import { linkLocalOf, type ServerInput } from '../../src/rehearsal/world.ts'
import { carryOut, siteOf } from './host-steps.ts'
import { insideAddresses, insideScript } from './inside.ts'
import { capable, compile, down, machine, shellOf, shortTiming, sweep, testWorld, up } from './world.ts'

const delegated = Prefix.of('2001:2:0:1000::/56')
const routed = Prefix.of('2001:2:0:2000::/56')
const duid = '00:03:00:01:de:ad:be:ef:00:31'
const servers: ServerInput[] = [
  { name: 'os1', delivery: { kind: 'dhcpv6-pd', block: delegated, duid: new Secret(duid) } },
  { name: 'os2', delivery: { kind: 'routed', block: routed, gateway: 'ra' } },
]
const secrets: Record<string, string> = { 'duid/os1': duid, 'duid/os1/ll': duid.slice('00:03:'.length) }
const vault: Vault = { get: (name) => new Secret(secrets[name] ?? expect.fail(`no secret ${name}`)) }
const world = testWorld('faults', servers, process.pid, shortTiming)
const internet = internetShell(world)
const edge = edgeShell(world)
const [os1, os2] = [shellOf(world, 'os1'), shellOf(world, 'os2')]
const slow = { timeout: 90_000, interval: 500 }

const out = async (shell: Shell, script: string) => (await shell.run(['sh', '-c', script])).stdout.trim()

describe.skipIf(!capable)('the faults of a rehearsal', { timeout: 400_000 }, () => {
  let build = ''
  const site: Record<string, Site> = {}
  const places: Record<'os1' | 'os2', FaultPlaces> = {} as Record<'os1' | 'os2', FaultPlaces>
  const made: [FaultName, FaultPlaces][] = []

  const inject = async (name: FaultName, at: FaultPlaces = places.os1) => {
    made.push([name, at])
    await faults[name].inject(at)
  }
  const pings = async (ofHost = 'os1', ...options: string[]) => {
    const one = site[ofHost] ?? expect.fail(ofHost)
    const to = String(insideAddresses(one).direct)
    return (await internet.run(['ping', '-6', '-c', '1', '-W', '1', ...options, to])).code === 0
  }
  const answers = (name: string) =>
    vi.waitFor(async () => expect(await pings(name), `instance of ${name} answers`).toBe(true), slow)
  const defaultRoutes = (shell: Shell) => out(shell, 'ip -6 route show default')

  beforeAll(async () => {
    await sweep('faults', servers)
    build = await compile(world)
    await up(world, build, ['nftables'])
    site['os1'] = await siteOf(os1, {
      kind: 'dhcpv6-pd',
      block: delegated,
      duid: reference('duid/os1'),
      client: 'networkd',
    })
    site['os2'] = await siteOf(os2, { kind: 'routed', block: routed, gateway: 'ra', nextHop: null })
    for (const [server, shell] of [
      [world.servers[0], os1],
      [world.servers[1], os2],
    ] as const) {
      const its = site[shell.name]
      if (!server || !its) throw new Error('there are two servers')
      await carryOut(shell, hostNetwork(its), vault)
      expect(await shell.run(['sh', '-ec', insideScript(its)])).toMatchObject({ code: 0 })
      places[server.name as 'os1' | 'os2'] = faultPlaces(world, server, its, shell)
      await answers(shell.name)
    }
  })
  afterAll(async () => {
    await down(world)
    await machine.run(['rm', '-rf', build])
  })
  afterEach(async () => {
    for (const [name, at] of made.splice(0)) {
      await faults[name].clear(at)
      await faults[name].clear(at)
    }
    for (const name of ['os1', 'os2']) await answers(name)
  })

  it('one that was never made can be taken back', async () => {
    const inAgent: FaultName[] = ['agent-killed', 'clock-jumped', 'ovn-controller-stopped']
    for (const [name, fault] of Object.entries(faults))
      if (!inAgent.includes(name as FaultName)) await fault.clear(places.os1)
    expect(await out(edge, 'nft list tables')).toBe('')
    expect(await out(edge, 'ip netns | grep stray')).toBe('')
  })

  it("ra-lost lets one server's default route run out, and no other's", async () => {
    await inject('ra-lost')
    await expect.poll(() => defaultRoutes(os1), slow).toBe('')
    expect(await defaultRoutes(os2)).toContain('via fe80::1')
  })

  it('ra-withdrawn takes the default route at once, and keeps it away', async () => {
    await inject('ra-withdrawn')
    await expect.poll(() => defaultRoutes(os1), slow).toBe('')
    expect(await defaultRoutes(os2)).toContain('via fe80::1')
  })

  it('ra-short-lived leaves a default route that runs out in seconds', async () => {
    await inject('ra-short-lived')
    await expect.poll(() => defaultRoutes(os1), slow).toBe('')
  })

  it('stray-router becomes the preferred router, and swallows what it gets', async () => {
    await inject('stray-router', places.os2)
    await expect.poll(() => defaultRoutes(os2), slow).toContain('via fe80::bad')
    await expect.poll(() => pings('os2'), slow).toBe(false)
    await expect.poll(() => pings('os1'), slow).toBe(true)
    await faults['stray-router'].clear(places.os2)
    await expect.poll(() => defaultRoutes(os2), slow).not.toContain('fe80::bad')
  })

  it('ra-malformed and ra-absurd change nothing that is in use', async () => {
    await expect.poll(() => out(os1, 'ip -6 addr | grep tentative'), slow).toBe('')
    await expect.poll(() => defaultRoutes(os1), slow).toContain('via fe80::1')
    const before = await out(os1, 'ip -6 -br addr; ip link show eno1 | grep -o "mtu [0-9]*"')
    await inject('ra-malformed')
    await inject('ra-absurd')
    await expect
      .poll(() => out(os1, 'ip -6 route show default'), slow)
      .toMatch(/via fe80::1 .* expires [12]?\dsec|nhid/)
    expect(await out(os1, 'ip -6 -br addr; ip link show eno1 | grep -o "mtu [0-9]*"')).toBe(before)
    await expect.poll(() => pings(), slow).toBe(true)
  })

  it('slaac-flushed and default-route-deleted leave the uplink bare until the next advertisement', async () => {
    const own = () => out(os1, `ip -6 addr show dev eno1 to ${world.servers[0]?.uplink} -tentative`)
    await inject('slaac-flushed')
    await inject('default-route-deleted')
    await expect.poll(own, slow).toContain('inet6')
    await expect.poll(() => defaultRoutes(os1), slow).toContain('via fe80::1')
  })

  it.each([
    ['public-address-removed', 'ip -6 addr show dev br-ex scope global'],
    ['service-address-removed', 'ip -6 addr show dev eno1 to 2001:2:0:1000::1'],
    ['tenant-route-removed', 'ip -6 route show dev br-transit | grep via'],
    ['firewall-flushed', 'nft list tables'],
  ] as const)('%s takes it away, and clearing brings it back', async (name, look) => {
    await expect.poll(() => out(os1, look), slow).not.toBe('')
    await inject(name)
    expect(await out(os1, look)).toBe('')
    await faults[name].clear(places.os1)
    await expect.poll(() => out(os1, look), slow).not.toBe('')
  })

  it('forwarding-off cuts the instances off, and not the server', async () => {
    await inject('forwarding-off')
    await expect.poll(() => pings(), slow).toBe(false)
    const service = String(site['os1']?.addressing.service)
    await expect
      .poll(async () => (await internet.run(['ping', '-6', '-c', '1', '-W', '2', service])).code, slow)
      .toBe(0)
  })

  it('icmpv6-dropped makes a black hole of the tunnel behind the server', async () => {
    const to = String(insideAddresses(site['os1'] ?? expect.fail()).class)
    const big = async () =>
      (await internet.run(['ping', '-6', '-c', '1', '-W', '2', '-M', 'do', '-s', '1452', to])).stdout
    await inject('icmpv6-dropped')
    expect(await big()).not.toContain('mtu=1402')
    await faults['icmpv6-dropped'].clear(places.os1)
    await expect.poll(big, slow).toContain('mtu=1402')
  })

  it('block-forgotten and neighbour-poisoned end at the edge', async () => {
    // A renewal of the lease, or a server that asks for its router, mends it at once: then it is made again.
    const cuts = (name: FaultName, at: FaultPlaces) =>
      vi.waitFor(async () => {
        await inject(name, at)
        expect(await pings(at.server.name), `${at.server.name} answers in spite of ${name}`).toBe(false)
      }, slow)
    await cuts('block-forgotten', places.os1)
    await faults['block-forgotten'].clear(places.os1)
    await expect.poll(() => pings(), slow).toBe(true)
    await cuts('neighbour-poisoned', places.os1)
    await expect.poll(() => pings('os2'), slow).toBe(true)
    await cuts('block-forgotten', places.os2)
  })

  it("packets-lost loses some of one server's packets", async () => {
    await inject('packets-lost')
    const to = String(site['os1']?.addressing.service)
    const { stdout } = await internet.run(['ping', '-6', '-c', '200', '-i', '0.02', '-W', '1', to])
    const received = Number(/(\d+) received/.exec(stdout)?.[1])
    expect(received).toBeGreaterThan(80)
    expect(received).toBeLessThan(190)
  })

  it('cable-pulled and card-switched-off take the carrier, or the link', async () => {
    const flags = () => out(places.os1.card, 'ip -br link show eno1')
    await inject('cable-pulled')
    await expect.poll(flags, slow).toContain('NO-CARRIER')
    expect(await pings()).toBe(false)
    await faults['cable-pulled'].clear(places.os1)
    await expect.poll(() => pings(), slow).toBe(true)
    await inject('card-switched-off')
    await expect.poll(flags, slow).not.toContain('UP')
  })

  it('duid-wrong loses the block for as long as it lasts', async () => {
    await inject('duid-wrong')
    await expect.poll(() => out(os1, `ip -6 route show proto dhcp ${delegated}`), slow).toBe('')
    await faults['duid-wrong'].clear(places.os1)
    await expect.poll(() => out(os1, `ip -6 route show proto dhcp ${delegated}`), slow).not.toBe('')
  })

  it('block-changed and block-shrunk delegate something else at the next renewal', async () => {
    const delegation = () => out(os1, 'ip -6 route show proto dhcp type unreachable')
    await inject('block-changed')
    await os1.run(['networkctl', 'reconfigure', 'eno1'])
    await expect.poll(delegation, slow).toContain('2001:2:0:fe00::/56')
    await inject('block-shrunk')
    await os1.run(['networkctl', 'reconfigure', 'eno1'])
    await expect.poll(delegation, slow).toContain('2001:2:0:1000::/60')
    await faults['block-shrunk'].clear(places.os1)
    await os1.run(['networkctl', 'reconfigure', 'eno1'])
    await expect.poll(delegation, slow).toContain(String(delegated))
  })

  it('lifetimes-endless is taken, and lease-long too', async () => {
    const left = () =>
      out(os1, "networkctl status --json=short eno1 | grep -o 'ValidLifetimeUSec.:[0-9]*' | head -n 1")
    for (const name of ['lifetimes-endless', 'lease-long'] as const) {
      const before = await left()
      await inject(name)
      await os1.run(['networkctl', 'reconfigure', 'eno1'])
      await expect.poll(left, slow).not.toBe(before)
      await expect.poll(() => pings(), slow).toBe(true)
    }
  })

  it('dhcpv6-silent ends the lease: the server drops the block, and the edge its route', async () => {
    const route = () => out(os1, `ip -6 route show proto dhcp ${delegated}`)
    await expect.poll(route, slow).not.toBe('')
    await inject('dhcpv6-silent')
    const via = `${linkLocalOf(places.os1.server)}`
    await expect.poll(() => out(edge, `ip -6 route show exact ${delegated}`), slow).not.toContain(via)
    await expect.poll(route, slow).toBe('')
  })

  // After all others that count on a lease of the usual length: Kea keeps one without end for the server.
  it('timers-absurd is discarded: the lease that there was runs out', async () => {
    const route = () => out(os1, `ip -6 route show proto dhcp ${delegated}`)
    await expect.poll(route, slow).not.toBe('')
    await inject('timers-absurd')
    await expect.poll(route, slow).toBe('')
  })

  it('rebooted comes back by itself, without the stand-ins', async () => {
    const boot = () => out(os2, 'stat -c %Y /proc/1')
    const before = await boot()
    await inject('rebooted', places.os2)
    await expect.poll(async () => ['', before].includes(await boot().catch(() => '')), slow).toBe(false)
    expect(await os2.run(['sh', '-ec', insideScript(places.os2.site)])).toMatchObject({ code: 0 })
  })
})

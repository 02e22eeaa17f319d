// Every way a block arrives, with every client, on Debian 13 and 12, netplan and ifupdown: from the internet to an
// instance's stand-in and back, before and after a reboot of the server; and the flood rule against a client run wild.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Address, Prefix } from '../../src/core/prefix.ts'
import { reference, Secret, type Vault } from '../../src/core/secret.ts'
import type { Shell } from '../../src/core/shell.ts'
import type { Delivery, Site } from '../../src/core/site.ts'
import { stateQuestion } from '../../src/check/host-look.ts'
import { dhclientUnit } from '../../src/delivery/dhclient.ts'
import { dhcpcdUnit } from '../../src/delivery/dhcpcd.ts'
import { expectations } from '../../src/delivery/expect/expectations.ts'
import { hostNetwork } from '../../src/delivery/host-network.ts'
import { askNeighbours, wantedProxies } from '../../src/delivery/wanted-proxies.ts'
import { readHostState } from '../../src/host/state.ts'
import { edgeShell, internetService, internetShell } from '../../src/rehearsal/places.ts'
import { linkLocalOf, type EdgeDelivery, type ServerInput } from '../../src/rehearsal/world.ts'
import { carryOut, siteOf } from './host-steps.ts'
import { capable, compile, down, machine, shellOf, sweep, testWorld, up } from './world.ts'

const P = (text: string) => Prefix.of(text)
const A = (text: string) => Address.of(text)

type Case = Omit<ServerInput, 'delivery'> & { wanted: Delivery; of: EdgeDelivery; shows: string }

const delegated = (
  name: string,
  block: string,
  client: 'networkd' | 'dhcpcd' | 'dhclient',
  more: Partial<ServerInput>,
): Case => ({
  ...more,
  name,
  shows: `a ${block.slice(block.indexOf('/'))} delegated, ${client}`,
  wanted: { kind: 'dhcpv6-pd', block: P(block), duid: reference(`duid/${name}`), client },
  of: { kind: 'dhcpv6-pd', block: P(block), duid: new Secret(duidOf(name)) },
})
const routed = (
  name: string,
  shows: string,
  wanted: Omit<Extract<Delivery, { kind: 'routed' }>, 'kind'>,
  more: Partial<ServerInput>,
): Case => ({
  ...more,
  name,
  shows,
  wanted: { kind: 'routed', ...wanted },
  of: { kind: 'routed', ...wanted },
})
const onLink = (
  name: string,
  block: string,
  gateway: 'ra' | Address,
  proxy: 'kernel' | 'ndppd',
  more: Partial<ServerInput>,
): Case => ({
  ...more,
  name,
  shows: `on-link, ${proxy}`,
  wanted: { kind: 'on-link', block: P(block), gateway, proxy },
  of: { kind: 'on-link', block: P(block), gateway },
})

const names = ['pd48', 'pd56', 'pd64', 'cpd12', 'isc13', 'isc12']
const duidOf = (name: string) => `00:03:00:01:de:ad:be:ef:01:0${names.indexOf(name)}`
const bookworm = { release: 'bookworm' } as const
const ifupdown = { uplinkManager: 'ifupdown' } as const

const cases: Case[] = [
  delegated('pd48', '2001:2:10::/48', 'networkd', {}),
  delegated('pd56', '2001:2:0:1000::/56', 'networkd', bookworm),
  delegated('pd64', '2001:2:0:6400::/64', 'dhcpcd', ifupdown),
  delegated('cpd12', '2001:2:0:1200::/56', 'dhcpcd', { ...bookworm, ...ifupdown }),
  delegated('isc13', '2001:2:0:1300::/56', 'dhclient', {}),
  delegated('isc12', '2001:2:0:1400::/56', 'dhclient', { ...bookworm, ...ifupdown }),
  routed(
    'hop13',
    'routed to a next hop, gateway outside the prefix',
    {
      block: P('2001:2:0:2000::/56'),
      gateway: A('2001:2:0:21ff:ff:ff:ff:ff'),
      nextHop: { address: A('2001:2:0:2100::2'), length: 64 },
    },
    {},
  ),
  routed(
    'ra12',
    'routed, gateway announced',
    {
      block: P('2001:2:0:2200::/64'),
      gateway: 'ra',
      nextHop: null,
    },
    { ...bookworm, ...ifupdown },
  ),
  routed(
    'fe80',
    'routed, gateway fe80::1',
    {
      block: P('2001:2:0:2300::/64'),
      gateway: A('fe80::1'),
      nextHop: null,
    },
    ifupdown,
  ),
  onLink('ndp13', '2001:2:0:3000::/64', 'ra', 'ndppd', {}),
  onLink('ndp12', '2001:2:0:3100::/64', A('2001:2:0:3100::ffff'), 'ndppd', bookworm),
  onLink('neigh12', '2001:2:0:3200::/64', 'ra', 'kernel', { ...bookworm, ...ifupdown }),
]

/** Four worlds of three, one after the other: a server takes eight of the 128 inotify instances that the kernel gives to root. */
const worlds = ['13', '12'].flatMap((debian) =>
  ['delegated', 'else'].map((how) => {
    const these = cases.filter(
      ({ release, of }) =>
        (release === 'bookworm') === (debian === '12') && (of.kind === 'dhcpv6-pd') === (how === 'delegated'),
    )
    const servers = these.map(({ wanted: _, shows: __, of, ...input }): ServerInput => ({
      ...input,
      delivery: of,
    }))
    const name = `deliveries-${debian}-${how}`
    return { name, debian, how, cases: these, servers, world: testWorld(name, servers) }
  }),
)

const slow = { timeout: 120_000, interval: 1_000 }

const vault: Vault = {
  get: (name) => {
    const [, server = '', part] = /^duid\/([^/]+)(\/ll)?$/.exec(name) ?? []
    const duid = duidOf(server)
    return new Secret(part === undefined ? duid : duid.slice('00:03:'.length))
  },
}

const must = async (shell: Shell, script: string): Promise<string> => {
  const ran = await shell.run(['sh', '-ec', script], { timeout: 60_000 })
  expect(ran, `${shell.name}: ${script}`).toMatchObject({ code: 0 })
  return ran.stdout
}

const mac = '02:00:5e:10:00:0d'
const instanceOf = (site: Site) => Address.eui64(site.addressing.public.prefix, mac)

/** br-ex as Open vSwitch would make it, with one neighbour that takes address and router from the host's announcement. */
const standIn = `ip netns add instance; ip -n instance link set lo up
for k in all.disable_ipv6=0 default.disable_ipv6=0 default.accept_ra=1; do ip netns exec instance sysctl -qw net.ipv6.conf.$k; done
ip link add br-ex type bridge mcast_snooping 0
ip link add tap0 type veth peer name eth0 address ${mac} netns instance
ip link set tap0 master br-ex up; ip link set br-ex up; ip -n instance link set eth0 up`

/** Nothing on a server in order; otherwise each failed unit with the end of its log. */
const failedUnits = `systemctl is-system-running --wait >/dev/null || true
systemctl --failed --no-legend --plain | while read unit rest; do echo "$unit $rest"; journalctl -b -n 12 -o cat --no-pager -u "$unit"; done`

const ipv4 = (shell: Shell) => must(shell, 'ip -4 -o addr show dev eno1; ip -4 route show')

let build = ''
beforeAll(async () => {
  const [first] = worlds
  if (capable && first) build = await compile(first.world)
})
afterAll(async () => {
  if (build !== '') await machine.run(['rm', '-rf', build])
})

describe.skipIf(!capable).each(worlds)(
  'Debian $debian, $how',
  { timeout: 400_000 },
  ({ name: worldName, debian, how, cases, servers, world }) => {
    const internet = internetShell(world)
    const edge = edgeShell(world)
    const pings = async (address: Address) =>
      (await internet.run(['ping', '-6', '-c', '1', '-W', '2', String(address)])).code === 0
    const shells = new Map(servers.map(({ name }) => [name, shellOf(world, name)]))
    const shell = (name: string) => shells.get(name) ?? expect.fail(`no server ${name}`)
    const sites = new Map<string, Site>()
    const site = (name: string) => sites.get(name) ?? expect.fail(`no site ${name}`)
    const ipv4Before = new Map<string, string>()

    /** In and out, by both of the internet's addresses. An instance whose address the kernel answers for speaks first, as each does that boots. */
    async function proveBothWays(shell: Shell, site: Site): Promise<void> {
      const out = (to: Address) =>
        shell.run(['ip', 'netns', 'exec', 'instance', 'ping', '-6', '-c', '1', '-W', '2', String(to)])
      const ready = 'ip -n instance -6 addr show dev eth0 scope global -tentative | grep -q inet6'
      await expect.poll(async () => (await shell.run(['sh', '-c', ready])).code, slow).toBe(0)
      await expect
        .poll(async () => {
          await keepProxies(shell, site)
          return (await out(world.internet.address)).code
        }, slow)
        .toBe(0)
      await expect.poll(() => pings(instanceOf(site)), slow).toBe(true)
      for (const to of internetService(world).pings)
        await expect.poll(async () => (await out(to)).code, slow).toBe(0)
    }

    /** What the agent does for `proxy: kernel`. */
    async function keepProxies(shell: Shell, site: Site): Promise<void> {
      const ask = askNeighbours(site)
      if (ask === null) return
      await shell.run(ask.argv)
      const state = await readHostState(shell, { host: site.name, uplink: 'eno1', units: [], kernel: [] })
      for (const address of wantedProxies(site, state))
        await shell.run(['ip', '-6', 'neigh', 'replace', 'proxy', String(address), 'dev', 'eno1'])
    }

    /** What the judge finds wrong; there is no transit segment here, as Open vSwitch makes it. */
    async function amiss(shell: Shell, site: Site): Promise<string[]> {
      const state = await readHostState(shell, stateQuestion(site, []))
      return expectations(site).flatMap((expectation) => {
        const { id } = expectation
        const { verdict, seen } = expectation.judge(state)
        const transit = id === 'network/transit-segment' || id.startsWith('network/route/')
        return verdict === 'yes' || transit ? [] : [`${id} ${verdict}: ${seen}`]
      })
    }

    beforeAll(async () => {
      await sweep(worldName, servers)
      await up(world, build)
      for (const { name, wanted } of cases) {
        sites.set(name, await siteOf(shell(name), wanted))
        ipv4Before.set(name, await ipv4(shell(name)))
      }
    }, 600_000)
    afterAll(async () => {
      await down(world)
    })

    it('facts tell who has the uplink', () => {
      const seen = cases.map(({ name, uplinkManager = 'networkd', release }) => {
        const { facts } = site(name)
        expect(facts, name).toMatchObject({
          uplinkManager,
          netplanId: uplinkManager === 'networkd' ? 'eno1' : null,
          systemd: release === 'bookworm' ? 252 : 257,
          dhclient: false,
        })
        return facts.uplink.name
      })
      expect(new Set(seen)).toEqual(new Set(['eno1']))
    })

    describe.each(cases)('$name: $shows', ({ name }) => {
      it('reaches the instance and lets it out', async () => {
        await carryOut(shell(name), hostNetwork(site(name)), vault)
        await must(shell(name), standIn)
        await proveBothWays(shell(name), site(name))
      })

      it('is done when done, the IPv4 as it was, and one default route', async () => {
        expect(await carryOut(shell(name), hostNetwork(site(name)), vault)).toEqual([])
        expect(await ipv4(shell(name))).toBe(ipv4Before.get(name))
        expect((await must(shell(name), 'ip -6 route show default')).trim().split('\n')).toHaveLength(1)
        await expect.poll(() => pings(site(name).addressing.service), slow).toBe(true)
        await expect.poll(() => amiss(shell(name), site(name)), slow).toEqual([])
      })

      it('ends unused addresses of the block at the server', async () => {
        const { block } = site(name).delivery
        if (block.length === 64) return
        const unused = String(block.nth(64, 77)?.host(1))
        const answer = async () =>
          (await internet.run(['ping', '-6', '-n', '-c', '1', '-W', '2', unused])).stdout
        await expect.poll(answer, slow).toContain('Destination unreachable: No route')
      })
    })

    for (const { name, uplinkManager } of cases.filter((one) => one.uplinkManager === 'ifupdown'))
      it(`${name}: ifdown and ifup of ${uplinkManager} take nothing away for good`, async () => {
        await must(shell(name), "systemd-run -q --wait sh -c 'ifdown eno1; ifup eno1'")
        await expect.poll(() => amiss(shell(name), site(name)), slow).toEqual([])
        await proveBothWays(shell(name), site(name))
      })

    it('after a reboot all of it is there again, and nothing was carried out', async () => {
      const boot = (name: string) => shell(name).run(['cat', '/proc/sys/kernel/random/boot_id'])
      const before = new Map<string, string>()
      for (const { name } of cases) {
        before.set(name, (await boot(name)).stdout)
        await shell(name).run(['systemctl', '--no-block', 'reboot'])
      }
      await Promise.all(
        cases.map(async ({ name }) => {
          await expect
            .poll(async () => {
              const ran = await boot(name).catch(() => ({ code: 255, stdout: '' }))
              return ran.code === 0 && ran.stdout !== before.get(name)
            }, slow)
            .toBe(true)
          await must(shell(name), standIn)
          await proveBothWays(shell(name), site(name))
          expect(await carryOut(shell(name), hostNetwork(site(name)), vault), name).toEqual([])
          expect(await ipv4(shell(name)), name).toBe(ipv4Before.get(name))
          await expect.poll(() => amiss(shell(name), site(name)), { ...slow, message: name }).toEqual([])
          expect(await must(shell(name), failedUnits), name).toBe('')
        }),
      )
    })

    if (how === 'delegated')
      it('no DUID is readable by others, or in a log, or in a list of processes', async () => {
        for (const { name, wanted } of cases) {
          if (wanted.kind !== 'dhcpv6-pd') continue
          const tail = duidOf(name).split(':').slice(-5).join(':')
          // Not networkd's own state in /run/systemd/netif: it shows the DUID to every account of the server.
          const look = `find /etc /var/lib /run -xdev -path /run/systemd/netif -prune -o -type f -perm -o+r -exec grep -laiE '${tail}|${tail.replaceAll(':', '')}' {} + 2>/dev/null || true
journalctl -b -o cat --no-pager | grep -iE '${tail}|${tail.replaceAll(':', '')}' || true
for at in /proc/[0-9]*/cmdline; do tr '\\0' ' ' < $at 2>/dev/null | grep -v grep | grep -i 'be:ef:0' || true; done`
          const found = (await shell(name).run(['sh', '-s'], { stdin: look })).stdout
          expect(found, name).toBe('')
        }
      })

    if (how === 'delegated' && debian === '13')
      it('a client run wild sends no more than the provider bears, counted at the edge', async () => {
        const units: Record<string, string> = {
          pd64: dhcpcdUnit,
          isc13: dhclientUnit,
          pd48: 'systemd-networkd.service',
        }
        const count = (port: string) =>
          `nft list chain netdev flood${port} in | sed -n 's/.*counter packets \\([0-9]*\\).*/\\1/p'`
        const wild = Object.keys(units).map((name) => {
          const server = world.servers.find((one) => one.name === name) ?? expect.fail(name)
          return { name, port: server.port }
        })
        for (const { port } of wild)
          await must(
            edge,
            `nft add table netdev flood${port}; nft "add chain netdev flood${port} in { type filter hook ingress device ${port} priority 0; }"; nft add rule netdev flood${port} in ip6 nexthdr udp udp dport 547 counter`,
          )
        const asked = async (name: string) =>
          Number(
            (
              await must(
                shell(name),
                "nft list chain inet asked out | sed -n 's/.*counter packets \\([0-9]*\\).*/\\1/p'",
              )
            ).trim(),
          )
        for (const { name } of wild)
          await must(
            shell(name),
            'nft add table inet asked; nft "add chain inet asked out { type filter hook output priority -10; }"; nft add rule inet asked out udp dport 547 counter',
          )
        // Each client, killed as soon as it had time to ask, and started again: for a whole minute, and until it has
        // tried to ask far more often than it may, which a busy machine needs longer for.
        const began = Date.now()
        const starts = await Promise.all(
          wild.map(async ({ name }) => {
            const unit = units[name] ?? expect.fail(name)
            const loop = `begun=$(date +%s); n=0
asked() { nft list chain inet asked out | sed -n 's/.*counter packets \\([0-9]*\\).*/\\1/p'; }
while gone=$(($(date +%s) - begun)); [ $gone -lt 60 ] || { [ $gone -lt 150 ] && { [ $n -le 25 ] || [ "$(asked)" -le 25 ]; }; }; do
  systemctl kill -s KILL ${unit} 2>/dev/null; systemctl reset-failed ${unit} 2>/dev/null; systemctl restart ${unit} && n=$((n + 1)); sleep 1.2
done; echo $n`
            const ran = await shell(name).run(['sh', '-c', loop], { timeout: 200_000 })
            return Number(ran.stdout.trim())
          }),
        )
        for (const [i, { name, port }] of wild.entries()) {
          const sent = Number((await must(edge, count(port))).trim())
          // 10 a minute, and 5 at once before.
          const most = 5 + Math.ceil((Date.now() - began) / 6_000)
          expect(starts[i], `${name} was started again and again`).toBeGreaterThan(25)
          expect(await asked(name), `${name} asked for more than that`).toBeGreaterThan(most)
          expect(sent, name).toBeGreaterThan(0)
          expect(sent, name).toBeLessThanOrEqual(most)
          expect(await must(shell(name), `nft list chain inet bateau output`)).toContain(
            'limit rate 10/minute',
          )
        }
        for (const { name } of wild) {
          const unit = units[name] ?? expect.fail(name)
          await must(shell(name), `systemctl reset-failed ${unit} || true; systemctl restart ${unit}`)
          const server = world.servers.find((one) => one.name === name) ?? expect.fail(name)
          const route = [
            'ip',
            '-6',
            'route',
            'show',
            'exact',
            String(server.delivery.block),
            'proto',
            '200',
          ] as const
          await expect
            .poll(async () => (await edge.run([...route])).stdout, slow)
            .toContain(`via ${linkLocalOf(server)}`)
          await expect.poll(() => pings(site(name).addressing.service), slow).toBe(true)
        }
      })
  },
)

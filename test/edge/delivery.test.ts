// The host network on a real server behind the real edge, without the cloud: both deliveries, the firewall, a reboot,
// bridges that come and go, and the proof with namespaces in the place of instances.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exitCode, findings } from '../../src/check/judge.ts'
import { runProbes, type Probe } from '../../src/check/probe.ts'
import type { ProofInput, ProofInstance } from '../../src/check/proof-input.ts'
import { proof, proofProbes } from '../../src/check/proof.ts'
import { reportText } from '../../src/check/report.ts'
import { Trouble } from '../../src/core/fault.ts'
import { Address, Prefix } from '../../src/core/prefix.ts'
import { reference, Secret, type Vault } from '../../src/core/secret.ts'
import type { Shell } from '../../src/core/shell.ts'
import type { Site } from '../../src/core/site.ts'
import type { HostStep } from '../../src/core/step.ts'
import { expectations, hostNetwork } from '../../src/delivery/host-network.ts'
import { readFacts } from '../../src/host/facts.ts'
import { HostSteps } from '../../src/host/steps.ts'
import { layOut } from '../../src/plan/addressing.ts'
import { edgeShell, internetService, internetShell } from '../../src/rehearsal/places.ts'
import type { ServerInput } from '../../src/rehearsal/world.ts'
import { capable, compile, down, machine, shellOf, sweep, testWorld, up } from './world.ts'

const delegated = Prefix.of('2001:2:0:1000::/56')
const routed = Prefix.of('2001:2:0:2000::/56')
const duid = '00:03:00:01:de:ad:be:ef:00:21'
const servers: ServerInput[] = [
  { name: 'os1', delivery: { kind: 'dhcpv6-pd', block: delegated, duid: new Secret(duid) } },
  { name: 'os2', delivery: { kind: 'routed', block: routed, gateway: 'ra' } },
]
const world = testWorld('delivery', servers)
const internet = internetShell(world)
const edge = edgeShell(world)
const [os1, os2] = [shellOf(world, 'os1'), shellOf(world, 'os2')]
const slow = { timeout: 90_000, interval: 1_000 }

const secrets: Record<string, string> = {
  'duid/os1': duid,
  'duid/os1/ll': duid.slice('00:03:'.length),
  'duid/wrong/ll': '00:01:de:ad:be:ef:ff:ff',
}
const vault: Vault = { get: (name) => new Secret(secrets[name] ?? expect.fail(`no secret ${name}`)) }

async function siteOf(shell: Shell, delivery: Site['delivery']): Promise<Site> {
  const addressing = layOut(delivery.block, ['g1'])
  if (!addressing.ok) throw new Error('the block is long enough')
  return {
    name: shell.name,
    // Open vSwitch in user space needs the stricter kernel parameters: the harder case.
    facts: { ...(await readFacts(shell)), ovsKernel: false },
    delivery,
    addressing: addressing.value,
    open: [{ port: 22, why: 'SSH' }],
    resolvers: [Address.of('2001:2:0:ff00::53')],
    engine: { kind: 'packages', release: '2025.1', cinder: false },
  }
}

/** Carries the steps out that are not done; gives the ids of those. */
async function carryOut(shell: Shell, steps: readonly HostStep[]): Promise<string[]> {
  const host = new HostSteps(shell, steps, vault)
  const carried: string[] = []
  for (const { id } of steps) {
    if ((await host.look(id)).done) continue
    carried.push(id)
    await host.act(id, { line() {}, part() {}, signal: new AbortController().signal })
    expect(await host.look(id, true), id).toMatchObject({ done: true })
  }
  return carried
}

const must = async (shell: Shell, script: string): Promise<string> => {
  const ran = await shell.run(['sh', '-ec', script])
  expect(ran, script).toMatchObject({ code: 0 })
  return ran.stdout
}
const pings = async (address: Address) =>
  (await internet.run(['ping', '-6', '-c', '1', '-W', '2', String(address)])).code === 0
const delegation = async () =>
  (await edge.run(['ip', '-6', 'route', 'show', 'exact', String(delegated), 'proto', '200'])).stdout.trim()

const mac = { direct: '02:00:5e:10:00:01', class: '02:00:5e:10:00:02' }

/**
 * What the engine will make, with Linux bridges: br-ex with one neighbour that takes its address by SLAAC, br-transit
 * with a router that has one neighbour on a link with the tunnel's MTU. Each neighbour runs sshd.
 */
function insideScript({ addressing }: Site): string {
  const { transit, tenants, tenantMtu } = addressing
  const [tenant] = tenants
  if (!transit || !tenant) throw new Error('the block has room for a tenant network')
  const six = (ns: string, device: string, ra: number) =>
    `for k in all.disable_ipv6=0 default.disable_ipv6=0 ${device}.disable_ipv6=0 ${device}.accept_ra=${ra}; do ip netns exec ${ns} sysctl -qw net.ipv6.conf.$k; done`
  return `
for n in direct router class; do ip netns add $n; ip -n $n link set lo up; done
ip link add br-ex type bridge mcast_snooping 0; ip link add br-transit type bridge mcast_snooping 0
ip link add tapd type veth peer name eth0 address ${mac.direct} netns direct; ip link set tapd master br-ex up
ip link add tapr type veth peer name gw netns router; ip link set tapr master br-transit up
ip -n router link add tenant type veth peer name eth0 address ${mac.class} netns class
${six('direct', 'eth0', 1)}; ${six('router', 'gw', 0)}; ${six('router', 'tenant', 0)}; ${six('class', 'eth0', 0)}
ip netns exec router sysctl -qw net.ipv6.conf.all.forwarding=1
ip -n class link set eth0 mtu ${tenantMtu}; ip -n router link set tenant mtu ${tenantMtu}
ip -n router addr add ${tenant.via}/64 dev gw nodad; ip -n router addr add ${tenant.prefix.host(1)}/64 dev tenant nodad
ip -n direct link set eth0 up; ip -n class link set eth0 up; ip -n router link set gw up; ip -n router link set tenant up
ip -n class addr add ${Address.eui64(tenant.prefix, mac.class)}/64 dev eth0 nodad
ip -n class route add default via ${tenant.prefix.host(1)}; ip -n router route add default via ${transit.host}
for n in direct class; do ip netns exec $n /usr/sbin/sshd -o PidFile=none </dev/null >/dev/null 2>&1; done`
}

function instancesOf(site: Site): [direct: ProofInstance, tenant: ProofInstance] {
  const [tenant] = site.addressing.tenants
  if (!tenant) throw new Error('there is a tenant network')
  const common = { host: site.name, user: 'root', identityFile: world.identityFile }
  return [
    {
      ...common,
      name: 'proof-direct',
      network: 'direct',
      address: Address.eui64(site.addressing.public.prefix, mac.direct),
      mtu: 1500,
    },
    {
      ...common,
      name: 'proof-class',
      network: 'class',
      address: Address.eui64(tenant.prefix, mac.class),
      mtu: site.addressing.tenantMtu,
    },
  ]
}

const proofInput = (sites: readonly Site[], instances: readonly ProofInstance[]): ProofInput => ({
  sites,
  hostShell: (name) => (name === 'os1' ? os1 : os2),
  outside: internet,
  instances,
  outsideTargets: { ping: world.internet.address, tcp: internetService(world) },
  knownHosts: `${world.directories.state}/instances_known_hosts`,
  patienceSeconds: 30,
})

const lookAt = (input: ProofInput, which: (probe: Probe) => boolean) =>
  runProbes(proofProbes(input).filter(which), { now: () => new Date() })

describe.skipIf(!capable)('the host network of a server', { timeout: 300_000 }, () => {
  let build = ''
  let one: Site
  let two: Site

  beforeAll(async () => {
    await sweep('delivery', servers)
    build = await compile(world)
    await up(world, build)
    one = await siteOf(os1, {
      kind: 'dhcpv6-pd',
      block: delegated,
      duid: reference('duid/os1'),
      client: 'networkd',
    })
    two = await siteOf(os2, { kind: 'routed', block: routed, gateway: 'ra', nextHop: null })
    expect(one.facts).toMatchObject({ netplanId: 'eno1', uplink: { name: 'eno1' } })
  })
  afterAll(async () => {
    await down(world)
    await machine.run(['rm', '-rf', build])
  })

  it('with a wrong DUID gets nothing, and says so', async () => {
    const wrong: Site = {
      ...one,
      delivery: { ...one.delivery, kind: 'dhcpv6-pd', duid: reference('duid/wrong'), client: 'networkd' },
    }
    const failed = await carryOut(os1, hostNetwork(wrong)).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(Trouble)
    expect((failed as Trouble).fault.why).toContain(`no delegation of ${delegated} to the DUID of os1`)
    expect(await delegation()).toBe('')
    const [result] = await lookAt(proofInput([wrong], []), ({ id }) => id === 'host/os1/network/delegation')
    expect(result).toMatchObject({ verdict: 'no', fault: { code: 'network-delegation', host: 'os1' } })
    expect(JSON.stringify(result)).not.toContain('de:ad')
  })

  it('with the right DUID gets the block, and answers from the internet', async () => {
    const carried = await carryOut(os1, hostNetwork(one))
    expect(carried).toEqual(['network/uplink', 'network/segments'])
    expect(await delegation()).toContain('via fe80::')
    await expect.poll(() => pings(one.addressing.service), slow).toBe(true)
  })

  it('of a routed block answers from the internet, and unused addresses end there', async () => {
    await carryOut(os2, hostNetwork(two))
    await expect.poll(() => pings(two.addressing.service), slow).toBe(true)
    const unused = routed.nth(64, 77)?.host(1) ?? two.addressing.service
    const { stdout } = await internet.run(['ping', '-6', '-n', '-c', '1', '-W', '2', String(unused)])
    expect(stdout).toContain('Destination unreachable: No route')
  })

  it('is done when done: a second run carries nothing out', async () => {
    expect(await carryOut(os1, hostNetwork(one))).toEqual([])
    expect(await carryOut(os2, hostNetwork(two))).toEqual([])
  })

  it('keeps the rest of /etc/hosts and finds its own name at ::1', async () => {
    expect(await must(os1, 'getent ahostsv6 os1 | head -n 1')).toMatch(/^::1 /)
    const hosts = await must(os1, 'echo "198.18.0.99 printer" >> /etc/hosts; cat /etc/hosts')
    const name = hostNetwork({ ...one, name: 'os1b' }).filter((step) => step.id === 'network/name')
    await carryOut(os1, name)
    const after = await must(os1, 'cat /etc/hosts')
    expect(after).toBe(hosts.replace('ip6-loopback os1\n', 'ip6-loopback os1b\n'))
    await carryOut(os1, hostNetwork(one))
    expect(await must(os1, 'cat /etc/hosts')).toBe(hosts)
  })

  it("leaves the block's DUID readable to root and networkd alone, and out of the process list", async () => {
    const file = '/etc/systemd/network/10-netplan-eno1.network.d/50-bateau.conf'
    expect(await must(os1, `stat -c '%a %U:%G' ${file}`)).toBe('640 root:systemd-network\n')
    expect(await must(os1, `journalctl -b -o cat --no-pager | grep -ci 'deadbeef0021' || true`)).toBe('0\n')
  })

  it('proves instances inside, from outside, every probe yes', async () => {
    await must(os1, insideScript(one))
    const results = await proof(proofInput([one, two], instancesOf(one)))
    const of2 = (id: string) => /host\/os2\/network\/(public|transit|route)|closed\/os2\/inside/.test(id)
    const rest = results.filter((result) => !of2(result.id))
    expect(exitCode(rest), reportText(rest)).toBe(0)
    // os2 has no bridges yet, and the proof must not overlook it.
    expect(results.filter((result) => of2(result.id)).map((result) => result.verdict)).toEqual([
      'no',
      'no',
      'no',
      'could-not-check',
    ])
    expect(results.find((result) => result.id === 'outside/mtu/proof-class')?.seen).toContain('mtu=1402')
  })

  it('names the missing route as the cause when a tenant network is cut off', async () => {
    const [tenant] = one.addressing.tenants
    await must(os1, `ip -6 route del ${tenant?.prefix}`)
    const results = await lookAt(proofInput([one], instancesOf(one)), (probe) => !probe.heavy)
    const [first] = findings(results)
    expect(first?.result.id).toBe('host/os1/network/route/class-g1')
    expect(first?.follows.map((result) => result.id)).toEqual(
      expect.arrayContaining([
        'outside/ping-in/proof-class',
        'outside/tcp-in/proof-class',
        'outside/login/proof-class',
      ]),
    )
    expect(first?.follows.map((result) => result.id).filter((id) => id.includes('direct'))).toEqual([])
    await must(os1, 'networkctl reconfigure br-transit')
    await expect.poll(() => pings(instancesOf(one)[1].address), slow).toBe(true)
  })

  it('holds back what listens on every address, and is what holds it back', async () => {
    const closed = ({ id }: Probe) => id.startsWith('vantage/') || id === 'outside/closed/os1/inside'
    const seen = async () => (await lookAt(proofInput([one], []), closed)).at(-1)
    await must(os1, 'for p in 3306 5672; do /usr/sbin/sshd -p $p -o PidFile=/run/open-$p.pid; done')
    const listeners = await lookAt(proofInput([one], []), ({ id }) => id === 'host/os1/listeners-tcp')
    expect(listeners[0]).toMatchObject({ verdict: 'no', fault: { code: 'control-plane-exposed' } })
    expect(await seen()).toMatchObject({ verdict: 'yes' })
    await must(os1, 'systemctl stop bateau-firewall')
    expect(await seen()).toMatchObject({
      verdict: 'no',
      fault: { code: 'port-open', title: 'os1 answers on 3306, 5672' },
    })
    const [firewall] = await lookAt(proofInput([one], []), ({ id }) => id === 'host/os1/network/firewall')
    expect(firewall).toMatchObject({ verdict: 'no' })
    await must(os1, 'systemctl start bateau-firewall; kill $(cat /run/open-3306.pid /run/open-5672.pid)')
  })

  it('shows tenants no more of the server than the internet', async () => {
    const from = (port: number) =>
      `ip netns exec direct timeout 3 bash -c 'exec 3<>/dev/tcp/${one.addressing.public.host}/${port}'`
    await must(os1, `/usr/sbin/sshd -p 3306 -o PidFile=/run/open.pid; ${from(22)}`)
    expect((await os1.run(['sh', '-c', from(3306)])).code).toBe(124)
    await must(os1, 'kill $(cat /run/open.pid)')
  })

  it("is loaded again with a user's own nftables.service, whose file flushes everything", async () => {
    await must(os2, 'systemctl enable --now nftables; systemctl restart nftables')
    await expect
      .poll(async () => (await os2.run(['nft', 'list', 'table', 'inet', 'bateau'])).code, slow)
      .toBe(0)
    await must(os2, 'systemctl reload nftables')
    await expect
      .poll(async () => (await os2.run(['nft', 'list', 'table', 'inet', 'bateau'])).code, slow)
      .toBe(0)
  })

  it('gives a bridge its addresses and routes back when it is made anew', async () => {
    await must(
      os1,
      'ip link del br-ex; ip link add br-ex type bridge mcast_snooping 0; ip link set tapd master br-ex',
    )
    await must(
      os1,
      'ip link del br-transit; ip link add br-transit type bridge mcast_snooping 0; ip link set tapr master br-transit',
    )
    for (const { address } of instancesOf(one)) await expect.poll(() => pings(address), slow).toBe(true)
    const results = await lookAt(proofInput([one], []), ({ id }) => id.startsWith('host/os1/network/'))
    expect(exitCode(results), reportText(results)).toBe(0)
  })

  it('is there again after a reboot, firewall before network, nothing carried out', async () => {
    const boot = await must(os1, 'cat /proc/sys/kernel/random/boot_id; stat -c %Y /proc/1')
    await os1.run(['systemctl', '--no-block', 'reboot'])
    await expect
      .poll(async () => (await os1.run(['stat', '-c', '%Y', '/proc/1'])).stdout.trim(), slow)
      .not.toBe(boot.trim().split('\n')[1])
    await expect.poll(() => pings(one.addressing.service), slow).toBe(true)
    expect(await carryOut(os1, hostNetwork(one))).toEqual([])
    const order = await must(
      os1,
      'for u in bateau-firewall systemd-networkd; do systemctl show -P ActiveEnterTimestampMonotonic $u; done',
    )
    const [firewall = 0, network = 0] = order.trim().split('\n').map(Number)
    expect(firewall).toBeGreaterThan(0)
    expect(firewall).toBeLessThan(network)
    await must(os1, insideScript(one))
    for (const { address } of instancesOf(one)) await expect.poll(() => pings(address), slow).toBe(true)
    const failing: string[] = []
    for (const { id, command } of expectations(one))
      if ((await os1.run(command.argv)).code !== 0) failing.push(id)
    expect(failing).toEqual([])
  })
})

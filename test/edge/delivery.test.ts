// The host network on a real server behind the real edge, without the cloud: both deliveries, the firewall, a reboot,
// bridges that come and go, and the proof with namespaces in the place of instances.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exitCode, findings } from '../../src/check/judge.ts'
import { runProbes, type Probe } from '../../src/check/probe.ts'
import type { ProofInput, ProofInstance } from '../../src/check/proof-input.ts'
import { proof, proofProbes } from '../../src/check/proof.ts'
import { reportText } from '../../src/check/report.ts'
import { Trouble } from '../../src/core/fault.ts'
import { type Address, Prefix } from '../../src/core/prefix.ts'
import { reference, Secret, type Vault } from '../../src/core/secret.ts'
import type { Shell } from '../../src/core/shell.ts'
import type { Site } from '../../src/core/site.ts'
import type { HostStep } from '../../src/core/step.ts'
import { hostNetwork } from '../../src/delivery/host-network.ts'
import { runLong } from '../../src/host/long.ts'
import { edgeShell, internetService, internetShell } from '../../src/rehearsal/places.ts'
import type { ServerInput } from '../../src/rehearsal/world.ts'
import { carryOut as carryOutWith, siteOf } from './host-steps.ts'
import { insideAddresses, insideScript } from './inside.ts'
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

const carryOut = (shell: Shell, steps: readonly HostStep[]) => carryOutWith(shell, steps, vault)

const must = async (shell: Shell, script: string): Promise<string> => {
  const ran = await shell.run(['sh', '-ec', script])
  expect(ran, script).toMatchObject({ code: 0 })
  return ran.stdout
}
const pings = async (address: Address) =>
  (await internet.run(['ping', '-6', '-c', '1', '-W', '2', String(address)])).code === 0
/** Bridges and instances; whose addresses are on their way at first, as a run finds them that was cut off when they were made. */
async function plugIn(site: Site): Promise<void> {
  await must(os1, insideScript(site))
  expect(await carryOut(os1, hostNetwork(site))).toEqual([])
  for (const { address } of instancesOf(site)) await expect.poll(() => pings(address), slow).toBe(true)
}
const delegation = async () =>
  (await edge.run(['ip', '-6', 'route', 'show', 'exact', String(delegated), 'proto', '200'])).stdout.trim()

function instancesOf(site: Site): [direct: ProofInstance, tenant: ProofInstance] {
  const addresses = insideAddresses(site)
  const common = { host: site.name, user: 'root', identityFile: world.identityFile }
  return [
    {
      ...common,
      name: 'proof-direct',
      inCloud: 'proof-direct',
      network: 'direct',
      address: addresses.direct,
      mtu: 1500,
    },
    {
      ...common,
      name: 'proof-class',
      inCloud: 'proof-class',
      network: 'class',
      address: addresses.class,
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
    expect(result).toMatchObject({ verdict: 'no', fault: { code: 'lease-refused', host: 'os1' } })
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
    const answer = async () =>
      (await internet.run(['ping', '-6', '-n', '-c', '1', '-W', '2', String(unused)])).stdout
    await expect.poll(answer, slow).toContain('Destination unreachable: No route')
  })

  it('is done when done: a second run carries nothing out', async () => {
    expect(await carryOut(os1, hostNetwork(one))).toEqual([])
    expect(await carryOut(os2, hostNetwork(two))).toEqual([])
  })

  it('a long command that systemd lets wait in its queue is waited for, and not taken for one that ended', async () => {
    const slow = '[Unit]\nBefore=bateau-late.service\n[Service]\nType=oneshot\nExecStart=/bin/sleep 3\n'
    await must(
      os2,
      `printf '${slow}' > /run/systemd/system/slow.service; systemctl daemon-reload; systemctl start --no-block slow`,
    )
    const lines: string[] = []
    const late = { unit: 'bateau-late', argv: ['sh', '-c', 'sleep 1; echo whole'], idleSeconds: 60 }
    await runLong(os2, late, (line) => void lines.push(line), new AbortController().signal)
    expect(lines).toContain('whole')
    await must(os2, 'rm /run/systemd/system/slow.service; systemctl daemon-reload')
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
    await plugIn(one)
    const results = await proof(proofInput([one, two], instancesOf(one)))
    const of2 = (id: string) =>
      /os2\/network\/(public|transit|route)|closed\/os2\/inside|router\/.*os2/.test(id)
    const rest = results.filter((result) => !of2(result.id))
    expect(exitCode(rest), reportText(rest)).toBe(0)
    // os2 has no bridges yet, and the proof must not overlook it.
    const ofBridges = results.filter((result) => of2(result.id))
    expect(ofBridges.map(({ verdict }) => verdict)).not.toContain('yes')
    expect(
      findings(ofBridges.filter(({ id }) => id.startsWith('host/'))).map(({ fault }) => fault.code),
    ).toEqual(['bridge-missing', 'bridge-missing'])
    expect(results.find((result) => result.id === 'outside/mtu/proof-class')?.seen).toContain('mtu=1402')
  })

  it('names the missing route as the cause when a tenant network is cut off', async () => {
    const [tenant] = one.addressing.tenants
    await must(os1, `ip -6 route del ${tenant?.prefix}`)
    // What is cut off is waited for in vain.
    const impatient = { ...proofInput([one], instancesOf(one)), patienceSeconds: 5 }
    const results = await lookAt(impatient, (probe) => !probe.heavy)
    const [first] = findings(results)
    expect(first?.result.id).toBe('host/os1/network/route/class-g1')
    expect(first?.follows.map((result) => result.id)).toEqual(
      expect.arrayContaining([
        'outside/ping-in/proof-class',
        'outside/tcp-in/proof-class',
        'outside/login/proof-class',
      ]),
    )
    // What asks proof-direct from the network that is cut off follows; what asks it from elsewhere must not.
    const direct = first?.follows.filter(
      ({ id, vantage }) => id.includes('direct') && vantage !== 'proof-class',
    )
    expect(direct).toEqual([])
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
      `ip netns exec direct timeout 8 bash -c 'exec 3<>/dev/tcp/${one.addressing.public.host}/${port}'`
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
    const boot = async () => {
      const ran = await os1.run(['cat', '/proc/sys/kernel/random/boot_id'])
      return ran.code === 0 ? ran.stdout : ''
    }
    const before = await boot()
    await os1.run(['systemctl', '--no-block', 'reboot'])
    // A connection that ends under the question gives no answer: the server is still going down.
    await expect.poll(async () => ['', before].includes(await boot().catch(() => '')), slow).toBe(false)
    await expect.poll(() => pings(one.addressing.service), slow).toBe(true)
    // The edge still routes by the lease of before; the new one may take some seconds.
    const lease = () => must(os1, `ip -6 route show type unreachable exact ${delegated}`)
    await expect.poll(lease, slow).toContain('proto dhcp')
    expect(await carryOut(os1, hostNetwork(one))).toEqual([])
    const order = await must(
      os1,
      'for u in bateau-firewall systemd-networkd; do systemctl show -P ActiveEnterTimestampMonotonic $u; done',
    )
    const [firewall = 0, network = 0] = order.trim().split('\n').map(Number)
    expect(firewall).toBeGreaterThan(0)
    expect(firewall).toBeLessThan(network)
    await plugIn(one)
    const results = await lookAt(proofInput([one], []), ({ id }) => id.startsWith('host/os1/network/'))
    expect(exitCode(results), reportText(results)).toBe(0)
  })
})

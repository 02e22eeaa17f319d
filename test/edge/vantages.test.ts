// Places to look from, with real sshd, ping and Perl beyond a real edge: that agree, that differ, that cannot tell.
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findings } from '../../src/check/judge.ts'
import { askAll } from '../../src/check/panel.ts'
import { runProbes } from '../../src/check/probe.ts'
import { proofProbes } from '../../src/check/proof.ts'
import type { ProofInput, ProofInstance } from '../../src/check/proof-input.ts'
import { together } from '../../src/check/regions.ts'
import { reportText } from '../../src/check/report.ts'
import { shellVantage, type Vantage } from '../../src/check/vantage.ts'
import { Prefix } from '../../src/core/prefix.ts'
import type { Shell } from '../../src/core/shell.ts'
import type { Site } from '../../src/core/site.ts'
import { localShell } from '../../src/host/spawn.ts'
import { proxyCommand, sshShell, type SshTarget } from '../../src/host/ssh.ts'
import { internetPrefix, internetService, internetShell } from '../../src/rehearsal/places.ts'
import type { ServerInput } from '../../src/rehearsal/world.ts'
import { siteOf } from './host-steps.ts'
import { capable, compile, down, machine, shellOf, sweep, testWorld, up } from './world.ts'

const [block, abroad] = [Prefix.of('2001:2:0:4000::/56'), Prefix.of('2001:2:0:5000::/56')]
const servers: ServerInput[] = [
  { name: 'os1', delivery: { kind: 'routed', block, gateway: 'ra' } },
  { name: 'far', delivery: { kind: 'routed', block: abroad, gateway: 'ra' } },
]
const world = testWorld('vantages', servers)
const [os1, far] = [shellOf(world, 'os1'), shellOf(world, 'far')]
const delivery: Site['delivery'] = { kind: 'routed', block, gateway: 'ra', nextHop: null }
/** Of the internet's two addresses the one that ssh does not come from: a place may have a way back to that alone. */
let [sshFrom, control] = [world.internet.address, world.internet.second]

const must = async (shell: Shell, script: string): Promise<string> => {
  const ran = await shell.run(['sh', '-ec', script])
  expect(ran, script).toMatchObject({ code: 0 })
  return ran.stdout
}

const segment = abroad.nth(64, 1) ?? abroad
const hosts = ['fr', 'de', 'us', 'office', 'odd', 'dead'] as const
type Host = (typeof hosts)[number]
const addressOf = (name: Host) => segment.host(0x10 + hosts.indexOf(name))

/** Six hosts on one segment of a server far away. */
const farScript = () => `
sysctl -qw net.ipv6.conf.all.forwarding=1
ip link add lan type bridge mcast_snooping 0; ip link set lan up; ip addr add ${segment.host(1)}/64 dev lan nodad
for n in ${hosts.join(' ')}; do
  ip netns add $n; ip -n $n link set lo up
  ip link add v$n type veth peer name eth0 netns $n; ip link set v$n master lan up
  for k in all.disable_ipv6=0 default.disable_ipv6=0 eth0.disable_ipv6=0; do ip netns exec $n sysctl -qw net.ipv6.conf.$k; done
  ip -n $n link set eth0 up
done
${hosts.map((name) => `ip -n ${name} addr add ${addressOf(name)}/64 dev eth0 nodad`).join('\n')}
for n in fr de us odd; do ip -n $n -6 route add default via ${segment.host(1)}; done
ip -n office -6 route add ${sshFrom} via ${segment.host(1)}
ip -n us -6 route add unreachable ${block}
for n in fr de us office; do ip netns exec $n /usr/sbin/sshd -o PidFile=none </dev/null >/dev/null 2>&1; done
ip netns exec odd /usr/sbin/sshd -o PidFile=none -o ForceCommand='echo Bienvenue; date -d "now - 9 hours"; head -c 3000 /dev/urandom' </dev/null >/dev/null 2>&1`

const target = (name: Host): SshTarget => ({
  name,
  address: String(addressOf(name)),
  user: 'root',
  port: 22,
  identityFile: world.identityFile,
  knownHostsFile: join(world.directories.state, 'vantages_known_hosts'),
  trustFirst: true,
  via: internetPrefix(world),
  bare: true,
  patienceSeconds: 0,
})
const sockets = join(world.directories.state, 'ssh')
const vantage = (name: Host, place: string | null = null): Vantage =>
  shellVantage({
    shell: sshShell(target(name), sockets),
    proxy: proxyCommand(target(name), sockets),
    controls: [control],
    place,
    named: true,
  })

describe.skipIf(!capable)('vantages by SSH', { timeout: 300_000 }, () => {
  let build = ''
  let site: Site

  beforeAll(async () => {
    await sweep('vantages', servers)
    build = await compile(world)
    await up(world, build)
    site = await siteOf(os1, delivery)
    const { service, public: segmentOfInstances } = site.addressing
    const route = await must(internetShell(world), `ip -6 route get ${addressOf('fr')}`)
    if (route.includes(`src ${control} `)) [sshFrom, control] = [control, sshFrom]
    await must(far, farScript())
    await must(
      os1,
      `sysctl -qw net.ipv6.conf.all.forwarding=1; ip addr add ${service}/128 dev lo
ip netns add direct; ip -n direct link set lo up; ip link add inside type veth peer name eth0 netns direct
ip addr add ${segmentOfInstances.host}/64 dev inside nodad; ip link set inside up
ip netns exec direct sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.eth0.disable_ipv6=0
ip -n direct link set eth0 up; ip -n direct addr add ${segmentOfInstances.prefix.host(5)}/64 dev eth0 nodad
ip -n direct -6 route add default via ${segmentOfInstances.host}
ip netns exec direct /usr/sbin/sshd -o PidFile=none </dev/null >/dev/null 2>&1`,
    )
  })
  afterAll(async () => {
    await down(world)
    await machine.run(['rm', '-rf', build])
  })

  const claim = () => ({
    what: String(site.addressing.service),
    name: 'os1',
    host: 'os1',
    fault: () => ({ code: 'gone', why: 'why', fix: 'fix' }),
  })
  const ask = async (...vantages: Vantage[]) =>
    together(claim(), await askAll(vantages, { kind: 'ping', to: site.addressing.service }, { about: 'os1' }))

  it('that all reach a server give one answer', async () => {
    expect(await ask(vantage('fr', 'FR'), vantage('de', 'DE'))).toMatchObject({ verdict: 'yes' })
  })

  it('of which one has a broken route give one finding', async () => {
    const seen = await ask(vantage('fr', 'FR'), vantage('de', 'DE'), vantage('us', 'US'))
    expect(seen).toMatchObject({
      verdict: 'no',
      fault: {
        code: 'reachable-from-some',
        title: 'os1 is reachable from fr (FR) and de (DE), not from us (US)',
      },
    })
  })

  it('without IPv6, with garbage for an answer, or not there do not testify, and are named', async () => {
    const mute = [vantage('office'), vantage('odd'), vantage('dead')]
    const seen = await ask(vantage('fr'), ...mute)
    expect(seen.verdict).toBe('yes')
    expect(seen.seen).toMatch(/no word from office: .*odd: .*dead: dead cannot be reached by SSH/)
    expect(await ask(...mute)).toMatchObject({ verdict: 'could-not-check' })
    const port = { kind: 'tcp', to: site.addressing.service, port: 22 } as const
    for (const { verdict } of await askAll(mute, port, { about: 'os1' }))
      expect(verdict).toBe('could-not-check')
  })

  it('try a TCP port: open, closed, and no way there', async () => {
    const to = site.addressing.service
    const said = async (name: Host, port: number) =>
      (await vantage(name).ask({ kind: 'tcp', to, port }))[0] ?? expect.fail('it says something')
    expect(await said('fr', 22)).toMatchObject({ verdict: 'yes', seen: 'accepts' })
    expect(await said('fr', 23)).toMatchObject({ verdict: 'no', seen: 'refuses' })
    expect(await said('us', 22)).toMatchObject({ verdict: 'no' })
  })

  const instance = (): ProofInstance => ({
    name: 'proof-direct',
    inCloud: 'proof-direct',
    network: 'direct',
    address: site.addressing.public.prefix.host(5),
    host: 'os1',
    user: 'root',
    identityFile: world.identityFile,
    mtu: 1500,
  })
  const input = (outside: Shell, vantages: readonly Vantage[]): ProofInput => ({
    sites: [site],
    hostShell: () => os1,
    outside,
    vantages,
    instances: [instance()],
    outsideTargets: { ping: world.internet.address, pings: [control], tcp: internetService(world) },
    knownHosts: join(world.directories.state, 'instances_known_hosts'),
  })
  const look = (given: ProofInput, which: RegExp) =>
    runProbes(
      proofProbes(given).filter(({ id }) => which.test(id)),
      { now: () => new Date() },
    )
  const nowhere = localShell('this machine', ['unshare', '--net'])

  it('stand in for a machine without IPv6, also for the log-in, with the key staying here', async () => {
    const which = /^(vantage\/|outside\/(ping|tcp|login|mtu|closed\/os1\/inside))/
    const results = await look(input(nowhere, [vantage('fr')]), which)
    const verdicts = Object.fromEntries(results.map(({ id, verdict }) => [id, verdict]))
    expect(verdicts, reportText(results)).toEqual({
      'vantage/outside': 'yes',
      'vantage/fr': 'yes',
      'outside/ping-host/os1': 'yes',
      'outside/closed/os1/inside': 'could-not-check',
      'outside/ping-in/proof-direct': 'yes',
      'outside/tcp-in/proof-direct': 'yes',
      'outside/login/proof-direct': 'yes',
      'outside/mtu/proof-direct': 'yes',
    })
    expect(
      await must(far, `ip netns exec fr find / -xdev -newer /proc/1 -name 'id*' -path '*ssh*' | wc -l`),
    ).toBe('0\n')
  })

  it('that are all missing leave the whole outside unchecked, and say how to get one', async () => {
    const results = await look(input(nowhere, [vantage('office')]), /^(vantage\/outside|outside\/(ping|tcp))/)
    expect(new Set(results.map(({ verdict }) => verdict))).toEqual(new Set(['could-not-check']))
    const [only, ...others] = findings(results)
    expect(others).toEqual([])
    expect(only?.fault).toMatchObject({ code: 'no-vantage' })
    expect(only?.fault.fix).toContain('vantages: [{name: maison, ssh: user@host}]')
  })

  it('that differ are one finding for the server and all that is on it', async () => {
    const given = input(internetShell(world), [vantage('fr', 'FR'), vantage('us', 'US')])
    const found = findings(await look(given, /^(vantage\/|outside\/(ping|tcp))/))
    expect(found.map(({ fault }) => fault.code)).toEqual(['reachable-from-some'])
    expect(found[0]?.result.id).toBe('outside/ping-host/os1')
    expect(found[0]?.follows.map(({ id }) => id)).toContain('outside/ping-in/proof-direct')
  })
})

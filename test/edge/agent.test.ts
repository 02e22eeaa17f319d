// The agent on real servers behind the real edge, under real systemd: what it notices and mends, what kills, hangs or
// starves it, another version, and the routes of tenants' routers from a real OVN.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hostChain } from '../../src/check/host-chain.ts'
import { runProbes } from '../../src/check/probe.ts'
import { type AgentEvent, readEvent } from '../../src/agent/events.ts'
import { Prefix } from '../../src/core/prefix.ts'
import { reference, Secret, type Vault } from '../../src/core/secret.ts'
import type { Shell } from '../../src/core/shell.ts'
import type { Site } from '../../src/core/site.ts'
import { agentUnit } from '../../src/core/site.ts'
import { type AgentInput, agentSteps } from '../../src/delivery/agent.ts'
import { hostNetwork } from '../../src/delivery/host-network.ts'
import { readBundle } from '../../src/deploy/agent.ts'
import { internetShell } from '../../src/rehearsal/places.ts'
import type { ServerInput } from '../../src/rehearsal/world.ts'
import { carryOut, siteOf } from './host-steps.ts'
import { insideAddresses, insideScript } from './inside.ts'
import { capable, compile, down, machine, shellOf, sweep, testWorld, up } from './world.ts'

const delegated = Prefix.of('2001:2:0:1000::/56')
const routed = Prefix.of('2001:2:0:2000::/56')
const duid = '00:03:00:01:de:ad:be:ef:00:51'
const servers: ServerInput[] = [
  { name: 'os1', delivery: { kind: 'dhcpv6-pd', block: delegated, duid: new Secret(duid) } },
  { name: 'os2', release: 'bookworm', delivery: { kind: 'routed', block: routed, gateway: 'ra' } },
]
const world = testWorld('agent', servers)
const internet = internetShell(world)
const [os1, os2] = [shellOf(world, 'os1'), shellOf(world, 'os2')]
const slow = { timeout: 90_000, interval: 500 }

const secrets: Record<string, string> = { 'duid/os1': duid, 'duid/os1/ll': duid.slice('00:03:'.length) }
const vault: Vault = { get: (name) => new Secret(secrets[name] ?? expect.fail(`no secret ${name}`)) }

const must = async (shell: Shell, script: string): Promise<string> => {
  const ran = await shell.run(['sh', '-ec', script])
  expect(ran, script).toMatchObject({ code: 0 })
  return ran.stdout
}
const directory = '/var/lib/bateau/agent'
const eventsOf = async (shell: Shell): Promise<AgentEvent[]> =>
  (
    await shell.run(['sh', '-c', `cat ${directory}/events.ndjson.1 ${directory}/events.ndjson 2>/dev/null`])
  ).stdout
    .split('\n')
    .flatMap((line) => readEvent(line) ?? [])
const lastRun = (events: readonly AgentEvent[]) => events.filter(({ run }) => run === events.at(-1)?.run)
const pings = async (address: { toString(): string }) =>
  (await internet.run(['ping', '-6', '-c', '1', '-W', '2', String(address)])).code === 0

/** Its last look found nothing: everything that it noticed is gone. */
const isWell = async (shell: Shell) =>
  lastRun(await eventsOf(shell)).findLast((event) => event.type === 'look')?.findings.length === 0

/** What the agent told since `act`; waits for it to be well again. */
async function after(shell: Shell, act: string, until: (told: readonly AgentEvent[]) => boolean) {
  const before = (await eventsOf(shell)).length
  await must(shell, act)
  const told = async () => (await eventsOf(shell)).slice(before)
  await expect.poll(async () => until(await told()), slow).toBe(true)
  return told()
}
const codes = (events: readonly AgentEvent[], type: 'trouble.noticed' | 'trouble.gone') =>
  events.flatMap((event) => (event.type === type ? [event.code] : []))
/** Shell text: `script` again and again until the agent has told of it. An advertisement or a renewal may bring back sooner what it took. */
const untilNoticed = (code: string, script: string) => `
told() { cat ${directory}/events.ndjson.1 ${directory}/events.ndjson 2>/dev/null | grep -c '"trouble.noticed","code":"${code}"' || true; }
before=$(told); end=$(($(date +%s) + 80))
while [ "$(told)" = "$before" ] && [ $(date +%s) -lt $end ]; do ${script} 2>/dev/null || true; sleep 0.1; done`
const isMended = (code: string) => (told: readonly AgentEvent[]) => codes(told, 'trouble.gone').includes(code)
/** It was started since, and has looked: what it told before it was stopped does not count. */
const hasLookedAnew = (told: readonly AgentEvent[]) =>
  told
    .slice(told.findIndex(({ type }) => type === 'agent.started') + 1 || told.length)
    .some(({ type }) => type === 'look')

describe.skipIf(!capable)('the agent of a server', { timeout: 300_000 }, () => {
  let build = ''
  let input: AgentInput
  let one: Site
  let two: Site

  beforeAll(async () => {
    await sweep('agent', servers)
    build = await compile(world)
    await up(world, build)
    one = await siteOf(os1, {
      kind: 'dhcpv6-pd',
      block: delegated,
      duid: reference('duid/os1'),
      client: 'networkd',
    })
    two = await siteOf(os2, { kind: 'routed', block: routed, gateway: 'ra', nextHop: null })
    input = {
      ...readBundle(join(build, 'agent.mjs')),
      pings: [world.internet.address, world.internet.second],
      units: ['ssh.service'],
    }
    await Promise.all(
      [
        { shell: os1, site: one },
        { shell: os2, site: two },
      ].map(async ({ shell, site }) => {
        await carryOut(shell, hostNetwork(site), vault)
        await must(shell, insideScript(site))
      }),
    )
  })
  afterAll(async () => {
    await down(world)
    await machine.run(['rm', '-rf', build])
  })

  it('is installed with the Node of Debian 13 and of Debian 12, and finds all well', async () => {
    for (const [shell, site] of [
      [os1, one],
      [os2, two],
    ] as const) {
      expect(await carryOut(shell, agentSteps(site, input), vault)).toEqual(['agent/node', 'agent/install'])
      await expect.poll(() => isWell(shell), slow).toBe(true)
      const [started] = lastRun(await eventsOf(shell))
      expect(started).toMatchObject({ type: 'agent.started', mends: true, host: site.name })
      expect(await carryOut(shell, agentSteps(site, input), vault)).toEqual([])
    }
  })

  it('keeps the DUID out of its files, and its files to root', async () => {
    const hex = duid.split(':').slice(4).join('')
    const found = await os1.run([
      'grep',
      '-rilE',
      `${hex}|de:ad:be:ef:00:51`,
      '/etc/bateau/agent.json',
      directory,
    ])
    expect(found.stdout).toBe('')
    const modes = await must(
      os1,
      `stat -c '%a %U' /etc/bateau/agent.json ${directory} ${directory}/events.ndjson`,
    )
    expect(modes).toBe('600 root\n700 root\n600 root\n')
  })

  it('is one of the services that a check sees', async () => {
    const looking = { site: one, shell: os1, units: [agentUnit], targets: input.pings, settle: 3_000 }
    const look = () => runProbes(hostChain({ ...looking, now: () => new Date() }), { now: () => new Date() })
    const results = await look()
    expect(results.filter(({ verdict }) => verdict === 'no')).toEqual([])
    expect(results.find(({ id }) => id === 'host/os1/agent')).toMatchObject({ verdict: 'yes' })
  })

  it.each([
    [
      'the service address is gone',
      'service-address-lost',
      () => untilNoticed('service-address-lost', `ip -6 addr del ${one.addressing.service}/128 dev eno1`),
    ],
    [
      'the default route is gone',
      'default-route-lost',
      () => untilNoticed('default-route-lost', 'ip -6 route del default'),
    ],
    ['forwarding is off', 'forwarding-off', () => 'sysctl -qw net.ipv6.conf.all.forwarding=0'],
    ['br-ex has lost its address', 'public-address-lost', () => 'ip -6 addr flush dev br-ex scope global'],
    [
      'the route to a tenant is gone',
      'tenant-route-lost',
      () => 'ip -6 route flush dev br-transit proto static',
    ],
    ['the firewall is gone', 'firewall-missing', () => 'nft delete table inet bateau'],
  ])('notices and mends: %s', async (_, code, script) => {
    for (const [shell, site] of [[os1, one]] as const) {
      const told = await after(shell, script(), isMended(code))
      expect(codes(told, 'trouble.noticed')).toContain(code)
      expect(told.some((event) => event.type === 'repair.done' && event.code === code && event.helped)).toBe(
        true,
      )
      await expect.poll(() => isWell(shell), slow).toBe(true)
      for (const address of [site.addressing.service, ...Object.values(insideAddresses(site))])
        await expect.poll(() => pings(address), slow).toBe(true)
    }
  })

  it('comes back when it is killed, and remembers what it has spent', async () => {
    const ledger = await must(os1, `cat ${directory}/ledger.json`)
    const told = await after(os1, `systemctl kill -s KILL ${agentUnit}`, hasLookedAnew)
    expect(told.find((event) => event.type === 'agent.started')).toMatchObject({ mends: true })
    const triesOf = (text: string) => (JSON.parse(text) as { tries: object }).tries
    expect(Object.keys(triesOf(ledger)).length).toBeGreaterThan(0)
    expect(triesOf(await must(os1, `cat ${directory}/ledger.json`))).toEqual(triesOf(ledger))
  })

  it('is started anew by systemd when it hangs', async () => {
    const drop = '/run/systemd/system/bateau-agent.service.d'
    await must(
      os1,
      `mkdir -p ${drop}; printf '[Service]\\nWatchdogSec=25\\nTimeoutAbortSec=2\\n' > ${drop}/test.conf`,
    )
    await after(os1, `systemctl daemon-reload; systemctl restart ${agentUnit}`, hasLookedAnew)
    await after(os1, `kill -STOP $(systemctl show -P MainPID ${agentUnit})`, hasLookedAnew)
    await must(os1, `rm -r ${drop}; systemctl daemon-reload`)
  })

  it('goes on mending on a full disk', async () => {
    await must(
      os1,
      `systemctl stop ${agentUnit}; mount -t tmpfs -o size=16k,mode=0700 tmpfs ${directory}; head -c 16k /dev/zero > ${directory}/ballast; systemctl start ${agentUnit}`,
    )
    const { service, public: segment } = one.addressing
    await must(os1, 'ip -6 addr flush dev br-ex scope global')
    const has = async () =>
      (await os1.run(['ip', '-6', '-o', 'addr', 'show', 'dev', 'br-ex', 'to', String(segment.host)])).stdout
    await expect.poll(has, slow).toContain('br-ex')
    await expect.poll(() => pings(service), slow).toBe(true)
    await must(os1, `rm ${directory}/ballast`)
    await expect
      .poll(
        async () => (await eventsOf(os1)).some((event) => event.type === 'journal.resumed' && event.lost > 0),
        slow,
      )
      .toBe(true)
    await must(os1, `systemctl stop ${agentUnit}; umount ${directory}; systemctl start ${agentUnit}`)
    await expect.poll(() => isWell(os1), slow).toBe(true)
  })

  it('of another version says so, observes, and mends nothing', async () => {
    await must(os1, `sed -i 's/"version": "[^"]*"/"version": "0.0.1"/' /etc/bateau/agent.json`)
    const started = await after(os1, `systemctl restart ${agentUnit}`, hasLookedAnew)
    expect(started.find((event) => event.type === 'agent.started')).toMatchObject({
      mends: false,
      config: '0.0.1',
    })
    const noticed = await after(os1, 'ip -6 addr flush dev br-ex scope global', (events) =>
      codes(events, 'trouble.noticed').includes('public-address-lost'),
    )
    expect(noticed.some(({ type }) => type.startsWith('repair.'))).toBe(false)
    await must(os1, `ip -6 addr add ${one.addressing.public.host}/64 dev br-ex`)
    expect(await carryOut(os1, agentSteps(one, input), vault)).toEqual(['agent/install'])
    await expect.poll(() => isWell(os1), slow).toBe(true)
  })

  it('with a configuration that it cannot read says so, and does not start again and again', async () => {
    await must(os1, `sed -i 's/"schema_version": 1/"schema_version": 9/' /etc/bateau/agent.json`)
    const told = await after(os1, `systemctl restart ${agentUnit} || true`, (events) =>
      events.some((event) => event.type === 'fault'),
    )
    expect(told.find((event) => event.type === 'fault')).toMatchObject({
      fault: { code: 'agent-config-other-version' },
    })
    await expect
      .poll(
        async () => (await os1.run(['systemctl', 'show', '-P', 'ActiveState', agentUnit])).stdout.trim(),
        slow,
      )
      .toBe('failed')
    expect(await must(os1, `systemctl show -P ExecMainStatus ${agentUnit}`)).toBe('78\n')
    expect(await carryOut(os1, agentSteps(one, input), vault)).toEqual(['agent/install'])
    await expect.poll(() => isWell(os1), slow).toBe(true)
  })

  it('is replaced when bateau brings another one, and leaves the network as it is when it ends', async () => {
    const network = () =>
      must(
        os1,
        `ip -6 -o addr | sed 's/valid_lft.*//'; ip -6 route | sed 's/expires.*//' | sort; sysctl -a 2>/dev/null | grep forwarding`,
      )
    const before = await network()
    await must(os1, `systemctl stop ${agentUnit}`)
    expect(await network()).toBe(before)
    expect(
      await carryOut(os1, agentSteps(one, { ...input, bundle: `${input.bundle}\n// later\n` }), vault),
    ).toEqual(['agent/install'])
    expect(await must(os1, `tail -n 1 /usr/local/lib/bateau/agent.mjs`)).toBe('// later\n')
    await expect.poll(() => isWell(os1), slow).toBe(true)
    expect(await carryOut(os1, agentSteps(one, input), vault)).toEqual(['agent/install'])
  })

  it('tells Prometheus on loopback, and nowhere else', async () => {
    const get = `fetch('http://[::1]:9547/metrics').then((r) => r.text()).then((t) => process.stdout.write(t))`
    await expect
      .poll(async () => (await os1.run(['node', '-e', get])).stdout, slow)
      .toContain('bateau_check{id="host/os1/out"} 1\n')
    expect(await must(os1, `ss -Hltn 'sport = :9547' | awk '{print $4}'`)).toBe('[::1]:9547\n')
  })

  it("keeps a host route to each network behind a tenant's router, as OVN has it", async () => {
    await must(
      os2,
      'export DEBIAN_FRONTEND=noninteractive; apt-get -q update && apt-get -q -y --no-install-recommends install ovn-central',
    )
    await must(os2, 'systemctl start ovn-central; ovn-nbctl --timeout=30 --wait=none init')
    const { transit, pool } = two.addressing
    if (!transit || !pool) throw new Error('the block has room for tenants')
    const gateway = transit.prefix.host(0xa3)
    const behind = pool.nth(64, 9) ?? pool
    const shown = async () =>
      (await os2.run(['ip', '-6', 'route', 'show', 'dev', 'br-transit', 'proto', '176'])).stdout.trim()
    // As Neutron's OVN driver names them: a router, its port on the transit network, its port on the tenant's network.
    const router = 'neutron-0f7c2f2e-8f0c-4c8c-9a57-2a4a3c7f6d11'
    const came = await after(
      os2,
      `ovn-nbctl lr-add ${router} -- set Logical_Router ${router} external_ids:neutron\\\\:router_name=maison
ovn-nbctl lrp-add ${router} lrp-gw fa:16:3e:00:00:01 ${gateway}/64
ovn-nbctl lrp-add ${router} lrp-in fa:16:3e:00:00:02 10.9.0.1/24 ${behind.host(1)}/64`,
      (events) => events.some((event) => event.type === 'route.added'),
    )
    expect(came.find((event) => event.type === 'route.added')).toMatchObject({
      to: String(behind),
      via: String(gateway),
      router,
    })
    expect(await shown()).toContain(`${behind} via ${gateway}`)
    // Somebody else's route on the same bridge.
    const foreign = pool.nth(64, 10) ?? pool
    await must(os2, `ip -6 route add ${foreign} via ${gateway} dev br-transit proto boot`)
    await after(os2, `ip -6 route del ${behind}`, (events) =>
      events.some((event) => event.type === 'route.added'),
    )
    await after(os2, `ovn-nbctl lr-del ${router}`, (events) =>
      events.some((event) => event.type === 'route.removed'),
    )
    expect(await shown()).toBe('')
    expect(await must(os2, `ip -6 route show ${foreign}`)).toContain('br-transit')
  })

  it('costs little: measured, and printed', async () => {
    const script = `P=$(systemctl show -P MainPID ${agentUnit}); a=$(systemctl show -P CPUUsageNSec ${agentUnit}); sleep 20; b=$(systemctl show -P CPUUsageNSec ${agentUnit}); echo "$(node --version): $(awk '/VmRSS/ {print int($2 / 1024)}' /proc/$P/status) MB, $(( (b - a) / 200000 )) of 100000 of a core, its commands included"`
    const said = await Promise.all([must(os1, script), must(os2, script)])
    console.log(said.map((line, i) => `os${i + 1}: ${line.trim()}`).join('\n'))
    for (const line of said) expect(line).toMatch(/: \d+ MB, \d+ of/)
    expect(readFileSync(join(build, 'agent.mjs'), 'utf8')).not.toMatch(/from "(?!node:)/)
  })
})

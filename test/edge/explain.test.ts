// Where packets are lost, on a path of namespaces: the internet, the provider's router, a server with its two bridges,
// an instance on each side of a router; each fault made by hand and named by what the packets show.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { explain, type ExplainInput } from '../../src/check/explain.ts'
import { explanationText } from '../../src/check/explain-text.ts'
import { Address, Prefix } from '../../src/core/prefix.ts'
import type { Shell } from '../../src/core/shell.ts'
import type { Site } from '../../src/core/site.ts'
import { localShell } from '../../src/host/spawn.ts'
import { layOut } from '../../src/plan/addressing.ts'
import { capable, machine } from './world.ts'

const name = (part: string) => `bateau-why-${process.pid}-${part}`
const [inet, edge, os1, direct, router, tenant] = ['inet', 'edge', 'os1', 'direct', 'router', 'class'].map(
  name,
)
const place = (title: string, namespace = '') =>
  localShell(title, ['nsenter', `--net=/run/netns/${namespace}`])
const internet = place('the internet', inet)
const provider = place('the edge', edge)
const server = place('os1', os1)

const block = Prefix.of('2001:2:0:ee00::/56')
const laid = layOut(block, ['g1'])
if (!laid.ok) throw new Error('the block is long enough')
const addressing = laid.value
const { transit } = addressing
const [network] = addressing.tenants
if (!transit || !network) throw new Error('the block has room for a tenant network')
const site = {
  name: 'os1',
  facts: { uplink: { name: 'eno1', mac: '02:00:5e:20:00:10' } },
  addressing,
} as Site
const target = Address.of('2001:2:0:ef00::2')
const [onBridge, behindRouter] = [addressing.public.prefix.host(0x10), network.prefix.host(0x10)]

const must = async (shell: Shell, script: string): Promise<string> => {
  const ran = await shell.run(['sh', '-ec', script])
  expect(ran, script).toMatchObject({ code: 0 })
  return ran.stdout
}
const forwarding = (ns = '') => `ip netns exec ${ns} sysctl -qw net.ipv6.conf.all.forwarding=1`
const cable = (a = '', one = '', b = '', other = '') =>
  `ip -n ${a} link add ${one} type veth peer name ${other} netns ${b}; ip -n ${a} link set ${one} up; ip -n ${b} link set ${other} up`
const address = (ns = '', dev = '', ...all: string[]) =>
  all.map((one) => `ip -n ${ns} addr add ${one} dev ${dev} nodad`).join('; ')
const route = (ns = '', ...words: string[]) => `ip -n ${ns} -6 route replace ${words.join(' ')}`

const wiring = `
for n in ${inet} ${edge} ${os1} ${direct} ${router} ${tenant}; do ip netns add $n; ip -n $n link set lo up
  for k in all.disable_ipv6=0 default.disable_ipv6=0 default.accept_ra=0 default.accept_dad=0; do ip netns exec $n sysctl -qw net.ipv6.conf.$k; done
done
${[edge, os1, router].map(forwarding).join('\n')}
ip -n ${os1} link add br-ex type bridge mcast_snooping 0; ip -n ${os1} link add br-transit type bridge mcast_snooping 0
ip -n ${os1} link set br-ex up; ip -n ${os1} link set br-transit up
${cable(inet, 'edge0', edge, 'inet0')}; ${cable(edge, 'seg0', os1, 'eno1')}
${cable(os1, 'tapd', direct, 'eth0')}; ip -n ${os1} link set tapd master br-ex
${cable(os1, 'tapr', router, 'gw')}; ip -n ${os1} link set tapr master br-transit
${cable(router, 'net', tenant, 'eth0')}
${address(inet, 'edge0', `${target}/64`)}; ${address(edge, 'inet0', '2001:2:0:ef00::1/64')}
${address(edge, 'seg0', 'fe80::1/64')}; ${address(os1, 'eno1', 'fe80::10/64', `${addressing.service}/128`)}
${address(os1, 'br-ex', `${addressing.public.host}/64`)}; ${address(os1, 'br-transit', `${transit.host}/64`)}
${address(direct, 'eth0', `${onBridge}/64`)}; ${address(tenant, 'eth0', `${behindRouter}/64`)}
${address(router, 'gw', `${network.via}/64`)}; ${address(router, 'net', `${network.prefix.host(1)}/64`)}
${route(inet, 'default via 2001:2:0:ef00::1')}; ${route(edge, String(block), 'via fe80::10 dev seg0')}
${route(os1, 'default via fe80::1 dev eno1')}; ${route(os1, `unreachable ${block} metric 4096`)}
${route(os1, String(network.prefix), 'via', String(network.via))}; ${route(direct, 'default via', String(addressing.public.host))}
${route(router, 'default via', String(transit.host))}; ${route(tenant, 'default via', String(network.prefix.host(1)))}`

const why = (which: 'direct' | 'class', more: Partial<ExplainInput> = {}) =>
  explain({
    site,
    instance: {
      name: `proof-${which}`,
      network: which,
      address: which === 'direct' ? onBridge : behindRouter,
    },
    host: server,
    outside: internet,
    edge: { shell: provider, outer: 'inet0', inner: 'seg0' },
    guest: place(`proof-${which}`, which === 'direct' ? direct : tenant),
    target,
    ...more,
  })

type Fault = { place: Shell; make: string; mend: string }
let mend: Fault | undefined
const broken = async (fault: Fault) => {
  mend = fault
  await must(fault.place, fault.make)
}
const drop = (rule: string, where = server): Fault => ({
  place: where,
  make: `nft 'table inet fault { chain c { type filter hook forward priority 10; ${rule}; }; }'`,
  mend: 'nft delete table inet fault',
})

describe.skipIf(!capable)('why an instance is not reached', { timeout: 120_000 }, () => {
  beforeAll(async () => void (await must(machine, wiring)))
  afterEach(async () => {
    if (mend) await must(mend.place, mend.mend)
    mend = undefined
  })
  afterAll(async () => {
    for (const ns of [inet, edge, os1, direct, router, tenant])
      await machine.run(['ip', 'netns', 'del', ns ?? ''])
  })

  it.each(['direct', 'class'] as const)(
    'a whole path of %s is seen at every point, both ways',
    async (which) => {
      const { conclusion, traces, deaf } = await why(which)
      expect({ conclusion, deaf }).toEqual({ conclusion: 'reached', deaf: [] })
      const inward = traces.find(({ way }) => way === 'in')?.trace.steps ?? []
      expect(inward.map(({ point }) => point.id)).toEqual([
        'outside',
        'edge-outer',
        'edge-inner',
        'uplink',
        'bridge',
        'port',
      ])
      for (const { request, reply } of inward) expect([request.count, reply.count]).toEqual([3, 3])
      expect(inward.at(-1)?.request.links).toEqual([which === 'direct' ? 'tapd' : 'tapr'])
    },
  )

  it('in but not out: a filter on the server drops what comes from the instance', async () => {
    await broken(drop(`ip6 saddr ${addressing.public.prefix} drop`))
    const explained = await why('direct')
    expect(explained).toMatchObject({
      conclusion: 'in-but-not-out',
      breaks: [
        { of: 'in', what: 'reply', lastSeen: 'br-ex', neverAt: 'eno1' },
        { of: 'out', what: 'request', lastSeen: 'br-ex', neverAt: 'eno1' },
      ],
    })
    expect(explanationText(explained)).toContain('the reply was last seen at br-ex, never at eno1')
  })

  it('in but not out: the provider drops it beyond the uplink', async () => {
    await broken(drop(`ip6 saddr ${block} drop`, provider))
    expect(await why('direct')).toMatchObject({
      conclusion: 'in-but-not-out',
      breaks: [{ of: 'in', what: 'reply', lastSeen: 'seg0', neverAt: 'inet0' }, { of: 'out' }],
    })
  })

  it('out but not in: the provider has lost its route, and says so', async () => {
    await broken({
      place: provider,
      make: `ip -6 route del ${block}; ip -6 route add unreachable ${block}`,
      mend: `ip -6 route del unreachable ${block}; ip -6 route add ${block} via fe80::10 dev seg0`,
    })
    const explained = await why('direct')
    expect(explained).toMatchObject({
      conclusion: 'out-but-not-in',
      breaks: [
        { of: 'in', what: 'request', lastSeen: 'inet0', neverAt: 'seg0' },
        { of: 'out', what: 'reply', neverAt: 'seg0' },
      ],
    })
    expect(explained.breaks[0]?.because).toMatch(/^2001:2:0:ef00::1 says: /)
  })

  it('none: the server has lost its route to the tenant network', async () => {
    await broken({
      place: server,
      make: `ip -6 route del ${network.prefix}`,
      mend: route(os1, String(network.prefix), 'via', String(network.via)).replace(`-n ${os1} `, ''),
    })
    const explained = await why('class', { guest: undefined })
    expect(explained).toMatchObject({
      conclusion: 'none',
      breaks: [{ of: 'in', what: 'request', lastSeen: 'eno1', neverAt: 'br-transit' }, { of: 'beside' }],
    })
    expect(explained.breaks[0]?.because).toContain('no route to it')
  })

  it('none: nobody on the bridge has the address', async () => {
    await broken({
      place: place('', direct),
      make: `ip link set eth0 down; ip -n ${os1} neigh flush dev br-ex`,
      mend: `ip link set eth0 up; ip addr replace ${onBridge}/64 dev eth0 nodad; ip -6 route replace default via ${addressing.public.host}`,
    })
    const explained = await why('direct', { guest: undefined })
    expect(explained.conclusion).toBe('none')
    expect(explained.breaks[0]).toMatchObject({ lastSeen: 'eno1', neverAt: 'br-ex' })
    expect(explained.breaks[0]?.because).toContain(`asks for ${onBridge} at os1 br-ex`)
    const [inward] = explained.traces
    expect(inward?.trace.unanswered).toContainEqual({
      target: String(onBridge),
      at: 'os1 br-ex',
      direction: 'out',
    })
  })

  it('an instance that is silent is not blamed on the way', async () => {
    await broken({
      place: place('', direct),
      make: `nft 'table inet fault { chain c { type filter hook input priority 0; icmpv6 type echo-request drop; }; }'`,
      mend: 'nft delete table inet fault',
    })
    expect(await why('direct', { guest: undefined })).toMatchObject({
      conclusion: 'no-answer',
      breaks: [{ what: 'reply', lastSeen: null, neverAt: 'tapd' }, { of: 'beside' }],
    })
  })

  it('says what it could not listen to, and concludes nothing from it', async () => {
    await broken(drop(`ip6 saddr ${addressing.public.prefix} drop`))
    const dull = (shell: Shell): Shell => ({
      name: shell.name,
      run: (argv, options) =>
        shell.run(
          argv[0] === 'perl' ? ['setpriv', '--reuid=65534', '--clear-groups', ...argv] : argv,
          options,
        ),
    })
    const deaf = await why('direct', { host: dull(server), guest: undefined })
    expect(deaf).toMatchObject({ conclusion: 'could-not-check', deaf: [{ place: 'os1' }] })
    const partly = await why('direct', { outside: dull(internet), edge: undefined, guest: undefined })
    expect(partly).toMatchObject({
      conclusion: 'in-but-not-out',
      breaks: [{ lastSeen: 'br-ex', neverAt: 'eno1' }],
    })
  })

  it('changes nothing on the server', async () => {
    const state = () =>
      must(server, 'ip -j addr; ip -6 -j route show table all; ip -6 rule; nft list ruleset')
    const before = await state()
    await why('class')
    expect(await state()).toBe(before)
  })
})

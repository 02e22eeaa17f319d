import { describe, expect, test } from 'vitest'
import { broken, courseOf, soundDuid, soundText } from '../../test/story/sound-course.ts'
import type { HostFacts } from '../core/site.ts'
import { catalogue } from '../provider/catalogue.ts'
import { ways } from '../provider/ways.ts'
import type { Policy } from './draft.ts'
import { makePlan } from './plan.ts'

const today: Policy = { today: '2027-01-15', rehearsal: false }

type Edit = readonly [from: string, to: string]
function findings(
  edits: readonly Edit[],
  policy: Partial<Policy> = {},
  hosts: Record<string, HostFacts> = {},
) {
  const plan = makePlan(
    courseOf(broken(...edits)),
    { hosts, offers: catalogue, ways },
    { ...today, ...policy },
  )
  return plan.findings
}
const codes = (...args: Parameters<typeof findings>) =>
  findings(...args).map((one) => `${one.severity} ${one.code} ${one.key}`)

const addressing = (text: string): Edit => [
  '      uplink: eno1',
  `      uplink: eno1\n    addressing: {${text}}`,
]
const second = (text: string): Edit => [
  'budget: 200',
  `  - name: os2\n    provider: adopted\n    cores: 16\n    ram: 32 GiB\n    disks: [{kind: ssd, size: 500 GB}]\n    price: {total: 10}\n    ipv6: {${text}}\nbudget: 200`,
]

describe('a sound course', () => {
  test('has no finding', () => expect(codes([])).toEqual([]))
  test('has none in a rehearsal either', () => expect(codes([], { rehearsal: true })).toEqual([]))
})

describe('a rehearsal of DevStack', () => {
  const devstack = (more: string): Edit[] => [['budget: 200', `engine: {kind: devstack}\n${more}`]]
  const rehearsed = (more: string) => codes(devstack(more), { rehearsal: true })

  test('needs its git repositories on this machine', () => {
    expect(rehearsed('budget: 200')).toContain('error devstack-without-git rehearsal.git')
    expect(rehearsed('rehearsal: {git: /srv/git}')).not.toContain('error devstack-without-git rehearsal.git')
  })
})

describe('a lint finds', () => {
  test.each([
    ['a rotational disk', [['kind: ssd', 'kind: hdd']], ['error rotational-disk servers[0].disks']],
    ['more seats than memory', [['ram: 32 GiB', 'ram: 8 GiB']], ['error memory-short servers[0]']],
    ['no memory for any instance', [['ram: 32 GiB', 'ram: 3 GiB']], ['error memory-short servers[0]']],
    [
      'memory promised on purpose',
      [
        ['ram: 32 GiB', 'ram: 12 GiB'],
        ['disk: 5 GiB', 'disk: 5 GiB\n  overcommit: {ram: 2}'],
      ],
      ['warning memory-overcommitted instances.overcommit.ram'],
    ],
    [
      'more virtual processors than promised',
      [['cores: 16', 'cores: 2']],
      ['warning processors-short servers[0]'],
    ],
    ['more disk than there is', [['disk: 5 GiB', 'disk: 50 GiB']], ['error disk-short servers[0]']],
    [
      'boot from Cinder on the one local disk',
      [
        ['disk: 5 GiB', 'disk: 5 GiB\n  boot_from: volume'],
        ['budget: 200', 'budget: 200\nengine: {cinder: true}'],
      ],
      ['error volume-on-local-disk instances.boot_from'],
    ],
    [
      'volumes without Cinder',
      [['disk: 5 GiB', 'disk: 5 GiB\n  boot_from: volume']],
      ['error volume-without-cinder instances.boot_from'],
    ],
    [
      'an offer that nobody knows',
      [['    cores: 16\n    ram: 32 GiB\n', '    offer: NO-SUCH\n']],
      ['error size-unknown servers[0].offer'],
    ],
    [
      'a lone SLAAC address',
      [
        ['delivery: dhcpv6-pd', 'delivery: slaac-only'],
        [`      duid: ${soundDuid}\n`, ''],
        ['2a01:e0a:17::/56', '2a01:e0a:17::9/128'],
      ],
      ['error delivery-serves-nobody servers[0].ipv6.delivery'],
    ],
    [
      'on-link delivery',
      [
        ['delivery: dhcpv6-pd', 'delivery: on-link'],
        [`      duid: ${soundDuid}\n`, ''],
      ],
      ['info on-link-limits servers[0].ipv6.delivery'],
    ],
    [
      'an on-link block whose class networks the kernel cannot answer for',
      [
        ['delivery: dhcpv6-pd', 'delivery: on-link'],
        [`      duid: ${soundDuid}\n`, '      proxy: kernel\n'],
      ],
      ['error proxy-sees-no-tenants servers[0].ipv6.proxy', 'info on-link-limits servers[0].ipv6.delivery'],
    ],
    ...['/112', '/128'].map((length): [string, [string, string][], string[]] => [
      `a block of ${length}`,
      [['2a01:e0a:17::/56', `2a01:e0a:17::${length}`]],
      ['error block-too-long servers[0].ipv6.block'],
    ]),
    [
      'a next hop that lies in the block',
      [
        ['delivery: dhcpv6-pd', 'delivery: routed'],
        [`      duid: ${soundDuid}\n`, '      next_hop: 2a01:e0a:17::2/64\n'],
      ],
      ['error next-hop-in-block servers[0].ipv6.next_hop'],
    ],
    [
      'a delivery that is not the provider’s',
      [['provider: adopted', 'provider: hetzner']],
      ['warning delivery-unlike-provider servers[0].ipv6.delivery'],
    ],
    [
      'a gateway that is not the provider’s',
      [
        ['provider: adopted', 'provider: hetzner'],
        ['delivery: dhcpv6-pd', 'delivery: routed'],
        [`      duid: ${soundDuid}\n`, ''],
      ],
      ['warning gateway-unlike-provider servers[0].ipv6.gateway'],
    ],
    [
      'the switch that Dedibox has',
      [['provider: adopted', 'provider: dedibox']],
      ['info slaac-switch servers[0].ipv6.delivery'],
    ],
    [
      'a DUID that a client made',
      [[soundDuid, '00:01:00:01:2a:5c:a1:ab:1e:ca:fe:00:11:22']],
      ['error duid-type servers[0].ipv6'],
    ],
    [
      'a DUID rebuilt from a vendor’s MAC',
      [[soundDuid, '00:03:00:01:00:25:90:1e:ca:fe']],
      ['warning duid-from-mac servers[0].ipv6'],
    ],
    [
      'a DUID rebuilt from this server’s MAC',
      [['    cores: 16', '    mac: 5C:A1:AB:1E:CA:FE\n    cores: 16']],
      ['error duid-from-mac servers[0].ipv6'],
    ],
    [
      'a block longer than a /64',
      [['2a01:e0a:17::/56', '2a01:e0a:17::/80']],
      ['error block-too-long servers[0].ipv6.block'],
    ],
    [
      'a block shorter than a /32',
      [['2a01:e0a:17::/56', '2a00::/20']],
      ['error block-too-short servers[0].ipv6.block'],
    ],
    [
      'a link-local block',
      [['2a01:e0a:17::/56', 'fe80::/56']],
      ['error unroutable-prefix servers[0].ipv6.block'],
    ],
    [
      'a unique local block',
      [['2a01:e0a:17::/56', 'fd00:17::/56']],
      ['error unroutable-prefix servers[0].ipv6.block'],
    ],
    [
      'a documentation block',
      [['2a01:e0a:17::/56', '2001:db8:17::/56']],
      ['error documentation-prefix servers[0].ipv6.block'],
    ],
    [
      'the newer documentation block',
      [['2a01:e0a:17::/56', '3fff:17::/56']],
      ['error documentation-prefix servers[0].ipv6.block'],
    ],
    [
      'a benchmarking block',
      [['2a01:e0a:17::/56', '2001:2:0:1100::/56']],
      ['error documentation-prefix servers[0].ipv6.block'],
    ],
    [
      'a link-local pool',
      [addressing('pool: fe80::/10')],
      ['error unroutable-prefix servers[0].addressing.pool'],
    ],
    [
      'a documentation pool',
      [addressing('pool: 2001:db8:17:80::/57')],
      [
        'error documentation-prefix servers[0].addressing.pool',
        'error outside-block servers[0].addressing.pool',
      ],
    ],
    [
      'a pool outside the block',
      [addressing('pool: 2a01:e0a:18::/57')],
      ['error outside-block servers[0].addressing.pool'],
    ],
    [
      'a pool that holds the public prefix',
      [addressing('pool: 2a01:e0a:17::/57')],
      ['error prefix-overlap servers[0].addressing.pool', 'error prefix-overlap servers[0].addressing.pool'],
    ],
    [
      'a public prefix inside the pool',
      [addressing('public: 2a01:e0a:17:90::/64')],
      ['error prefix-overlap servers[0].addressing.public'],
    ],
    [
      'a public prefix that is the whole block',
      [addressing('public: 2a01:e0a:17::/56')],
      ['error slaac-needs-64 servers[0].addressing.public'],
    ],
    [
      'a public prefix longer than a /64',
      [addressing('public: 2a01:e0a:17:1::/80')],
      ['error slaac-needs-64 servers[0].addressing.public'],
    ],
    [
      'the provider’s router as gateway of instances',
      [['gateway: ra', 'gateway: fe80::1'], addressing('public_gateway: fe80::1')],
      ['error gateway-not-host servers[0].addressing.public_gateway'],
    ],
    [
      'a gateway on another prefix',
      [addressing('public_gateway: 2a01:e0a:17:2::1')],
      ['error gateway-not-host servers[0].addressing.public_gateway'],
    ],
    [
      'the anycast address as gateway',
      [addressing("public_gateway: '2a01:e0a:17:1::'")],
      ['warning gateway-anycast servers[0].addressing.public_gateway'],
    ],
    [
      'the uplink as bridge port',
      [addressing('bridge_ports: [eno1]')],
      ['error uplink-in-bridge servers[0].addressing.bridge_ports'],
    ],
    [
      'any bridge port while the uplink is not known',
      [['\n      uplink: eno1', '\n    addressing: {bridge_ports: [eth7]}']],
      ['error uplink-in-bridge servers[0].addressing.bridge_ports'],
    ],
    [
      'two servers sharing a block',
      [second('delivery: routed, block: 2a01:e0a:17:80::/60')],
      ['error shared-block servers[1].ipv6.block'],
    ],
    [
      'two servers showing one DUID',
      [second(`delivery: dhcpv6-pd, block: 2a01:e0a:18::/56, duid: ${soundDuid}`)],
      ['error shared-duid servers[1].ipv6'],
    ],
    [
      'a block without room for classes',
      [['2a01:e0a:17::/56', '2a01:e0a:17::/64']],
      ['warning no-class-networks servers[0].ipv6.block'],
    ],
    [
      'a block without room for anything asked for',
      [
        ['2a01:e0a:17::/56', '2a01:e0a:17::/64'],
        ['budget: 200', 'networks: {direct: false}'],
      ],
      ['error no-class-networks servers[0].ipv6.block'],
    ],
    [
      'a pool too small for the groups',
      [
        ['2a01:e0a:17::/56', '2a01:e0a:17::/62'],
        ['size: 12', 'size: 8'],
      ],
      ['error pool-too-small servers[0].ipv6.block'],
    ],
    [
      'a pool too small for own networks',
      [
        ['2a01:e0a:17::/56', '2a01:e0a:17::/60'],
        ['budget: 200', 'budget: 200\nclass: {own_network: true}'],
      ],
      ['error own-networks-do-not-fit class.own_network'],
    ],
    [
      'the end of the course behind',
      [
        ['2027-02-01', '2026-02-01'],
        ['2027-06-30', '2026-06-30'],
      ],
      ['error course-over course.end'],
    ],
    ['more cost than budget', [['budget: 200', 'budget: 149.99']], ['error budget-exceeded budget']],
    [
      'a price that nobody knows',
      [['    price: {monthly: 30, months: 5}\n', '']],
      ['warning price-unknown servers[0]'],
    ],
    [
      'a price from the catalogue that is old',
      [
        ['    price: {monthly: 30, months: 5}\n', '    offer: START-2-L\n'],
        ['provider: adopted', 'provider: dedibox'],
      ],
      ['warning price-from-catalogue servers[0]', 'info slaac-switch servers[0].ipv6.delivery'],
    ],
    [
      'a port of the control plane left open',
      [['budget: 200', 'access: {open: [{port: 3306, why: x}, {port: 5901, why: x}, {port: 8080, why: x}]}']],
      ['error control-plane-port access.open[0].port', 'error control-plane-port access.open[1].port'],
    ],
    [
      'an acceptance of nothing',
      [['budget: 200', 'accept: [rotational-disc]']],
      ['warning accepts-unknown accept[0]'],
    ],
    [
      'a group on two servers',
      [
        second('delivery: routed, block: 2a01:e0a:18::/56'),
        ['    size: 12', '    count: 1'],
        ['ram: 32 GiB', 'ram: 12 GiB'],
        ['ram: 32 GiB', 'ram: 12 GiB'],
      ],
      ['warning group-split students.groups'],
    ],
  ] satisfies [string, Edit[], string[]][])('%s', (_, edits, expected) => {
    expect(codes(edits)).toEqual(expected)
  })

  const facts: HostFacts = {
    hostname: 'os1',
    os: { id: 'debian', codename: 'trixie' },
    arch: 'x86_64',
    cores: 16,
    memoryMiB: 32_000,
    uplink: { name: 'enp1s0', mac: '5C:A1:AB:1E:CA:FE' },
    kvm: true,
    ovsKernel: true,
    systemd: 257,
    netplanId: null,
  }
  test('what only a look at the server tells: its MAC in the DUID, its memory, its uplink', () => {
    expect(codes([], {}, { os1: facts })).toEqual(['error duid-from-mac servers[0].ipv6'])
    const other = { ...facts, os: { id: 'debian', codename: 'bookworm' } }
    expect(codes([], {}, { os1: other })).toContain('error host-unsupported engine')
    expect(
      codes(
        [],
        {},
        { os1: { ...facts, memoryMiB: 24_000, uplink: { name: 'eno1', mac: '02:00:00:00:00:01' } } },
      ),
    ).toEqual(['warning less-memory servers[0].ram'])
    const port: Edit = ['\n      uplink: eno1', '\n    addressing: {bridge_ports: [enp1s0]}']
    expect(
      codes([port], {}, { os1: { ...facts, uplink: { name: 'enp1s0', mac: '02:00:00:00:00:01' } } }),
    ).toEqual(['error uplink-in-bridge servers[0].addressing.bridge_ports'])
  })
})

describe('a finding', () => {
  test('says how many fit and what overcommit would mean', () => {
    const [short] = findings([['ram: 32 GiB', 'ram: 8 GiB']])
    expect(short?.title).toContain('6 of 24 instances fit (6 of 24 students)')
    expect(short?.why).toContain('3.6 times')
    expect(short?.fix).toContain('instances.overcommit.ram: 3.6')
  })

  test('that proposes an overcommit proposes one that suffices', () => {
    for (const ram of ['6 GiB', '7 GiB', '9 GiB', '11 GiB']) {
      const [short] = findings([['ram: 32 GiB', `ram: ${ram}`]])
      const ratio = /overcommit\.ram: ([\d.]+)/.exec(short?.fix ?? '')?.[1]
      const again = codes([
        ['ram: 32 GiB', `ram: ${ram}`],
        ['disk: 5 GiB', `disk: 5 GiB\n  overcommit: {ram: ${ratio}}`],
      ])
      expect(again).toEqual(['warning memory-overcommitted instances.overcommit.ram'])
    }
  })

  test('points at its place in the file', () => {
    const [over] = findings([['budget: 200', 'budget: 1']])
    expect(over?.where).toMatchObject({ file: 'course.yaml', line: 32, column: 9 })
  })

  test('that is accepted becomes a warning that says so; others stay errors', () => {
    const accepted = findings([
      ['kind: ssd', 'kind: hdd'],
      ['budget: 200', 'budget: 1\naccept: [rotational-disk]'],
    ])
    expect(accepted.map((one) => `${one.severity} ${one.code}`)).toEqual([
      'error budget-exceeded',
      'warning rotational-disk',
    ])
    expect(accepted[1]?.title).toContain('(accepted)')
  })

  test('of two servers sharing a block cannot be accepted away', () => {
    const all = codes([
      second('delivery: routed, block: 2a01:e0a:17:80::/60'),
      ['\nbudget: 200', '\naccept: [shared-block]'],
    ])
    expect(all).toContain('error shared-block servers[1].ipv6.block')
  })

  test('about the world outside is no error in a rehearsal, about memory it stays one', () => {
    const edits: Edit[] = [
      ['2a01:e0a:17::/56', '2001:db8:17::/56'],
      ['2027-02-01', '2026-02-01'],
      ['2027-06-30', '2026-06-30'],
      ['budget: 200', 'budget: 1'],
      ['kind: ssd', 'kind: hdd'],
      ['ram: 32 GiB', 'ram: 8 GiB'],
    ]
    expect(codes(edits).filter((text) => text.startsWith('error'))).toHaveLength(5)
    expect(codes(edits, { rehearsal: true }).filter((text) => !text.startsWith('info'))).toEqual([
      'error memory-short servers[0]',
    ])
  })

  test('never holds the DUID', () => {
    for (const edits of [
      [],
      [second(`delivery: dhcpv6-pd, block: 2a01:e0a:17::/56, duid: ${soundDuid}`)],
    ] satisfies Edit[][])
      expect(JSON.stringify(findings(edits))).not.toContain(soundDuid.slice(12))
  })
})

test('the sound course is sound by its own numbers, not by a lint that looks away', () => {
  const plan = makePlan(courseOf(soundText), { hosts: {}, offers: [] }, today)
  expect(plan.servers[0]?.capacity?.seats).toBeGreaterThanOrEqual(24)
  expect(plan.cost.total.amount).toBe(150)
})

test('a group too large for one router of own networks is named, and a router for each is the way out', () => {
  const of = (seats: number, router: string) => {
    const rows = Array.from({ length: seats }, (_, i) => `Ada;A${i};${i}`).join('\n')
    const text = broken(
      ['count: 24', 'roster: r.csv'],
      ['size: 12', 'size: 80'],
      ['budget: 200', `class: {own_network: true, router: ${router}}\nbudget: 200`],
    )
    const course = courseOf(text, { 'r.csv': `first name;last name;id\n${rows}\n` })
    return makePlan(course, { hosts: {}, offers: [] }, today).findings.map(({ code }) => code)
  }
  expect(of(65, 'group')).toContain('router-crowded')
  expect(of(65, 'own')).not.toContain('router-crowded')
  expect(of(64, 'group')).not.toContain('router-crowded')
})

test('students without an address are named where hand-outs are mailed', () => {
  const text = broken(
    ['count: 24', 'roster: r.csv'],
    ['budget: 200', 'mail: {server: smtp.example.org, from: a@example.org}\nbudget: 200'],
  )
  const of = (roster: string) =>
    makePlan(courseOf(text, { 'r.csv': roster }), { hosts: {}, offers: [] }, today).findings
  expect(of('name;email\nZoé;z@x.org\n').map(({ code }) => code)).not.toContain('mail-without-address')
  expect(
    of('name;email\nZoé;z@x.org\nAda;\n').find(({ code }) => code === 'mail-without-address'),
  ).toMatchObject({
    severity: 'warning',
    title: '1 of 2 students have no e-mail address',
    why: 'their hand-outs cannot be mailed: ada',
  })
})

// The class brought to what its roster and course file say: what is shown, what is done, what is left alone.
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeCloud } from '../../test/fake/openstack/server.ts'
import { Prefix } from '../core/prefix.ts'
import { applied, classInput, planned, student } from './class.fixture.ts'
import type { ClassroomInput } from './input.ts'
import { digestOf, isTaking } from './reconcile.ts'

let fake: FakeCloud
let dir: string
const input = (change: Parameters<typeof classInput>[1] = {}) => classInput(dir, change)
const picture = () => fake.state.picture() as Record<string, string[]>
const project = (seat: string) => fake.state.projects.find(({ name }) => name === `nets-2026-${seat}`)
const user = (login: string) => fake.state.users.find(({ name }) => name === login)
const shown = async (wanted: ClassroomInput, ...more: [Parameters<typeof planned>[2]?, boolean?]) =>
  (await planned(fake, wanted, ...more)).changes.map(
    ({ kind, what, because, parts }) =>
      `${kind} ${what}: ${because}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}`,
  )
const without = (login: string) => [
  { name: 'g1', students: ['ada', 'grace'].filter((one) => one !== login).map((one) => student(one)) },
  { name: 'g2', students: [student('edsger')] },
]

beforeEach(async () => {
  fake = await new FakeCloud().start()
  dir = await mkdtemp(join(tmpdir(), 'bateau-reconcile-'))
  await writeFile(join(dir, 'tiny.raw'), 'x'.repeat(1000))
})
afterEach(async () => {
  await fake.stop()
  await rm(dir, { recursive: true, force: true })
})

async function sound(wanted: ClassroomInput, rules: Parameters<typeof planned>[2] = {}): Promise<void> {
  const { failed } = await applied(fake, wanted, rules)
  expect([...failed.values()].map(({ fault }) => fault)).toEqual([])
}

/** As OpenStack has it after somebody started one. */
const boot = (seat: string) =>
  fake.state.servers.push({
    id: fake.state.id(),
    name: 'vm1',
    status: 'ACTIVE',
    tenant_id: project(seat)?.id,
    user_id: user(seat)?.id,
    addresses: {},
    tags: [],
  })

describe('what there is to do', () => {
  it('is all of it in an empty cloud, and nothing after it was done', async () => {
    const before = await planned(fake, input())
    expect(before.changes.map(({ kind }) => kind)).toEqual(before.changes.map(() => 'make'))
    await sound(input())
    const after = await planned(fake, input())
    expect([after.changes, after.kept]).toEqual([[], 3])
  })

  it('is read without a write, and done a second time without one', async () => {
    await sound(input())
    const writes = fake.writes
    await shown(input({ groups: without('grace') }))
    await sound(input())
    expect(fake.writes).toBe(writes)
  })

  it('names drift as drift, and mends it', async () => {
    await sound(input({ policy: { ownNetwork: true } }))
    const whole = fake.state.picture()
    const subnet = fake.state.subnets.find(({ name }) => name === 'own-ada')?.id ?? ''
    const plug = fake.state.ports.findIndex((one) => JSON.stringify(one['fixed_ips']).includes(subnet))
    fake.state.ports.splice(plug, 1)
    const grace = fake.state.assignments.findIndex((one) => one.user === user('grace')?.id)
    fake.state.assignments.splice(grace, 1)
    const group = fake.state.groups.find((one) => one.project_id === project('edsger')?.id)
    group?.security_group_rules.pop()
    const wanted = input({ policy: { ownNetwork: true } })
    expect(await shown(wanted)).toEqual([
      'change ada: drift: somebody changed the cloud by hand (its router interface)',
      'change grace: drift: somebody changed the cloud by hand (role member of grace)',
      'change edsger: drift: somebody changed the cloud by hand (rules for what may come in)',
    ])
    await sound(wanted)
    expect(fake.state.picture()).toEqual(whole)
  })

  it('mends a router that somebody deleted, with everything that was plugged into it', async () => {
    const wanted = input({ policy: { ownNetwork: true } })
    await sound(wanted)
    const whole = fake.state.picture()
    const at = fake.state.routers.findIndex(({ name }) => name === 'router-g1')
    const [router] = fake.state.routers.splice(at, 1)
    for (const port of fake.state.ports.filter((one) => one['device_id'] === router?.id))
      fake.state.ports.splice(fake.state.ports.indexOf(port), 1)
    expect(await shown(wanted)).toEqual([
      expect.stringMatching(/^make Router router-g1/),
      'change ada: drift: somebody changed the cloud by hand (its router interface)',
      'change grace: drift: somebody changed the cloud by hand (its router interface)',
    ])
    await sound(wanted)
    expect(fake.state.picture()).toEqual(whole)
  })

  it('sees a deleted key pair and a lowered quota when it looks deep, and only then', async () => {
    await sound(input())
    fake.state.keypairs.splice(
      fake.state.keypairs.findIndex((one) => one.user === user('grace')?.id),
      1,
    )
    fake.state.computeQuotas.set(project('grace')?.id ?? '', { instances: 1 })
    expect(await shown(input())).toEqual([])
    expect(await shown(input(), {}, true)).toEqual([
      'change grace: drift: somebody changed the cloud by hand (key pair bateau of grace, compute quota)',
    ])
    await applied(fake, input(), {}, true)
    expect(await shown(input(), {}, true)).toEqual([])
  })

  it('says that the course file changed where it did, and takes back rules that it no longer wants, but no student’s', async () => {
    const web = { protocol: 'tcp' as const, port: 80, to: 81, from: Prefix.of('2001:db8::/32'), why: 'web' }
    await sound(input({ policy: { allow: [web] } }))
    const rules = () =>
      fake.state.groups.find((one) => one.project_id === project('ada')?.id)?.security_group_rules ?? []
    expect(rules().at(-1)).toMatchObject({
      port_range_min: 80,
      port_range_max: 81,
      remote_ip_prefix: '2001:db8::/32',
    })
    rules().push({
      id: 'own',
      direction: 'ingress',
      ethertype: 'IPv6',
      protocol: 'tcp',
      port_range_min: 8080,
    })
    expect(await shown(input())).toContain(
      'change ada: the course file or the roster changed (rules for what may come in)',
    )
    await sound(input())
    expect(rules().map((one) => one['port_range_min'])).toEqual([undefined, 22, 8080])
  })

  it('has one digest, whatever the order of what is to be done', async () => {
    const { changes } = await planned(fake, input())
    expect(digestOf(changes.toReversed())).toBe(digestOf(changes))
    expect(digestOf(changes.slice(1))).not.toBe(digestOf(changes))
  })

  it('goes on around a name that is somebody else’s, and says so', async () => {
    const foreign = { id: 'x', name: 'nets-2026-ada', domain_id: 'default', enabled: true, tags: [] }
    fake.state.projects.push({ ...foreign })
    expect(await shown(input())).toContainEqual(
      expect.stringMatching(/^stuck ada: the cloud has a project nets-2026-ada that bateau did not make/),
    )
    const { failed } = await applied(fake, input())
    expect([...failed.keys()]).toEqual(['os1/enrol/ada'])
    expect(project('grace')).toBeDefined()
    expect(fake.state.projects.find(({ id }) => id === 'x')).toEqual(foreign)
  })
})

describe('who leaves the roster', () => {
  it('is closed first: no log-in, instances stopped, the day remembered', async () => {
    await sound(input())
    boot('grace')
    const changes = (await planned(fake, input({ groups: without('grace') }))).changes
    expect(changes).toMatchObject([
      {
        kind: 'close',
        what: 'grace',
        because: 'not on the roster any more; may be deleted from 2027-02-22 on',
      },
    ])
    expect(changes.filter(isTaking)).toHaveLength(1)
    await sound(input({ groups: without('grace') }))
    expect(user('grace')?.['enabled']).toBe(false)
    expect(fake.state.servers[0]?.['status']).toBe('SHUTOFF')
    expect(project('grace')?.['description']).toMatch(/, closed 2027-02-08$/)
    expect(user('ada')?.['enabled']).toBe(true)
  })

  it('is kept some days, then deleted with everything that the project owns, and nothing else', async () => {
    const own = { policy: { ownNetwork: true } }
    await sound(input({ ...own, groups: without('grace') }))
    const before = fake.state.picture()
    await sound(input(own))
    boot('grace')
    const id = project('grace')?.id ?? ''
    // What a student makes: a network behind a router of their own, a group that names itself, a snapshot.
    const made = { project_id: id, tags: [], description: '' }
    const network = { ...made, id: 'n', name: 'mine', shared: false, 'router:external': false }
    fake.state.networks.push(network)
    const subnet = { ...made, id: 's', name: 'mine', network_id: 'n', cidr: '2001:2:0:181::/64' }
    fake.state.subnets.push({ ...subnet, enable_dhcp: true, dns_nameservers: [] })
    fake.state.routers.push({ ...made, id: 'r', name: 'mine', external_gateway_info: null })
    const port = { ...made, name: '', network_id: 'n', mac_address: '', status: 'ACTIVE' }
    const fixed_ips = [{ subnet_id: 's', ip_address: '2001:2:0:181::1' }]
    fake.state.ports.push(
      { ...port, id: 'p', device_id: 'r', device_owner: 'network:router_interface', fixed_ips },
      { ...port, id: 'q', device_id: '', device_owner: '', fixed_ips: [] },
    )
    fake.state.groups.push({ ...made, id: 'g', name: 'web', security_group_rules: [] })
    fake.state.images.push({ id: 'i', name: 'snap', status: 'active', visibility: 'private', owner: id })
    fake.state.serverGroups.push({ id: 'sg', name: 'apart', project_id: id })

    const left = input({ ...own, groups: without('grace') })
    await sound(left)
    expect(await shown(left, { today: '2027-02-21' })).toEqual([
      'wait grace: not on the roster any more; closed since 2027-02-08, kept until 2027-02-22',
    ])
    expect(await shown(left, { today: '2027-02-22' })).toEqual([
      'delete grace: not on the roster any more; closed since 2027-02-08 (1 instance, 2 networks, 1 router, 1 image)',
    ])
    await sound(left, { today: '2027-02-22' })
    expect(fake.state.picture()).toEqual(before)
    expect([fake.state.serverGroups, fake.state.groups.filter((one) => one.project_id === id)]).toEqual([
      [],
      [],
    ])
    await expect(stat(join(dir, 'handouts/grace'))).rejects.toThrow('ENOENT')
    expect(await shown(left)).toEqual([])
  })

  it('is deleted at once when that is asked for, and none that is still on it ever', async () => {
    await sound(input())
    await sound(input({ groups: without('grace') }), { now: ['grace', 'ada'] })
    expect([project('grace'), user('grace')]).toEqual([undefined, undefined])
    expect(project('ada')).toBeDefined()
  })

  it('comes back to what was kept, and only what bateau closed is opened', async () => {
    await sound(input())
    const whole = fake.state.picture()
    Object.assign(user('ada') ?? {}, { enabled: false })
    await sound(input({ groups: without('grace') }))
    const before = project('grace')?.id
    expect(await shown(input())).toEqual(['reopen grace: on the roster again; closed since 2027-02-08'])
    await sound(input())
    expect(project('grace')?.id).toBe(before)
    expect([user('grace')?.['enabled'], user('ada')?.['enabled']]).toEqual([true, false])
    expect(fake.state.picture()).toEqual(whole)
  })

  it('loses nothing to a cut: the next run goes on where it stopped', async () => {
    await sound(input({ groups: without('grace') }))
    const before = fake.state.picture()
    for (let write = 0; write < 16; write += 1) {
      const cut = await new FakeCloud().start()
      await applied(cut, input())
      const from = cut.writes
      cut.faults.cut = { write: from + write, after: write % 2 === 0 }
      const left = input({ groups: without('grace') })
      await applied(cut, left, { now: ['grace'] }).catch(() => undefined)
      cut.faults.cut = undefined
      const { failed } = await applied(cut, left, { now: ['grace'] })
      expect([...failed.values()]).toEqual([])
      expect(cut.state.picture()).toEqual(before)
      await cut.stop()
    }
  })

  it('without the mark is left alone, however much the name looks like one of ours', async () => {
    await sound(input())
    const foreign = {
      name: 'nets-2026-tony',
      domain_id: 'default',
      enabled: true,
      tags: [],
      description: 'mine',
    }
    fake.state.projects.push({ ...foreign, id: 'x' })
    expect(await shown(input())).toEqual([])
  })
})

describe('a student who moves', () => {
  it('to another group loses the use of the old class network once no instance is there', async () => {
    await sound(input())
    const moved = input({
      groups: [
        { name: 'g1', students: [student('ada')] },
        { name: 'g2', students: [student('edsger'), student('grace')] },
      ],
    })
    const g1 = fake.state.networks.find(({ name }) => name === 'class-g1')?.id
    const port = { id: 'p', name: '', network_id: g1, project_id: project('grace')?.id, tags: [] }
    fake.state.ports.push({
      ...port,
      device_id: 'vm',
      device_owner: 'compute:nova',
      mac_address: '',
      status: 'ACTIVE',
      fixed_ips: [],
    })
    await sound(moved)
    expect(picture()['shares']).toContain('class-g1 nets-2026-grace')
    expect(picture()['shares']).toContain('class-g2 nets-2026-grace')
    fake.state.ports.splice(
      fake.state.ports.findIndex(({ id }) => id === 'p'),
      1,
    )
    await sound(moved)
    expect(picture()['shares']).not.toContain('class-g1 nets-2026-grace')
  })

  it('to another team has no part in the old one any more, which stays with the others', async () => {
    const teams = (...of: [string, string][]) => [
      { name: 'g1', students: of.map(([login, team]) => student(login, { team })) },
    ]
    const policy = { work: 'team' } as const
    await sound(input({ groups: teams(['ada', 'red'], ['grace', 'red'], ['edsger', 'blue']), policy }))
    const wanted = input({ groups: teams(['ada', 'red'], ['grace', 'blue'], ['edsger', 'blue']), policy })
    await sound(wanted)
    const projectsOf = (login: string) =>
      fake.state.assignments
        .filter((one) => one.user === user(login)?.id)
        .map((one) => fake.state.projects.find(({ id }) => id === one.project)?.name)
    expect([projectsOf('ada'), projectsOf('grace')]).toEqual([['nets-2026-red'], ['nets-2026-blue']])
    expect(await shown(wanted)).toEqual([])
  })

  it('to another cloud leaves the old place closed, which says where the student is', async () => {
    await sound(input())
    expect(await shown(input({ groups: without('grace') }), { elsewhere: () => 'os2' })).toEqual([
      'close grace: now on os2; may be deleted from 2027-02-22 on',
    ])
  })
})

it('a class larger than one answer of Keystone is seen whole', async () => {
  const groups = [{ name: 'g1', students: Array.from({ length: 7 }, (_, i) => student(`s${i}`)) }]
  fake.state.mostListed = 3
  await sound(input({ groups }))
  expect((await planned(fake, input({ groups }))).changes).toEqual([])
  const { changes } = await planned(fake, input({ groups: [] }))
  expect(changes.filter(({ kind }) => kind === 'close')).toHaveLength(7)
})

it('whose students work in teams from now on is told so', async () => {
  await sound(input())
  const groups = [
    { name: 'g1', students: ['ada', 'grace'].map((one) => student(one, { team: 'red' })) },
    { name: 'g2', students: [student('edsger')] },
  ]
  const team = input({ groups, policy: { work: 'team' } })
  expect(await shown(team, { elsewhere: () => 'os1' })).toEqual([
    'make red: on the roster, in group g1',
    'close ada: in another project of this cloud now; may be deleted from 2027-02-22 on',
    'close grace: in another project of this cloud now; may be deleted from 2027-02-22 on',
  ])
})

describe('the calls of a class', () => {
  const of = (count: number) => [
    { name: 'g1', students: Array.from({ length: count }, (_, i) => student(`s${i}`)) },
  ]
  const calls = async (count: number, policy: Parameters<typeof classInput>[1] = {}) => {
    const on = await new FakeCloud().start()
    // Neutron's own limit on instances' ports does not matter here.
    const wanted = input({ groups: of(count), ...policy })
    await applied(on, wanted)
    const first = on.calls.length
    await applied(on, wanted)
    await on.stop()
    return { first, again: on.calls.length - first }
  }

  it('grow by ten a student at first, by thirteen with an own network, and not at all in a run that changes nothing', async () => {
    const [few, many] = [await calls(15), await calls(25)]
    expect((many.first - few.first) / 10).toBe(10)
    expect(many.again).toBe(few.again)
    expect(many.again).toBeLessThanOrEqual(22)
    const own = { policy: { ownNetwork: true } }
    const [fewOwn, manyOwn] = [await calls(15, own), await calls(25, own)]
    expect((manyOwn.first - fewOwn.first) / 10).toBe(13)
    expect(manyOwn.again).toBe(few.again)
  })
})

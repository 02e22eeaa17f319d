// A teaching day against a fake cloud: each deed does its work once, is undone where it can be, and gets there over any cut.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../../test/fake/clock.ts'
import { type Carried, carryOut } from '../../../test/fake/openstack/run.ts'
import { FakeCloud } from '../../../test/fake/openstack/server.ts'
import type { Thing } from '../../../test/fake/openstack/state.ts'
import { Prefix } from '../../core/prefix.ts'
import type { Task } from '../../core/task.ts'
import { localShell } from '../../host/spawn.ts'
import { asProcess, classInput, enrolled, key } from '../class.fixture.ts'
import type { ClassroomDeps } from '../input.ts'
import { Survey } from '../survey.ts'
import { choose } from './choose.ts'
import { clearTasks } from './clear.ts'
import { Estate } from './estate.ts'
import { unwallTask, wallTask } from './exam-group.ts'
import { cutTasks, joinTasks } from './exam-ports.ts'
import { readerTasks, rightsOf, writerTasks } from './exam-rights.ts'
import { Gate } from './gate.ts'
import { type Hands, loginTasks, startTasks, stopTasks } from './power.ts'
import { leftToRebuild, rebuildTasks, tagTasks } from './rebuild.ts'
import { Roll } from './roll.ts'
import { deleteTasks, imagesOf, restoreWishes, snapshotsIn, snapshotTasks } from './snapshot.ts'
import { bootTasks } from './starter.ts'

let fake: FakeCloud
let dir: string
const clock = new FakeClock()
const course = 'nets-2026'
const input = () => classInput(dir, { direct: false, instancesPerStudent: 3 })

/** A new process: own log-in, nothing remembered. */
const fresh = <T>(work: (hands: Hands, deps: ClassroomDeps, survey: Survey) => Promise<T>): Promise<T> =>
  asProcess(
    fake,
    input(),
    (deps, survey) => work({ roll: new Roll(input(), deps.cloud), clock, gate: new Gate(2) }, deps, survey),
    localShell(),
    clock,
  )

const all = (hands: Hands, who: readonly string[] = []) => choose(hands.roll.seats(), who)
/** Phases one after the other, as a command has them; the first that fails ends it. */
async function phases(list: readonly (() => Promise<readonly Task[]> | readonly Task[])[]): Promise<Carried> {
  let last: Carried = { kept: [], changed: [], failed: new Map() }
  for (const tasks of list) {
    last = await carryOut(await tasks())
    if (last.failed.size > 0) return last
  }
  return last
}
const sound = ({ failed }: Carried) => expect([...failed.values()].map(({ fault }) => fault)).toEqual([])

const named = (all_: readonly Thing[], name: string) => all_.find((one) => one.name === name)
const idOf = (all_: readonly Thing[], name: string) => named(all_, name)?.id ?? ''

const boot = (count = 1, who: readonly string[] = []) =>
  fresh((hands) =>
    carryOut(
      bootTasks(hands, all(hands, who), {
        count,
        imageId: idOf(fake.state.images, 'tiny'),
        flavorId: idOf(fake.state.flavors, 'course.small'),
        user: 'root',
        networkId: ({ group }) => idOf(fake.state.networks, `class-${group}`),
        keys: async ({ name }) => [key('teacher'), key(name)],
      }),
    ),
  )
const close = () =>
  fresh((hands) => phases([() => loginTasks(hands, all(hands), false), () => stopTasks(hands, all(hands))]))
const open = () =>
  fresh((hands) => phases([() => startTasks(hands, all(hands)), () => loginTasks(hands, all(hands), true)]))
const allowed = {
  out: [{ prefix: Prefix.of('2001:db8::/32'), port: 443, protocol: 'tcp' as const }],
  in: [Prefix.of('2001:db8:42::/48')],
}
const freeze = () =>
  fresh((hands) => {
    const [estate, rights, seats] = [new Estate(hands.roll), rightsOf(hands), all(hands, ['g1'])]
    return carryOut([
      wallTask(hands, estate, 'g1', allowed),
      ...readerTasks(hands, rights, seats),
      ...cutTasks(hands, estate, seats),
    ])
  })
const thaw = () =>
  fresh((hands) => {
    const [estate, rights, seats] = [new Estate(hands.roll), rightsOf(hands), all(hands, ['g1'])]
    const join_ = joinTasks(hands, estate, seats)
    return carryOut([
      ...join_,
      ...writerTasks(hands, rights, seats),
      unwallTask(
        hands,
        estate,
        'g1',
        join_.map(({ id }) => id),
      ),
    ])
  })

/** Everything that a deed may touch, without the order of lists. */
function picture(): unknown {
  const { state } = fake
  // The exam's group is made anew for each exam: its name says which it is.
  const exams = state.groups.filter(({ name }) => name.startsWith('exam-'))
  const text = (one: unknown) =>
    exams.reduce((line, { id, name }) => line.replaceAll(id, name), JSON.stringify(one))
  const sorted = (list: readonly unknown[]) => list.map(text).toSorted()
  return {
    users: sorted(state.users.map(({ name, enabled }) => [name, enabled])),
    projects: sorted(state.projects.map(({ name, tags }) => [name, (tags as string[]).toSorted()])),
    roles: sorted([...new Set(state.assignments.map((one) => `${one.user} ${one.role} ${one.project}`))]),
    servers: sorted(
      state.servers.map(({ id, name, status, tags, image }) => [
        id,
        name,
        status,
        (tags as string[]).toSorted(),
        image,
      ]),
    ),
    ports: sorted(
      state.ports.map(({ id, tags, security_groups: groups, port_security_enabled: secured }) => [
        id,
        tags,
        groups,
        secured,
      ]),
    ),
    groups: sorted(
      state.groups.map(({ security_group_rules: rules, ...rest }) => [
        rest,
        sorted(rules.map((rule) => ({ ...rule, id: undefined, security_group_id: undefined }))),
      ]),
    ),
    images: sorted(state.images.map(({ name }) => name)),
    things: sorted([...state.networks, ...state.routers, ...state.subnets].map(({ name }) => name)),
  }
}

beforeEach(async () => {
  fake = await new FakeCloud().start()
  dir = await mkdtemp(join(tmpdir(), 'bateau-day-'))
  await writeFile(join(dir, 'tiny.raw'), 'x'.repeat(100))
  sound(await fresh(({ roll }, deps, survey) => enrolled(roll.input, deps, survey)))
})
afterEach(async () => {
  await fake.stop()
  await rm(dir, { recursive: true, force: true })
})

/** A cut run tries each call for minutes by the fake clock: many, but real, connections. Milliseconds. */
const patience = 120_000
/** Of one deed: each costs some tenths of a second. */
const mostCuts = 12

/** The deed cut at writes spread over it, by turns before and after one is done, then run again: it ends as if it had never been cut. */
async function overAnyCut(prepare: () => Promise<unknown>, deed: () => Promise<Carried>): Promise<void> {
  await prepare()
  const before = structuredClone(Object.fromEntries(Object.entries(fake.state)))
  const writes = fake.writes
  sound(await deed())
  const whole = picture()
  const count = fake.writes - writes
  expect(count).toBeGreaterThan(0)
  const stride = Math.ceil(count / mostCuts)
  for (let i = 0; i * stride < count; i++) {
    const [write, after] = [i * stride, i % 2 === 1]
    for (const [name, value] of Object.entries(structuredClone(before))) {
      const held: unknown = Reflect.get(fake.state, name)
      if (Array.isArray(held)) held.splice(0, held.length, ...(value as unknown[]))
    }
    fake.faults = { ...fake.faults, cut: { write: fake.writes + write, after } }
    await deed().catch(() => undefined)
    fake.faults = { ...fake.faults, cut: undefined }
    sound(await deed())
    expect(picture(), `cut ${after ? 'after' : 'before'} write ${write}`).toEqual(whole)
  }
}

describe('boot', () => {
  it('starts one instance a seat, in its project, open to its keys, no more at a time than the gate lets in', async () => {
    sound(await boot(2))
    const { servers, projects, day } = fake.state
    expect(servers.map(({ name }) => name).toSorted()).toEqual(['vm1', 'vm1', 'vm1', 'vm2', 'vm2', 'vm2'])
    expect(new Set(servers.map((one) => one['tenant_id'])).size).toBe(3)
    expect(day.mostBuilding).toBeLessThanOrEqual(2)
    const ofAda = servers.find((one) => one['tenant_id'] === idOf(projects, `${course}-ada`))
    expect(ofAda?.['tags']).toEqual([`bateau:${course}`, 'starter'])
    expect(Buffer.from(String(ofAda?.['user_data']), 'base64').toString()).toBe(
      `#cloud-config\nssh_authorized_keys:\n  - "${key('teacher')}"\n  - "${key('ada')}"\n`,
    )
  })

  it('makes nothing that is there', async () => {
    await boot()
    const { writes } = fake
    const { kept } = await boot()
    expect([kept.length, fake.writes - writes]).toEqual([3, 0])
  })

  it('works for who is locked out: a session is prepared before it opens', async () => {
    await close()
    sound(await boot())
  })

  it('deletes one that fails and starts it once more', async () => {
    fake.state.day.failingBoots = 1
    sound(await boot())
    expect(fake.state.servers.map((one) => one['status'])).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE'])
  })

  it('reports one that fails twice alone, and the others stand', async () => {
    fake.state.day.failingBoots = 2
    const { failed, changed } = await boot(1, ['ada'])
    expect([...failed.values()].map(({ fault }) => [fault.code, fault.why])).toEqual([
      ['instance-stuck', 'No valid host was found.'],
    ])
    expect(changed).toEqual([])
    sound(await boot())
    expect(fake.state.servers.map((one) => one['status'])).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE'])
  })

  it('is not done in an exam', async () => {
    await freeze()
    const { failed } = await boot(1, ['ada'])
    expect([...failed.values()].map(({ fault }) => fault.code)).toEqual(['frozen'])
  })
})

describe('close and open', () => {
  it('lock out, stop what runs, and start just that again', async () => {
    await boot(2)
    const mine = fake.state.servers.find(({ name }) => name === 'vm2')!
    mine['status'] = 'SHUTOFF'
    const before = picture()
    sound(await close())
    expect(fake.state.servers.map((one) => one['status'])).toEqual(Array(6).fill('SHUTOFF'))
    expect(named(fake.state.users, 'ada')?.['enabled']).toBe(false)
    sound(await open())
    expect(picture()).toEqual(before)
    expect(mine['status']).toBe('SHUTOFF')
  })

  it('close reaches its end over any cut', () => overAnyCut(() => boot(), close), patience)
  it(
    'open reaches its end over any cut',
    () =>
      overAnyCut(async () => {
        await boot()
        await close()
      }, open),
    patience,
  )
})

describe('freeze and thaw', () => {
  /** A student who did everything to be reached: an own group, and a port without security. */
  async function prepared(): Promise<void> {
    await boot(2)
    const { state } = fake
    const ada = idOf(state.projects, `${course}-ada`)
    const own = { id: state.id(), name: 'web', project_id: ada, security_group_rules: [], tags: [] }
    state.groups.push(own)
    const [first, second] = state.ports.filter(
      (one) => one['project_id'] === ada && one['device_owner'] === 'compute:nova',
    )
    ;(first!['security_groups'] as string[]).push(own.id)
    Object.assign(second!, { security_groups: [], port_security_enabled: false, tags: ['mine'] })
  }
  const portsOf = (login: string) =>
    fake.state.ports.filter((one) => one['project_id'] === idOf(fake.state.projects, `${course}-${login}`))

  it('leaves members reading, and every port in the one group that lets through what is allowed', async () => {
    await prepared()
    sound(await freeze())
    const wall = named(fake.state.groups, 'exam-g1') as unknown as {
      id: string
      security_group_rules: Thing[]
    }
    expect(
      wall.security_group_rules.map((one) =>
        [one['direction'], one['protocol'], one['port_range_min'] ?? ''].join(' '),
      ),
    ).toEqual(['egress tcp 443', 'ingress ipv6-icmp ', 'ingress tcp 22'])
    for (const login of ['ada', 'grace'])
      for (const port of portsOf(login))
        expect([port['security_groups'], port['port_security_enabled']]).toEqual([[wall.id], true])
    const rolesOf = (login: string) =>
      fake.state.assignments
        .filter((one) => one.user === idOf(fake.state.users, login))
        .map((one) => fake.state.roles.find(({ id }) => id === one.role)?.name)
    expect([rolesOf('ada'), rolesOf('edsger')]).toEqual([['reader'], ['member']])
    expect(portsOf('edsger').some((one) => (one['security_groups'] as string[]).includes(wall.id))).toBe(
      false,
    )
  })

  it('thaw puts everything back as it was, by another process that knows nothing', async () => {
    await prepared()
    const before = picture()
    sound(await freeze())
    sound(await thaw())
    expect(picture()).toEqual(before)
  })

  it('freezing twice remembers what was before the first', async () => {
    await prepared()
    const before = picture()
    await freeze()
    const { writes } = fake
    const again = await freeze()
    expect([again.changed, fake.writes - writes]).toEqual([[], 0])
    await thaw()
    expect(picture()).toEqual(before)
  })

  it('thaw of what is not frozen writes nothing', async () => {
    await prepared()
    const { writes } = fake
    await thaw()
    expect(fake.writes - writes).toBe(0)
  })

  it('freeze reaches its end over any cut', () => overAnyCut(prepared, freeze), patience)
  it(
    'thaw reaches its end over any cut',
    () =>
      overAnyCut(async () => {
        await prepared()
        await freeze()
      }, thaw),
    patience,
  )
  it('a freeze that is cut anywhere is undone by thaw', async () => {
    await prepared()
    const before = picture()
    for (let write = 0; write < 24; write += 3) {
      fake.faults = { ...fake.faults, cut: { write: fake.writes + write, after: write % 2 === 0 } }
      await freeze().catch(() => undefined)
      fake.faults = { ...fake.faults, cut: undefined }
      // Notes of a freeze that changed nothing yet may stay; a whole freeze takes them up.
      sound(await freeze())
      sound(await thaw())
      expect(picture(), `cut at write ${write}`).toEqual(before)
    }
  }, 120_000)
})

describe('reset', () => {
  /** What a student makes in a session. */
  async function mess(): Promise<void> {
    await boot()
    const { state } = fake
    const project_id = idOf(state.projects, `${course}-ada`)
    const thing = (name: string, more: Record<string, unknown> = {}) => ({
      id: state.id(),
      name,
      project_id,
      tags: [],
      ...more,
    })
    const network = thing('mine', { shared: false, 'router:external': false })
    const subnet = thing('mine', {
      network_id: network.id,
      cidr: '2001:2:0:1f0::/64',
      enable_dhcp: true,
      dns_nameservers: [],
    })
    const router = thing('mine')
    state.networks.push(network)
    state.subnets.push(subnet)
    state.routers.push(router)
    state.ports.push(
      thing('', {
        network_id: network.id,
        device_id: router.id,
        device_owner: 'network:router_interface',
        mac_address: '',
        status: 'ACTIVE',
        fixed_ips: [{ subnet_id: subnet.id, ip_address: '2001:2:0:1f0::1' }],
        security_groups: [],
      }),
      thing('spare', {
        network_id: network.id,
        device_id: '',
        device_owner: '',
        mac_address: '',
        status: 'DOWN',
        fixed_ips: [],
      }),
    )
    state.groups.push({ ...thing('web'), security_group_rules: [] })
    const own = state.groups.find((one) => one.project_id === project_id && one.name === 'default')!
    own.security_group_rules.push({
      id: state.id(),
      direction: 'ingress',
      protocol: 'tcp',
      port_range_min: 80,
      remote_ip_prefix: '::/0',
    })
    const image = { owner: project_id, status: 'active', visibility: 'private' }
    state.images.push(
      { ...thing('copy'), ...image },
      { ...thing('marked', { tags: [`bateau:${course}`] }), ...image },
    )
    state.servers.push(thing('toy', { status: 'ACTIVE', tenant_id: project_id, user_id: 'x', addresses: {} }))
  }
  const clear = () =>
    fresh((hands) => carryOut(clearTasks(hands, new Estate(hands.roll), all(hands, ['ada']))))

  it('takes away what the student made, in an order that nothing refuses, and nothing else', async () => {
    await boot()
    const clean = picture()
    await mess()
    sound(await clear())
    expect(picture()).toEqual(clean)
  })

  it('takes it away whatever mark it carries: students can write the mark as well', async () => {
    await boot()
    const clean = picture()
    await mess()
    const { state } = fake
    const project = idOf(state.projects, `${course}-ada`)
    const mark = [`bateau:${course}`, 'starter']
    const theirs = [state.networks, state.routers, state.ports, state.groups, state.servers].flatMap(
      (list: Thing[]) => list.filter((one) => one['project_id'] === project && one.name !== 'default'),
    )
    expect(theirs.length).toBeGreaterThan(5)
    const ofStarter = (one: Thing) => one.name === 'vm1' || one['device_owner'] === 'compute:nova'
    for (const one of theirs) if (!ofStarter(one)) one['tags'] = mark
    sound(await clear())
    expect(picture()).toEqual(clean)
  })

  it('finds nothing the second time', async () => {
    await mess()
    await clear()
    const { writes } = fake
    const { kept } = await clear()
    expect([kept.length, fake.writes - writes]).toEqual([1, 0])
  })

  it('takes it away over any cut', () => overAnyCut(mess, clear), patience)

  it('rebuilds each starter once, and after a cut those that are left', async () => {
    await boot()
    const image = idOf(fake.state.images, 'tiny')
    await fresh(async (hands) => {
      const seats = all(hands)
      const servers = await Promise.all(
        seats.map(async (seat) => ({ seat, server: (await hands.roll.serversOf(seat))[0]! })),
      )
      sound(
        await carryOut(
          tagTasks(
            hands,
            servers.map((one) => ({ ...one, imageId: image })),
          ),
        ),
      )
    })
    fake.faults = { ...fake.faults, cut: { write: fake.writes + 2, after: true } }
    await fresh(async (hands) => carryOut(await rebuildTasks(hands, all(hands)), 1)).catch(() => undefined)
    fake.faults = { ...fake.faults, cut: undefined }
    const left = await fresh((hands) => leftToRebuild(hands.roll, all(hands)))
    expect(left.length).toBeGreaterThan(0)
    expect(left.length).toBeLessThan(3)
    sound(await fresh(async (hands) => carryOut(await rebuildTasks(hands, all(hands)))))
    expect(await fresh((hands) => leftToRebuild(hands.roll, all(hands)))).toEqual([])
    expect(fake.state.servers.map((one) => one['status'])).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE'])
  })
})

describe('snapshot', () => {
  const take = () =>
    fresh(async (hands) =>
      carryOut(await snapshotTasks(hands, imagesOf(hands.roll), all(hands, ['g1']), 'before')),
    )

  it('is one marked image an instance, of the teacher, and taken once', async () => {
    await boot()
    sound(await take())
    const images = fake.state.images.filter((one) => one['bateau_course'] === course)
    expect(images.map(({ name }) => name).toSorted()).toEqual([
      `${course}-ada-vm1-before`,
      `${course}-grace-vm1-before`,
    ])
    expect(new Set(images.map((one) => one['owner']))).toEqual(new Set([fake.state.admin.projectId]))
    expect((await take()).kept).toHaveLength(2)
  })

  it('can be put back, as often as one likes, and deleted', async () => {
    await boot()
    await take()
    const restore = () =>
      fresh(async (hands) => {
        const wishes = await restoreWishes(hands.roll, imagesOf(hands.roll), all(hands), 'before')
        sound(await carryOut(tagTasks(hands, wishes)))
        sound(await carryOut(await rebuildTasks(hands, all(hands))))
      })
    await restore()
    await restore()
    expect(fake.state.day.rebuilds).toBe(4)
    const images = fake.state.images.filter((one) => one['bateau_course'] === course)
    const of = fake.state.servers.map((one) => (one['image'] as { id: string }).id)
    expect(of.filter((id) => images.some((one) => one.id === id))).toHaveLength(2)
    await fresh(async (hands) => {
      const held = imagesOf(hands.roll)
      const found = snapshotsIn(course, await held.read())
      sound(await carryOut(deleteTasks(hands.roll, held, found)))
    })
    expect(fake.state.images.some((one) => one['bateau_course'] === course)).toBe(false)
  })

  it('is none that a student made, whatever it says of itself', async () => {
    await boot()
    const [server] = fake.state.servers
    const says = {
      bateau_course: course,
      bateau_snapshot: 'before',
      bateau_seat: 'ada',
      tags: [`bateau:${course}`],
    }
    const forged = { ...says, id: 'forged', name: 'tiny', status: 'active', visibility: 'private', size: 1 }
    fake.state.images.push({ ...forged, bateau_instance: server?.id, owner: server?.['tenant_id'] })
    sound(await take())
    expect(await take()).toMatchObject({ kept: { length: 2 } })
    await fresh(async (hands) => {
      const wishes = await restoreWishes(hands.roll, imagesOf(hands.roll), all(hands), 'before')
      expect(wishes.map(({ imageId }) => imageId)).not.toContain('forged')
      expect((await hands.roll.images()).map(({ id }) => id)).not.toContain('forged')
      expect(
        (await new Survey(course, hands.roll.cloud).base.read()).images.map(({ id }) => id),
      ).not.toContain('forged')
    })
  })

  it('of one student is not put on the disk of another who notes it on the own instance', async () => {
    await boot()
    await take()
    const [one, other] = fake.state.servers
    const theirs = fake.state.images.find((image) => image['bateau_instance'] === other?.id)
    if (one) one['tags'] = [...(one['tags'] as string[]), `bateau-rebuild:${theirs?.id}`]
    sound(await fresh(async (hands) => carryOut(await rebuildTasks(hands, all(hands)))))
    expect(fake.state.day.rebuilds).toBe(0)
    expect(await fresh((hands) => leftToRebuild(hands.roll, all(hands)))).toEqual([])
  })

  it('is taken over any cut, and not twice', () => overAnyCut(() => boot(), take), patience)
})

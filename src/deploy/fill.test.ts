// The class on clouds that exist already: two fake clouds on ports of this machine, one that is not there, and what is said of each.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeCloud } from '../../test/fake/openstack/server.ts'
import { FakeScaleway, scalewayKey } from '../../test/fake/scaleway.ts'
import { lockName } from '../classroom/cloud-lock.ts'
import { systemClock } from '../cloud/clock.ts'
import { readUpTo } from '../course/bytes.ts'
import { loadCourse } from '../course/load.ts'
import type { RunEvent } from '../run/events.ts'
import { ascend } from './ascend.ts'
import { classApply, classPlan } from './class/apply.ts'
import { classStatus } from './class/status.ts'
import { usage } from './class/usage.ts'
import { down } from './descend.ts'
import { type ExitCode, exits, type Face } from './face.ts'
import { fillClouds } from './fill.ts'
import { groundOf } from './ground.ts'
import { planOf } from './plan-of.ts'
import { session } from './session.ts'
import { homeOf, noteWorld, worldAt } from './world.ts'

let dir: string
let file: string
let lyon: FakeCloud
let grenoble: FakeCloud
let events: RunEvent[]
let deadPort: number
const face: Face = { event: (event) => void events.push(event), ask: () => Promise.resolve(true) }
const quiet = new AbortController().signal

/** The pauses between tries and around the lock are real, and a twentieth as long. */
const wait = systemClock.wait.bind(systemClock)
beforeEach(async () => {
  vi.spyOn(systemClock, 'wait').mockImplementation((milliseconds, signal) => wait(milliseconds / 20, signal))
  dir = mkdtempSync(join(tmpdir(), 'bateau-adopted-'))
  for (const name of ['STATE', 'CONFIG', 'CACHE']) vi.stubEnv(`XDG_${name}_HOME`, join(dir, name))
  vi.stubEnv('XDG_RUNTIME_DIR', join(dir, 'run'))
  file = join(dir, 'course.yaml')
  events = []
  lyon = await cloudThatExists('2001:2:0:1000::/56')
  grenoble = await cloudThatExists('2001:2:0:2000::/56')
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '::1', done))
  deadPort = (server.address() as AddressInfo).port
  await new Promise((done) => server.close(done))
  writeClouds({})
  writeCourse({})
})
afterEach(async () => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  await Promise.all([lyon.stop(), grenoble.stop()])
  rmSync(dir, { recursive: true, force: true })
})

/** With what its operator made: an external network, a pool, an image, a flavor. */
async function cloudThatExists(prefix: string): Promise<FakeCloud> {
  const fake = new FakeCloud()
  await fake.start()
  await fake.listen()
  const { state } = fake
  const operators = { project_id: 'operator', tags: [], description: '' }
  state.networks.push({
    ...operators,
    id: 'net-public',
    name: 'public',
    shared: false,
    'router:external': true,
    mtu: 1500,
  })
  state.subnetpools.push({
    ...operators,
    id: 'pool-v6',
    name: 'v6',
    prefixes: [prefix],
    shared: true,
    is_default: true,
  })
  state.images.push({ id: 'img', name: 'debian-13', status: 'active', visibility: 'public', tags: [] })
  state.flavors.push({ id: 'flv', name: 'm1.small', vcpus: 1, ram: 512, disk: 1 })
  return fake
}

const entryOf = (url: string | undefined, more: object = {}) => ({
  auth: {
    auth_url: `${url}/identity`,
    username: 'admin',
    password: 'admin-password',
    project_name: 'admin',
    ...more,
  },
})
function writeClouds(change: Record<string, object>) {
  const clouds = {
    lyon: entryOf(lyon.address),
    grenoble: entryOf(grenoble.address),
    dead: entryOf(`http://[::1]:${deadPort}`),
    ...change,
  }
  writeFileSync(join(dir, 'clouds.yaml'), JSON.stringify({ clouds }))
}

type Cloud = { name: string } & Record<string, unknown>
const one = (name: string, more: Record<string, unknown> = {}): Cloud => ({
  name,
  file: 'clouds.yaml',
  seats: 2,
  image: 'debian-13',
  flavor: 'm1.small',
  ...more,
})
function writeCourse({
  clouds = [one('lyon'), one('grenoble')],
  ...more
}: {
  clouds?: Cloud[]
  dns?: object
  servers?: object[]
  jump?: object
}) {
  writeFileSync(join(dir, 'roster.csv'), 'id;nom;groupe\n1;Ada;a\n2;Grace;a\n3;Edsger;b\n4;Barbara;b\n')
  const course = {
    course: { name: 'nets', title: 'Networks', start: '2026-01-01', end: '2099-01-01' },
    students: { roster: 'roster.csv' },
    instances: { per_student: 1, ram: '512 MiB', disk: '1 GiB' },
    engine: { kind: 'adopted' },
    clouds,
    networks: { direct: false, class: true },
    ...more,
  }
  writeFileSync(file, JSON.stringify(course))
}

/** What `up` does, but for the proof. */
async function up(): Promise<{ code: ExitCode; away: string[] }> {
  const loaded = loadCourse(file, { readFile: readUpTo })
  if (!loaded.ok) throw new Error(loaded.faults.map(({ title }) => title).join('; '))
  const course = loaded.value
  const plan = planOf(course, false)
  const world = worldAt(homeOf(process.env), course.name)
  noteWorld(world, { courseFile: file, rehearsal: false })
  let away: string[] = []
  const code = await session('up', world, face, quiet, async (run) => {
    const ground = groundOf(course, world, false)
    const { sites } = await ascend(run, plan, ground, [])
    const filled = await fillClouds(run, plan, ground, sites)
    away = filled.away
    return filled.exitCode
  })
  return { code, away }
}

const faults = () => events.flatMap((event) => (event.type === 'fault' ? [event.fault] : []))
const codes = () => faults().map(({ code, host }) => `${host ?? ''} ${code}`)
const projects = ({ state }: FakeCloud) =>
  state.projects
    .map(({ name }) => name)
    .filter((name) => name.startsWith('nets-'))
    .sort()
const all = () => JSON.stringify(events) + readFileSync(worldAt(homeOf(process.env), 'nets').journal, 'utf8')

describe('a class over two clouds that exist already', () => {
  it('is split over them, with networks from each one’s pool behind its external network', async () => {
    expect(await up()).toEqual({ code: exits.done, away: [] })
    expect(projects(lyon)).toEqual(['nets-ada', 'nets-grace'])
    expect(projects(grenoble)).toEqual(['nets-barbara', 'nets-edsger'])
    expect(lyon.state.subnets.map((subnet) => [subnet.name, subnet['cidr']])).toEqual([
      ['class-a', '2001:2:0:1000::/64'],
    ])
    expect(grenoble.state.subnets.map((subnet) => [subnet.name, subnet['cidr']])).toEqual([
      ['class-b', '2001:2:0:2000::/64'],
    ])
    expect(grenoble.state.routers.map((router) => router['external_gateway_info'])).toEqual([
      { network_id: 'net-public' },
    ])
    expect(
      lyon.state.servers.map((server) => [server.name, server['imageRef'], server['flavorRef']]),
    ).toEqual([['proof-class-a', 'img', 'flv']])
    const given = readFileSync(
      join(worldAt(homeOf(process.env), 'nets').students, 'ada', 'clouds.yaml'),
      'utf8',
    )
    expect(given).toContain(`auth_url: ${lyon.address}/identity/v3`)
    expect(all()).not.toContain('admin-password')
  })

  it('leaves what was there as it was', async () => {
    const theirs = ({ state }: FakeCloud) =>
      JSON.stringify([
        state.networks.filter(({ id }) => id === 'net-public'),
        state.subnetpools,
        state.images,
        state.flavors,
      ])
    const before = [theirs(lyon), theirs(grenoble)]
    await up()
    expect([theirs(lyon), theirs(grenoble)]).toEqual(before)
  })

  it('is there the second time: no call changes anything, and no lock is taken', async () => {
    await up()
    const before = [lyon.writes, grenoble.writes]
    expect((await up()).code).toBe(exits.done)
    expect([lyon.writes, grenoble.writes]).toEqual(before)
  })

  it('is written under a lock that is given back', async () => {
    await up()
    for (const { calls, state } of [lyon, grenoble]) {
      const first = calls.find(
        (call) => /^(POST|PUT|PATCH|DELETE)/.test(call) && !call.includes('/auth/tokens'),
      )
      expect(first).toBe('POST 5000/v3/projects')
      expect(state.projects.map(({ name }) => name)).not.toContain(lockName('nets'))
      expect(calls.at(-1)).toMatch(/^DELETE 5000\/v3\/projects\//)
    }
  })

  it('is not touched while somebody else holds the lock of one of its clouds, which is said once', async () => {
    const now = new Date().toISOString()
    const held = {
      id: 'x',
      who: 'grace',
      host: 'far',
      machine: 'far',
      pid: 1,
      started: '1',
      command: 'class apply',
      since: now,
      beat: now,
    }
    grenoble.state.projects.push({
      id: 'lock',
      name: lockName('nets'),
      domain_id: 'default',
      enabled: false,
      description: `bateau-lock:nets ${JSON.stringify(held)}`,
    })
    expect((await up()).code).toBe(exits.refused)
    expect(codes()).toEqual(['grenoble locked'])
    expect(faults()[0]?.why).toContain('grace on far (class apply)')
    expect(grenoble.writes).toBe(1)
    expect(projects(grenoble)).toEqual([])
    expect(lyon.state.projects.map(({ name }) => name)).not.toContain(lockName('nets'))
    expect(grenoble.state.projects.map(({ id }) => id)).toContain('lock')
  })
})

it('lets who only looks look, at once and beside one that writes, and nobody else write', async () => {
  await up()
  const world = worldAt(homeOf(process.env), 'nets')
  const journal = () => readFileSync(world.journal, 'utf8')
  const reconciling = { file, deep: false, keepDays: null, deleteNow: [] }
  const looks = () =>
    Promise.all([
      classStatus({ file, group: null, student: null, watch: null }, face, quiet),
      classStatus({ file, group: null, student: null, watch: null }, face, quiet),
      classPlan({ ...reconciling, save: null }, face, quiet),
      usage({ file, who: [], since: null, csv: null }, face, quiet),
    ])
  await session('class reset', world, face, quiet, async () => {
    const [written, before] = [journal(), lyon.writes]
    expect(await looks()).toEqual([exits.done, exits.done, exits.done, exits.done])
    expect([journal(), lyon.writes]).toEqual([written, before])
    expect(await classApply({ ...reconciling, plan: null }, face, quiet)).toBe(exits.refused)
    expect(codes()).toEqual([' locked'])
    return exits.done
  })
})

describe('what fails in a class', () => {
  let zone: FakeScaleway
  beforeEach(async () => {
    zone = await new FakeScaleway().start()
    writeFileSync(join(dir, 'dns.key'), `secret_key: ${scalewayKey}\n`, { mode: 0o600 })
  })
  afterEach(() => zone.stop())
  const names = () => ({ zone: zone.zone, provider: 'scaleway', credentials: 'dns.key', api: zone.base })
  const apply = () =>
    classApply({ file, deep: false, keepDays: null, deleteNow: [], plan: null }, face, quiet)
  const lastReport = () =>
    events.flatMap((event) => (event.type === 'report' ? [event.text] : [])).at(-1) ?? ''

  describe('a student whose project cannot be made', () => {
    beforeEach(() => {
      writeCourse({ dns: names() })
      lyon.state.projects.push({
        id: 'x',
        name: 'nets-ada',
        domain_id: 'default',
        enabled: true,
        tags: [],
        description: 'of somebody else',
      })
    })

    it('is named, and all others on both clouds are enrolled', async () => {
      expect(await up()).toEqual({ code: exits.broken, away: [] })
      const failed = events.flatMap((event) => (event.type === 'step.failed' ? [event.id] : []))
      expect(new Set(failed)).toEqual(new Set(['lyon/enrol/ada']))
      expect(projects(lyon)).toEqual(['nets-ada', 'nets-grace'])
      expect(projects(grenoble)).toEqual(['nets-barbara', 'nets-edsger'])
      expect(lyon.state.servers.map(({ name }) => name)).toEqual([])
      expect(grenoble.state.servers.map(({ name }) => name)).toEqual(['proof-class-b'])
    })

    it('keeps nobody from the jump host and the names that come after the class', async () => {
      await up()
      expect(await apply()).toBe(exits.broken)
      expect(lastReport()).toContain(zone.zone)
    })
  })

  it('a jump host that lets nobody in is said, and keeps nobody from the names that come after it', async () => {
    writeCourse({ dns: names() })
    await up()
    writeCourse({
      dns: names(),
      servers: [{ name: 'gate', role: 'jump', provider: 'adopted', address: '192.0.2.1' }],
      jump: { server: 'gate' },
    })
    const bin = join(dir, 'bin')
    mkdirSync(bin)
    const refusing = '#!/bin/sh\necho "root@192.0.2.1: Permission denied (publickey)." >&2\nexit 255\n'
    writeFileSync(join(bin, 'ssh'), refusing, { mode: 0o755 })
    vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`)
    expect(await apply()).toBe(exits.broken)
    expect(codes()).toEqual(['gate host-refused'])
    expect(lastReport()).toContain(zone.zone)
  })
})

describe('a cloud that does not answer beside one that does', () => {
  beforeEach(() => writeCourse({ clouds: [one('lyon', { seats: 4 }), one('dead', { seats: 0 })] }))

  it('is said with its reason, and the other one is filled', async () => {
    expect(await up()).toEqual({ code: exits.done, away: ['dead'] })
    expect(codes()).toEqual(['dead cloud-unreachable'])
    expect(faults()[0]).toMatchObject({
      title: 'the cloud dead does not answer',
      why: expect.stringContaining('connection refused') as string,
      fix: 'see whether it answers others: openstack --os-cloud dead token issue',
    })
    expect(projects(lyon)).toHaveLength(4)
  })

  it('leaves every question about the class half answered', async () => {
    await up()
    events = []
    expect(await classStatus({ file, group: null, student: null, watch: null }, face, quiet)).toBe(
      exits.unchecked,
    )
    const report = events.find((event) => event.type === 'report')
    expect(report?.type === 'report' && report.text).toContain('ada')
    expect(codes()).toEqual(['dead cloud-unreachable'])
  })
})

describe('what is said of a cloud that cannot be used', () => {
  const onlyLyon = (change: object, cloud: Record<string, unknown> = {}) => {
    writeCourse({ clouds: [one('lyon', { seats: 4, ...cloud })] })
    writeClouds({ lyon: entryOf(lyon.address, change) })
  }

  it('a wrong password', async () => {
    onlyLyon({ password: 'not-the-password' })
    expect((await up()).away).toEqual(['lyon'])
    expect(codes()).toEqual(['lyon cloud-login'])
    expect(faults()[0]?.fix).toContain('openstack --os-cloud lyon token issue')
    expect(all()).not.toContain('not-the-password')
  })

  it('who else may have its password, once: others on this machine, and whoever is on the way', async () => {
    writeCourse({ clouds: [one('lyon', { seats: 4 })] })
    const entry = entryOf('https://[::1]:1')
    writeClouds({ lyon: { ...entry, verify: false } })
    chmodSync(join(dir, 'clouds.yaml'), 0o644)
    await up()
    const notes = () => events.flatMap((event) => (event.type === 'note' ? [event.text] : []))
    expect(notes().filter((text) => text.includes('is not checked (verify: false'))).toHaveLength(1)
    expect(notes().filter((text) => text.includes('may be read by others'))).toHaveLength(1)
    events = []
    writeClouds({ lyon: entryOf(lyon.address) })
    chmodSync(join(dir, 'clouds.yaml'), 0o600)
    await up()
    expect(notes()).toEqual([])
  })

  it('an account without the role admin', async () => {
    const { state } = lyon
    const user = { id: 'u-ada', name: 'ada', domain_id: 'default', enabled: true }
    state.users.push(user)
    state.passwords.set(user.id, 'ada-password')
    const member = state.roles.find(({ name }) => name === 'member')?.id ?? ''
    state.assignments.push({ role: member, user: user.id, project: state.admin.projectId })
    onlyLyon({ username: 'ada', password: 'ada-password' })
    await up()
    expect(codes()).toEqual(['lyon cloud-not-admin'])
    expect(faults()[0]?.why).toContain('it has member')
  })

  it('an entry that clouds.yaml has not', async () => {
    onlyLyon({}, { entry: 'lyonn' })
    await up()
    expect(codes()).toEqual(['lyon clouds-entry'])
    expect(faults()[0]?.fix).toBe('did you mean entry: lyon?')
  })

  it.each([
    ['a network that it has not', { external: 'publik' }, 'cloud-lacks', 'did you mean external: public?'],
    ['a pool that it has not', { pool: 'v66' }, 'cloud-lacks', 'did you mean pool: v6?'],
    ['an image that it has not', { image: 'debian-12' }, 'cloud-lacks', 'did you mean image: debian-13?'],
  ])('%s', async (_, wish, code, fix) => {
    onlyLyon({}, wish)
    await up()
    expect(codes()).toEqual([`lyon ${code}`])
    expect(faults()[0]?.fix).toBe(fix)
  })

  it('two external networks, of which none is named', async () => {
    lyon.state.networks.push({ ...lyon.state.networks[0]!, id: 'net-2', name: 'public-2' })
    onlyLyon({})
    await up()
    expect(codes()).toEqual(['lyon cloud-which'])
    expect(faults()[0]?.why).toBe('they are public, public-2')
    onlyLyon({}, { external: 'public-2' })
    expect((await up()).code).toBe(exits.done)
  })

  it('hypervisors that have less room than the students need', async () => {
    const { seats: _, ...cloud } = one('lyon')
    writeCourse({ clouds: [cloud] })
    lyon.state.hypervisors.push({
      id: 'h',
      name: 'h',
      hypervisor_hostname: 'h',
      state: 'up',
      status: 'enabled',
      vcpus: 4,
      vcpus_used: 0,
      memory_mb: 1024,
      memory_mb_used: 0,
      running_vms: 0,
    })
    expect((await up()).code).toBe(exits.done)
    expect(codes()).toEqual(['lyon seats-short'])
    expect(faults()[0]?.fix).toContain('seats: 2')
  })
})

describe('taking the course down', () => {
  const world = () => worldAt(homeOf(process.env), 'nets')
  /** But for the operator's own default group, which Neutron makes when their project first makes a network. */
  const picture = ({ state }: FakeCloud) =>
    JSON.stringify({ ...(state.picture() as object), rules: undefined })
  const downNow = (answer: boolean) =>
    down({ file, purgeCache: false }, { ...face, ask: () => Promise.resolve(answer) }, quiet)

  it('leaves each cloud as it was before, and forgets the course', async () => {
    const before = [picture(lyon), picture(grenoble)]
    await up()
    expect([picture(lyon), picture(grenoble)]).not.toEqual(before)
    expect(await downNow(true)).toBe(exits.done)
    expect([picture(lyon), picture(grenoble)]).toEqual(before)
    expect(existsSync(world().dir)).toBe(false)
  })

  it('shows what would go, and takes nothing from who says no', async () => {
    await up()
    const before = [picture(lyon), picture(grenoble)]
    expect(await downNow(false)).toBe(exits.refused)
    const report = events.findLast((event) => event.type === 'report')
    expect(report?.type === 'report' ? report.text.split('\n') : []).toEqual([
      '  lyon  seat ada, with 1 instance',
      '  lyon  seat grace',
      '  lyon  router router-a',
      '  lyon  network class-a',
      '  grenoble  seat barbara',
      '  grenoble  seat edsger, with 1 instance',
      '  grenoble  router router-b',
      '  grenoble  network class-b',
    ])
    expect([picture(lyon), picture(grenoble)]).toEqual(before)
  })

  it('takes the snapshots of the course, and leaves those of another', async () => {
    await up()
    const taken = (id: string, course: string) => ({
      ...{ id, name: `${id} of ada`, status: 'active', visibility: 'private', tags: [] },
      ...{ owner: lyon.state.admin.projectId, bateau_course: course, bateau_snapshot: 'before' },
    })
    lyon.state.images.push(taken('ours', 'nets'), taken('theirs', 'other'))
    expect(await downNow(true)).toBe(exits.done)
    const ids = lyon.state.images.map(({ id }) => id)
    expect([ids.includes('ours'), ids.includes('theirs')]).toEqual([false, true])
    const reports = events.flatMap((event) => (event.type === 'report' ? [event.text] : []))
    expect(reports.join('\n')).toContain('  lyon  image ours of ada')
  })

  it('leaves what another course made there', async () => {
    await up()
    const theirs = { id: 'other', name: 'class-a', project_id: lyon.state.admin.projectId, shared: false }
    lyon.state.networks.push({ ...theirs, 'router:external': false, tags: ['bateau:other'], description: '' })
    lyon.state.projects.push({
      id: 'o',
      name: 'other-ada',
      domain_id: 'default',
      enabled: true,
      tags: ['bateau:other'],
    })
    expect(await downNow(true)).toBe(exits.done)
    expect(lyon.state.networks.map(({ id }) => id)).toEqual(['net-public', 'other'])
    expect(lyon.state.projects.map(({ name }) => name)).toContain('other-ada')
  })

  it('goes on where one cloud is away, and remembers the course', async () => {
    writeCourse({ clouds: [one('lyon', { seats: 4 }), one('dead', { seats: 0 })] })
    const before = picture(lyon)
    await up()
    expect(await downNow(true)).toBe(exits.unchecked)
    expect(picture(lyon)).toBe(before)
    expect(existsSync(world().dir)).toBe(true)
  })
})

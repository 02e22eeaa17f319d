// The classroom against a fake cloud: what it makes, that it makes it once, and that no cut keeps it from getting there.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../test/fake/clock.ts'
import { type Carried, carryOut } from '../../test/fake/openstack/run.ts'
import { FakeCloud } from '../../test/fake/openstack/server.ts'
import { Address, Prefix } from '../core/prefix.ts'
import type { Shell } from '../core/shell.ts'
import { localShell } from '../host/spawn.ts'
import { cloudBaseTasks } from './base.ts'
import { asProcess, classInput, key, keygen, student } from './class.fixture.ts'
import { enrolTasks } from './enrol.ts'
import { type ClassroomInput, classroomSecrets } from './input.ts'
import { proofInstances, proofInstanceTasks } from './proof.ts'
import type { Survey } from './survey.ts'

let fake: FakeCloud
let dir: string
const clock = new FakeClock()

const input = (change: Partial<ClassroomInput> = {}): ClassroomInput => ({ ...classInput(dir), ...change })

/** A new process, which carries out everything and the proof. */
const run = (
  wanted: ClassroomInput = input(),
  on: FakeCloud = fake,
  shell: Shell = keygen,
): Promise<Carried & { survey: Survey }> =>
  asProcess(
    on,
    wanted,
    async (deps, survey) => {
      const tasks = [
        ...cloudBaseTasks(wanted, deps, survey),
        ...enrolTasks(wanted, deps, survey),
        ...proofInstanceTasks(wanted, deps, survey),
      ]
      return { ...(await carryOut(tasks)), survey }
    },
    shell,
    clock,
  )

beforeEach(async () => {
  fake = await new FakeCloud().start()
  dir = await mkdtemp(join(tmpdir(), 'bateau-class-'))
  await writeFile(join(dir, 'tiny.raw'), 'x'.repeat(1000))
})
afterEach(async () => {
  await fake.stop()
  await rm(dir, { recursive: true, force: true })
})

describe('a first run', () => {
  it('makes everything that the plan names, and nothing else', async () => {
    const { failed, kept } = await run()
    expect([...failed.values()]).toEqual([])
    // Three students fit in Neutron's own limits.
    expect(kept).toEqual(['os1/cloud/room'])
    const seen = fake.state.picture() as Record<string, string[]>
    expect(seen['networks']).toEqual([
      'class-g1 bateau:nets-2026',
      'class-g2 bateau:nets-2026',
      'direct bateau:nets-2026',
      'transit bateau:nets-2026',
    ])
    expect(seen['subnets']).toEqual([
      'class-g1 2001:2:0:180::/64 bateau:nets-2026',
      'class-g2 2001:2:0:181::/64 bateau:nets-2026',
      'direct 2001:2:0:101::/64 bateau:nets-2026',
      'transit 2001:2:0:102::/64 bateau:nets-2026',
    ])
    expect(seen['routers']?.[0]).toContain('"ip_address":"2001:2:0:102::a"')
    expect(seen['interfaces']).toHaveLength(2)
    expect(seen['roles']).toContain('ada member nets-2026-ada')
    expect(seen['rules']).toContain('nets-2026-grace ipv6-icmp:undefined tcp:22')
    expect(seen['shares']).toEqual([
      'class-g1 nets-2026-ada',
      'class-g1 nets-2026-grace',
      'class-g2 nets-2026-edsger',
    ])
    expect(seen['keypairs']).toContain(`ada bateau ${key('ada')}`)
    expect(seen['servers']).toEqual([
      'proof-class-g1 ACTIVE nets-2026-ada',
      'proof-class-g2 ACTIVE nets-2026-edsger',
      'proof-direct ACTIVE nets-2026-ada',
    ])
    expect(seen['images']).toEqual(['tiny active 1000 d1'])
    expect(classroomSecrets(input().groups)).toEqual(['student/ada', 'student/grace', 'student/edsger'])
  })

  it('keeps the transit network without address mode, and its planned gateways out of the allocation pool', async () => {
    await run()
    const transit = fake.state.subnets.find(({ name }) => name === 'transit')
    expect(transit).not.toHaveProperty('ipv6_address_mode')
    expect(transit).toMatchObject({
      enable_dhcp: false,
      allocation_pools: [{ start: '2001:2:0:102::1:0', end: '2001:2:0:102::1:ffff' }],
    })
    const direct = fake.state.subnets.find(({ name }) => name === 'direct')
    expect(direct).toMatchObject({ ipv6_address_mode: 'slaac', gateway_ip: '2001:2:0:101::1' })
    expect(direct).not.toHaveProperty('ipv6_ra_mode')
  })

  it('leaves room for the proof beside the instances of the student who carries it', async () => {
    await run()
    const quota = (login: string) =>
      fake.state.computeQuotas.get(
        fake.state.projects.find(({ name }) => name === `nets-2026-${login}`)?.id ?? '',
      )
    expect(quota('ada')).toMatchObject({ instances: 4, cores: 4, ram: 2 * 1024 + 2 * 256 })
    expect(quota('grace')).toMatchObject({ instances: 2, cores: 2, ram: 2048 })
  })

  it('says the addresses and keys of the instances of the proof', async () => {
    const { survey } = await run()
    expect(
      (await proofInstances(input(), survey)).map(({ name, login, keyFile }) => [name, login, keyFile]),
    ).toEqual([
      ['proof-direct', 'ada', join(dir, 'handouts/.proof/ada/id_ed25519')],
      ['proof-class-g1', 'ada', join(dir, 'handouts/.proof/ada/id_ed25519')],
      ['proof-class-g2', 'edsger', join(dir, 'handouts/.proof/edsger/id_ed25519')],
    ])
  })
})

describe('hand-outs', () => {
  it('give a student who brought no key one of their own, and an account file that only its owner reads', async () => {
    const groups = [{ name: 'g1', students: [student('ada', { sshKey: null })] }]
    const { failed, survey } = await run(input({ groups }), fake, localShell())
    expect([...failed.values()]).toEqual([])
    const at = (name: string) => join(dir, 'handouts/ada', name)
    const mode = async (name: string) => ((await stat(at(name))).mode & 0o777).toString(8)
    expect([await mode('id_ed25519'), await mode('clouds.yaml')]).toEqual(['600', '600'])
    const clouds = await readFile(at('clouds.yaml'), 'utf8')
    expect(clouds).toContain('password: "password of student/ada"')
    expect(clouds).toContain('cacert: ~/.config/openstack/nets-2026-ca.pem')
    expect(await readFile(at('nets-2026-ca.pem'), 'utf8')).toBe('PEM\n')
    const made = await readFile(at('id_ed25519.pub'), 'utf8')
    expect(fake.state.keypairs.map((one) => one['public_key'])).toEqual([made.trim()])
    const [first] = await proofInstances(input({ groups }), survey)
    expect(first?.keyFile).toBe(at('id_ed25519'))
  })

  it('that were changed or read by others are put right again', async () => {
    await run()
    const path = join(dir, 'handouts/ada/clouds.yaml')
    await writeFile(path, 'clouds: {}\n')
    const { changed } = await run()
    expect(changed).toEqual(['os1/enrol/ada'])
    expect(await readFile(path, 'utf8')).toContain('nets-2026')
  })
})

describe('a second run', () => {
  it('writes nothing, and says that all is as planned', async () => {
    await run()
    const before = fake.writes
    const { kept, changed, failed } = await run()
    expect({ changed, failed: failed.size, writes: fake.writes - before }).toEqual({
      changed: [],
      failed: 0,
      writes: 0,
    })
    expect(kept).toHaveLength(16)
  })

  it('reads lists, and one by one only the key pairs that the proof needs', async () => {
    await run()
    const before = fake.calls.length
    await run()
    const reads = fake.calls.slice(before)
    expect(reads.filter((call) => !/os-quota-sets|os-keypairs/.test(call)).length).toBeLessThanOrEqual(18)
    expect(reads.filter((call) => /os-quota-sets|os-keypairs/.test(call))).toEqual([
      'GET 8774/v2.1/os-keypairs',
      'GET 8774/v2.1/os-keypairs',
    ])
  })

  it('adds a student who came later, and touches nobody else', async () => {
    await run()
    const before = fake.state.picture() as Record<string, string[]>
    const groups = [
      { name: 'g1', students: [student('ada'), student('grace'), student('barbara')] },
      { name: 'g2', students: [student('edsger')] },
    ]
    const { changed } = await run(input({ groups }))
    expect(changed).toEqual(['os1/enrol/barbara'])
    const after = fake.state.picture() as Record<string, string[]>
    expect(after['projects']).toEqual(expect.arrayContaining(before['projects'] ?? []))
  })

  it('follows a changed size, key, resolver and image', async () => {
    await run()
    const wanted = input({
      size: { vcpus: 1, ramMiB: 2048, diskGiB: 5 },
      groups: [
        { name: 'g1', students: [student('ada', { sshKey: 'ssh-ed25519 AAAAnew' }), student('grace')] },
        { name: 'g2', students: [student('edsger')] },
      ],
      resolvers: [Address.of('2001:2::54')],
    })
    const { failed } = await run({ ...wanted, image: { ...wanted.image, digest: 'd2' } })
    expect([...failed.values()]).toEqual([])
    const seen = fake.state.picture() as Record<string, string[]>
    expect(seen['flavors']).toEqual(['course.small 2048', 'proof.tiny 256'])
    expect(seen['keypairs']).toContain('ada bateau ssh-ed25519 AAAAnew')
    expect(seen['images']).toEqual(['tiny active 1000 d2'])
    expect(fake.state.subnets.find(({ name }) => name === 'direct')?.['dns_nameservers']).toEqual([
      '2001:2::54',
    ])
  })

  it('sets a password anew when the vault has another than the cloud', async () => {
    await run()
    const ada = fake.state.users.find(({ name }) => name === 'ada')
    Object.assign(ada ?? {}, { description: 'bateau:nets-2026 group g1, password 00000000' })
    const { changed } = await run()
    expect(changed).toEqual(['os1/enrol/ada'])
  })

  it('replaces an instance that failed and starts one that was stopped', async () => {
    await run()
    const server = (name: string) => fake.state.servers.find((one) => one.name === name)
    const old = server('proof-direct')?.id
    Object.assign(server('proof-direct') ?? {}, {
      status: 'ERROR',
      fault: { message: 'No valid host was found.' },
    })
    const { failed } = await run()
    expect([...failed.values()]).toEqual([])
    expect(server('proof-direct')).toMatchObject({ status: 'ACTIVE' })
    expect(server('proof-direct')?.id).not.toBe(old)
  })
})

describe('what is somebody else’s', () => {
  it.each([
    ['project', () => fake.state.projects, 'nets-2026-ada', 'os1/enrol/ada'],
    ['user', () => fake.state.users, 'ada', 'os1/enrol/ada'],
    ['flavor', () => fake.state.flavors, 'course.small', 'os1/cloud/flavors'],
    ['image', () => fake.state.images, 'tiny', 'os1/cloud/image'],
  ] as const)(
    'a %s of the same name without the mark is a fault, and stays as it is',
    async (kind, all, name, task) => {
      const foreign = {
        id: 'foreign',
        name,
        domain_id: 'default',
        enabled: true,
        status: 'active',
        visibility: 'public',
        vcpus: 1,
        ram: 1,
        disk: 1,
        tags: ['bateau:another-course'],
        description: 'bateau:nets-2026-2',
      }
      all().push({ ...foreign })
      const { failed } = await run()
      expect(failed.get(task)?.fault).toMatchObject({
        code: 'cloud-foreign',
        fix: expect.stringContaining(`openstack ${kind} delete foreign`),
      })
      expect(all().find(({ id }) => id === 'foreign')).toEqual(foreign)
    },
  )

  it('a network of that name in a student’s own project is none of bateau’s business', async () => {
    fake.state.networks.push({
      id: 'n',
      name: 'direct',
      project_id: 'a-student',
      mtu: 1500,
      shared: false,
      'router:external': false,
    })
    const { failed } = await run()
    expect(failed.size).toBe(0)
    expect(fake.state.networks.filter(({ name }) => name === 'direct')).toHaveLength(2)
  })

  it('a subnet of ours with another prefix than the plan is not changed under its instances', async () => {
    await run()
    const wanted = input()
    const prefix = Prefix.of('2001:2:0:105::/64')
    const moved = { prefix, host: prefix.host(1) }
    const { failed } = await run({ ...wanted, addressing: { ...wanted.addressing, public: moved } })
    expect(failed.get('os1/cloud/network/direct')?.fault).toMatchObject({ code: 'cloud-differs' })
  })
})

describe('troubled clouds', () => {
  it.each([
    ['busy three times in ten', { unavailable: (call: number) => call % 10 < 3 }],
    [
      'answers 503 after having done it, each seventh time',
      { unavailableAfter: (call: number) => call % 7 === 0 },
    ],
    ['loses each seventh answer', { lost: (call: number) => call % 7 === 0 }],
    ['forgets its tokens every forty calls', { expired: (call: number) => call % 40 === 39 }],
    ['closes every connection', { closing: true }],
  ])('one that %s ends the same as a sound one', async (_, faults) => {
    await run()
    const troubled = await new FakeCloud().start()
    Object.assign(troubled.faults, faults)
    const { failed } = await run(input(), troubled)
    expect([...failed.values()].map(({ fault }) => fault)).toEqual([])
    expect(troubled.state.picture()).toEqual(fake.state.picture())
    await troubled.stop()
  })
})

describe('a cut', () => {
  it(
    'at any write, answered or not, leaves a cloud that the next run brings to the same end',
    { timeout: 120_000 },
    async () => {
      await run()
      const whole = fake.state.picture()
      const writes = fake.writes
      expect(writes).toBeGreaterThan(50)
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: writes - 1 }), fc.boolean(), async (write, after) => {
          const cut = await new FakeCloud().start()
          try {
            cut.faults.cut = { write, after }
            const first = await run(input(), cut)
            expect(first.failed.size).toBeGreaterThan(0)
            cut.faults.cut = undefined
            const second = await run(input(), cut)
            expect([...second.failed.values()].map(({ fault }) => fault)).toEqual([])
            expect(cut.state.picture()).toEqual(whole)
          } finally {
            await cut.stop()
          }
        }),
        { numRuns: 15 },
      )
    },
  )
})

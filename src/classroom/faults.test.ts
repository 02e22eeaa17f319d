// What goes wrong while a class is enrolled: each time the end is that of the undisturbed run, nothing lost, doubled or left.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../test/fake/clock.ts'
import { FakeCloud } from '../../test/fake/openstack/server.ts'
import { applied, classInput, planned } from './class.fixture.ts'

const keystone = '5000'
let fake: FakeCloud
let sound: FakeCloud
let dir: string
const input = (change: Parameters<typeof classInput>[1] = {}) =>
  classInput(dir, {
    ...change,
    policy: {
      ownNetwork: true,
      applicationCredentials: true,
      teachers: [{ login: 'a-durand', name: 'Alice Durand', email: null, sshKey: null }],
      ...change.policy,
    },
  })
const faultsOf = ({ failed }: Awaited<ReturnType<typeof applied>>) =>
  [...failed].map(([id, { fault }]) => `${id}: ${fault.code}`)
const project = (on: FakeCloud, seat: string) =>
  on.state.projects.find(({ name }) => name === `nets-2026-${seat}`)

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bateau-faults-'))
  await writeFile(join(dir, 'tiny.raw'), 'x'.repeat(1000))
  fake = await new FakeCloud().start()
  sound = await new FakeCloud().start()
  expect(faultsOf(await applied(sound, input()))).toEqual([])
})
afterEach(async () => {
  await fake.stop()
  await sound.stop()
  await rm(dir, { recursive: true, force: true })
})

describe('a class ends as without it, after', () => {
  it('Keystone restarted half-way: its connections break and are refused for a while', async () => {
    const clock = new FakeClock()
    let waits = 0
    fake.faults.before = (call) => {
      if (call === 60) void fake.down(keystone)
    }
    clock.onWait = () => {
      if (++waits === 20) void fake.up(keystone)
    }
    expect(faultsOf(await applied(fake, input(), {}, false, clock))).toEqual([])
    expect(waits).toBeGreaterThanOrEqual(20)
    expect(fake.state.picture()).toEqual(sound.state.picture())
  })

  it('the token expired in the middle, for the administrator and for students', async () => {
    fake.faults.expired = (call) => call === 40 || call === 90
    expect(faultsOf(await applied(fake, input()))).toEqual([])
    expect(fake.state.picture()).toEqual(sound.state.picture())
  })

  it('503 to three calls in ten', async () => {
    fake.faults.unavailable = (call) => (call * 7) % 10 < 3
    expect(faultsOf(await applied(fake, input()))).toEqual([])
    expect(fake.state.picture()).toEqual(sound.state.picture())
  })

  it.each([false, true])(
    'a run that was killed at any twelfth write (answered: %s)',
    { timeout: 120_000 },
    async (after) => {
      for (let write = 0; write < sound.writes; write += 12) {
        const cut = await new FakeCloud().start()
        cut.faults.cut = { write, after }
        await applied(cut, input()).catch(() => undefined)
        cut.faults.cut = undefined
        expect(faultsOf(await applied(cut, input()))).toEqual([])
        expect(cut.state.picture()).toEqual(sound.state.picture())
        await cut.stop()
      }
    },
  )

  it('a quota refused one seat its network, which is then given the room', async () => {
    await applied(fake, input({ policy: { ownNetwork: false } }))
    const id = project(fake, 'ada')?.id ?? ''
    const full = Array.from({ length: 3 }, (_, i) => ({
      id: `full-${i}`,
      name: 'mine',
      project_id: id,
      tags: [],
      description: '',
      shared: false,
      'router:external': false,
    }))
    fake.state.networks.push(...full)
    expect(faultsOf(await applied(fake, input()))).toEqual(['os1/enrol/ada: cloud-conflict'])
    expect(project(fake, 'grace')?.['description']).toContain('sealed')
    expect(project(fake, 'ada')?.['description']).not.toEqual(project(sound, 'ada')?.['description'])
    fake.state.networks.splice(0, Infinity, ...fake.state.networks.filter((one) => one.name !== 'mine'))
    expect(faultsOf(await applied(fake, input()))).toEqual([])
    expect(fake.state.picture()).toEqual(sound.state.picture())
  })

  it('a name was taken by someone else’s project, which stays theirs', async () => {
    const foreign = { id: 'x', name: 'nets-2026-ada', domain_id: 'default', enabled: true, tags: [] }
    fake.state.projects.push({ ...foreign })
    expect(faultsOf(await applied(fake, input()))).toEqual(['os1/enrol/ada: cloud-foreign'])
    expect(fake.state.projects.find(({ id }) => id === 'x')).toEqual(foreign)
    fake.state.projects.splice(
      fake.state.projects.findIndex(({ id }) => id === 'x'),
      1,
    )
    expect(faultsOf(await applied(fake, input()))).toEqual([])
    expect(fake.state.picture()).toEqual(sound.state.picture())
  })
})

describe('teachers', () => {
  it('have an account, a role in every seat and the use of every class network', () => {
    const seen = sound.state.picture() as Record<string, string[]>
    for (const seat of ['ada', 'grace', 'edsger', 'a-durand'])
      expect(seen['roles']).toContain(`a-durand member nets-2026-${seat}`)
    expect(seen['shares']).toEqual(
      expect.arrayContaining(['class-g1 nets-2026-a-durand', 'class-g2 nets-2026-a-durand']),
    )
  })

  it('whose account cannot be made keep no student from theirs', async () => {
    fake.state.users.push({ id: 'x', name: 'a-durand', domain_id: 'default', enabled: true })
    const failed = faultsOf(await applied(fake, input()))
    expect(failed).toEqual(['os1/enrol/a-durand: cloud-foreign'])
    expect(project(fake, 'ada')?.['description']).toContain('sealed')
  })
})

describe('application credentials', () => {
  it('are made as the student, with the secret of the vault, and anew when they are lost', async () => {
    const seen = () => (sound.state.picture() as Record<string, string[]>)['credentials']
    expect(seen()).toContain('ada bateau password of student/ada/application-credential')
    const whole = sound.state.picture()
    sound.state.credentials = sound.state.credentials.slice(1)
    const { changes } = await planned(sound, input(), {}, true)
    expect(changes.map(({ parts }) => parts.join())).toEqual([
      expect.stringContaining('application credential of'),
    ])
    await applied(sound, input(), {}, true)
    expect(sound.state.picture()).toEqual(whole)
  })
})

describe('teams', () => {
  const student = (login: string, team: string) => ({
    login,
    name: login,
    email: null,
    team,
    sshKey: `ssh-ed25519 A${login}`,
  })
  const groups = [
    { name: 'g1', students: [student('ada', 'red'), student('grace', 'red'), student('tony', 'blue')] },
  ]
  const team = { work: 'team' as const }

  it('share a project, in which each has an own account, and as much room as they are', async () => {
    expect(faultsOf(await applied(fake, input({ groups, policy: team })))).toEqual([])
    const seen = fake.state.picture() as Record<string, string[]>
    expect(seen['roles']).toEqual(
      expect.arrayContaining(['ada member nets-2026-red', 'grace member nets-2026-red']),
    )
    expect(seen['networks']).toContain('own-red ')
    expect(fake.state.computeQuotas.get(project(fake, 'red')?.id ?? '')).toMatchObject({ instances: 4 + 2 })
  })

  it('keep their project when one of them leaves: that account is closed, and has no part in it', async () => {
    await applied(fake, input({ groups, policy: team }))
    const left = [
      { name: 'g1', students: groups[0]?.students.filter(({ login }) => login !== 'grace') ?? [] },
    ]
    const wanted = input({ groups: left, policy: team })
    const { changes } = await planned(fake, wanted)
    expect(changes.map(({ kind, what }) => `${kind} ${what}`)).toEqual(['change red', 'close grace'])
    expect(faultsOf(await applied(fake, wanted))).toEqual([])
    const seen = fake.state.picture() as Record<string, string[]>
    expect(seen['roles']).not.toContain('grace member nets-2026-red')
    expect(fake.state.users.find(({ name }) => name === 'grace')?.['enabled']).toBe(false)
    expect(faultsOf(await applied(fake, wanted, { now: ['grace'] }))).toEqual([])
    expect(fake.state.users.some(({ name }) => name === 'grace')).toBe(false)
    expect(project(fake, 'red')).toBeDefined()
  })
})

describe('own networks', () => {
  it('lie in the range of their group, each behind its router', () => {
    const seen = sound.state.picture() as Record<string, string[]>
    expect(seen['subnets']).toEqual(
      expect.arrayContaining([
        'own-ada 2001:2:0:1f0::/64 ',
        'own-grace 2001:2:0:1f1::/64 ',
        'own-edsger 2001:2:0:1e0::/64 ',
      ]),
    )
    expect(seen['interfaces']?.filter((one) => one.startsWith('router-g1'))).toHaveLength(3)
  })

  it('have a router each where the course wants that, at the gateway that is planned for their /64', async () => {
    const wanted = input({ policy: { router: 'own' } })
    expect(faultsOf(await applied(fake, wanted))).toEqual([])
    const router = (name: string) => fake.state.routers.find((one) => one.name === name)
    expect(router('own-ada')?.['project_id']).toBe(project(fake, 'ada')?.id)
    expect(JSON.stringify(router('own-edsger')?.['external_gateway_info'])).toContain('2001:2:0:102::1010')
    const writes = fake.writes
    expect(faultsOf(await applied(fake, wanted))).toEqual([])
    expect(fake.writes).toBe(writes)
  })

  it('do not take a /64 that somebody else has', async () => {
    const other = { id: 's', name: 'mine', network_id: 'n', project_id: 'p', tags: [], dns_nameservers: [] }
    fake.state.subnets.push({ ...other, cidr: '2001:2:0:1f0::/64', enable_dhcp: true })
    expect(faultsOf(await applied(fake, input()))).toEqual([])
    const cidrs = fake.state.subnets.filter(({ name }) => name.startsWith('own-')).map((one) => one['cidr'])
    expect(cidrs).toEqual(
      expect.arrayContaining(['2001:2:0:1f1::/64', '2001:2:0:1f2::/64', '2001:2:0:1e0::/64']),
    )
  })
})

// The verification against a fake cloud: all well says yes, each wall that is broken says no, and nothing is left of it.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../../test/fake/clock.ts'
import { FakeCloud } from '../../../test/fake/openstack/server.ts'
import { Address } from '../../core/prefix.ts'
import type { Shell } from '../../core/shell.ts'
import { exitCode } from '../../check/judge.ts'
import type { CheckResult } from '../../check/result.ts'
import type { JumpWay } from '../../host/jump-way.ts'
import { throughSockets } from '../../cloud/open.ts'
import {
  classInput,
  depsThrough,
  enrolled,
  keygen,
  type Sockets,
  student,
} from '../../classroom/class.fixture.ts'
import { Survey } from '../../classroom/survey.ts'
import { studentLooks, walls } from '../../classroom/verify/looks.ts'
import { decoyName, sampleKeypair, verifyTag } from '../../classroom/verify/mark.ts'
import { Stop } from '../session.ts'
import { verifyCloud, type VerifyGiven, type VerifyOptions } from './verify.ts'
import { sampleSteps } from './verify-sample.ts'
import { straight, throughJump } from './verify-way.ts'
import { verifyText } from './verify-text.ts'

let fake: FakeCloud
let dir: string
let sockets: Sockets
const clock = new FakeClock()

/** Who brings a key; the others are given one. */
let brought: (login: string) => boolean

const member = (login: string) => student(login, brought(login) ? {} : { sshKey: null })

const input = () =>
  classInput(dir, {
    groups: [
      { name: 'g1', students: [member('ada'), member('grace')] },
      { name: 'g2', students: [member('edsger')] },
    ],
  })

/** Stands for ssh from outside into an instance that is well. */
const internet: Shell = {
  name: 'the internet',
  run: (argv) =>
    Promise.resolve({
      code: 0,
      stdout: argv.at(-1)?.includes('ping')
        ? '3 packets transmitted, 3 packets received, 0% packet loss\n'
        : 'verify\nroot\n',
      stderr: '',
    }),
}

const depsOf = (signal?: AbortSignal) => depsThrough(sockets, { shell: keygen, clock, signal })

const everything: VerifyOptions = { file: null, groups: [], students: [], everyWall: false, boot: false }

async function verify(
  options: Partial<VerifyOptions> = {},
  outside: Shell = internet,
  stop = new AbortController(),
  seen: (result: CheckResult) => void = () => {},
  ways = straight({ reach: { outside } }),
): Promise<CheckResult[]> {
  const deps = depsOf(stop.signal)
  const target = Address.of('2001:2::53')
  const given: VerifyGiven = {
    run: {
      emit: (event) => event.type === 'check.result' && seen(event as unknown as CheckResult),
      signal: stop.signal,
    },
    world: { dir },
    ground: {
      targets: { ping: target, pings: [target], tcp: { address: target, port: 53 } },
    },
    ways,
  }
  const survey = new Survey('nets-2026', deps.cloud)
  const cloud = { name: 'os1', input: input(), deps, survey, site: null }
  return verifyCloud(given, cloud, { ...everything, ...options })
}

const answer = (results: readonly CheckResult[], id: string) => results.find((one) => one.id === id)
const notYes = (results: readonly CheckResult[]) =>
  results.filter(({ verdict }) => verdict !== 'yes').map(({ id, seen }) => `${id}: ${seen}`)

/** Everything that carries the mark of the verification, or lies in its project. */
function left(): string[] {
  const { state } = fake
  const project = state.projects.find(({ name }) => name === decoyName('nets-2026'))?.id
  const all = [
    ...[state.projects, state.users, state.servers, state.flavors, state.networks, state.routers],
    ...[state.ports, state.groups, state.images, state.volumes],
  ].flat()
  return [
    ...all.filter(
      (one) =>
        JSON.stringify(one).includes(verifyTag('nets-2026')) || (project && one['project_id'] === project),
    ),
    ...state.keypairs.filter(({ name }) => name === sampleKeypair),
  ].map(({ name }) => name)
}

beforeEach(async () => {
  brought = () => true
  fake = await new FakeCloud({ volumes: true }).start()
  sockets = throughSockets(fake.sockets)
  dir = await mkdtemp(join(tmpdir(), 'bateau-verify-'))
  await writeFile(join(dir, 'tiny.raw'), 'x'.repeat(100))
  const deps = depsOf()
  const survey = new Survey('nets-2026', deps.cloud)
  const { failed } = await enrolled(input(), deps, survey)
  expect([...failed.values()]).toEqual([])
})
afterEach(async () => {
  await sockets.close()
  await fake.stop()
  await rm(dir, { recursive: true, force: true })
})

describe('a class that is well', () => {
  it('says yes to everything, and nothing of the verification is left', async () => {
    const before = fake.state.picture()
    const results = await verify({ boot: true })
    expect(notYes(results)).toEqual([])
    expect(exitCode(results)).toBe(0)
    expect(answer(results, 'sample/os1/g1/boots')?.seen).toMatch(/^ACTIVE after \d+ s as ada, 2001:2:/)
    expect(answer(results, 'student/os1/grace/quota')?.seen).toBe('instances 2, cores 2, ram 2048')
    expect(answer(results, 'wall/os1/ada/server-get')?.seen).toMatch(/^Nova answered 404: /)
    expect(left()).toEqual([])
    expect(fake.state.picture()).toEqual(before)
    expect((await readdir(dir)).filter((name) => name.startsWith('verify-'))).toEqual([])
  })

  it('has one student of each group try the walls, or each who is named, or everybody', async () => {
    const trying = (results: readonly CheckResult[]) => [
      ...new Set(results.filter(({ id }) => id.startsWith('wall/')).map(({ vantage }) => vantage)),
    ]
    const decoy = 'os1, as the one who was attacked'
    expect(trying(await verify())).toEqual(['ada', 'edsger', decoy])
    expect(trying(await verify({ students: ['grace'] }))).toEqual(['grace', decoy])
    expect(trying(await verify({ everyWall: true, groups: ['g1'] }))).toEqual(['ada', 'grace', decoy])
  })

  it('reads as a line a student', async () => {
    const text = verifyText(await verify({ boot: true }))
    expect(text).toMatch(
      /^ {2}os1 {2}ada {7}login yes, rights yes, quota yes, finds yes, \d+ of \d+ walls hold$/m,
    )
    expect(text).toMatch(/^ {2}os1 {2}group g2 {2}boots yes, login yes, out yes, removed yes$/m)
    expect(text).not.toMatch(/NO|could not check /)
  })
})

it('a cloud without block storage has no walls of it, and no volume of the decoy', async () => {
  const [plain, before] = [new FakeCloud(), fake]
  await before.stop()
  await sockets.close()
  fake = await plain.start()
  sockets = throughSockets(fake.sockets)
  const deps = depsOf()
  const survey = new Survey('nets-2026', deps.cloud)
  await enrolled(input(), deps, survey)
  const results = await verify()
  expect(notYes(results)).toEqual([])
  expect(results.filter(({ id }) => /volume/.test(id))).toEqual([])
})

describe('a wall that is broken', () => {
  it.each(walls.map(({ name }) => name))('%s: is said, with what was answered', async (name) => {
    fake.faults = { ...fake.faults, open: new Set([name]) }
    const results = await verify({ students: ['ada'] })
    const first = answer(results, `wall/os1/ada/${name}`)
    expect(first).toMatchObject({ verdict: 'no', fault: { code: 'wall-broken' } })
    expect(first?.seen).toMatch(/^(Keystone|Nova|Neutron|Glance|Cinder) answered 2\d\d/)
    expect(exitCode(results)).toBe(1)
    const others = results.filter(({ id, verdict }) => verdict === 'no' && !id.endsWith(`/${name}`))
    // A decoy that lost something says so as well, and who sees all networks sees too many; nothing else is blamed.
    expect(others.map(({ id }) => id).filter((id) => !/wall.os1.decoy|finds$/.test(id))).toEqual([])
    expect(left()).toEqual([])
  })
})

describe('a student who has not what the course promises', () => {
  const userOf = (login: string) => fake.state.users.find(({ name }) => name === login)?.id ?? ''
  const projectOf = (login: string) =>
    fake.state.projects.find(({ name }) => name === `nets-2026-${login}`)?.id ?? ''

  it('cannot log in: what depends on it is not looked at', async () => {
    fake.state.passwords.set(userOf('grace'), 'another')
    const results = await verify()
    expect(answer(results, 'student/os1/grace/login')).toMatchObject({
      verdict: 'no',
      fault: { code: 'student-login' },
    })
    expect(answer(results, 'student/os1/grace/quota')?.verdict).toBe('could-not-check')
    expect(answer(results, 'student/os1/ada/quota')?.verdict).toBe('yes')
  })

  it('has another quota', async () => {
    const id = projectOf('grace')
    fake.state.computeQuotas.set(id, { ...fake.state.computeQuotas.get(id), instances: 9 })
    expect(answer(await verify(), 'student/os1/grace/quota')).toMatchObject({
      verdict: 'no',
      seen: 'instances 9 (planned 2)',
    })
  })

  it('has a role besides, or a way into another project', async () => {
    const [admin] = fake.state.roles
    fake.state.assignments.push({ role: admin?.id ?? '', user: userOf('ada'), project: projectOf('ada') })
    fake.state.assignments.push({
      role: fake.state.roles[1]?.id ?? '',
      user: userOf('grace'),
      project: projectOf('ada'),
    })
    const results = await verify()
    for (const login of ['ada', 'grace'])
      expect(answer(results, `student/os1/${login}/rights`)).toMatchObject({
        verdict: 'no',
        fault: { code: 'student-rights' },
      })
  })

  it('sees the network of another group, or does not see their own', async () => {
    const network = (name: string) => fake.state.networks.find((one) => one.name === name)?.id ?? ''
    fake.state.rbac.push({
      id: 'x',
      name: '',
      object_type: 'network',
      action: 'access_as_shared',
      object_id: network('class-g2'),
      target_tenant: projectOf('ada'),
    })
    const own = fake.state.rbac.findIndex((one) => one['target_tenant'] === projectOf('grace'))
    fake.state.rbac.splice(own, 1)
    const results = await verify()
    expect(answer(results, 'student/os1/ada/finds')?.seen).toBe('sees class-g2 of another group')
    expect(answer(results, 'wall/os1/ada/port-on-group')?.verdict).toBe('no')
    expect(answer(results, 'student/os1/grace/finds')?.seen).toBe('does not see network class-g1')
  })
})

describe('a sample instance', () => {
  it('goes to the next of the group when the first has no room, and none is no proof of anything', async () => {
    const full = (login: string) => {
      const id = fake.state.projects.find(({ name }) => name === `nets-2026-${login}`)?.id ?? ''
      fake.state.computeQuotas.set(id, { ...fake.state.computeQuotas.get(id), instances: 0 })
    }
    full('ada')
    full('edsger')
    const results = await verify({ boot: true })
    expect(answer(results, 'sample/os1/g1/boots')?.seen).toContain('as grace')
    expect(answer(results, 'sample/os1/g2/boots')).toMatchObject({
      verdict: 'could-not-check',
      fault: { code: 'sample-no-room' },
    })
    expect(left()).toEqual([])
  })

  it('that lets nobody in is said, and is removed all the same', async () => {
    const silent: Shell = {
      name: 'the internet',
      run() {
        void clock.wait(60_000)
        return Promise.resolve({ code: 255, stdout: '', stderr: 'root@x: Permission denied (publickey).' })
      },
    }
    const results = await verify({ boot: true, groups: ['g1'], students: ['grace'] }, silent)
    expect(answer(results, 'sample/os1/g1/login')).toMatchObject({
      verdict: 'no',
      fault: { code: 'sample-login-refused' },
    })
    expect(answer(results, 'sample/os1/g1/out')?.verdict).toBe('could-not-check')
    expect(answer(results, 'sample/os1/g1/removed')?.verdict).toBe('yes')
    expect(left()).toEqual([])
  })
})

describe('a course with a jump host', () => {
  const own: JumpWay = {
    address: '192.0.2.9',
    port: 2222,
    user: 'bateau-probe',
    identityFile: '/state/jump/id_ed25519',
    knownHosts: '/state/jump/known_hosts',
    ipv4: true,
  }
  /** A place without IPv6: whoever does not come through the jump host gets nowhere, and neither does whom it refuses. */
  const campus = (asked: string[], refuses: (account: string) => boolean = () => false): Shell => ({
    name: 'the campus',
    run(argv) {
      const all = argv.join(' ')
      asked.push(all)
      const [, account = ''] = / -p 2222 -l (\S+) /.exec(all) ?? []
      const hopOnly = argv.includes('-W')
      if (account === '' || refuses(account)) {
        const stderr = account === '' ? 'connect: Network is unreachable' : `${account}: Permission denied`
        clock.wait(60_000).catch(() => {})
        return Promise.resolve({ code: 255, stdout: '', stderr })
      }
      if (hopOnly)
        return Promise.resolve({ code: 255, stdout: '', stderr: 'Authenticated to 192.0.2.9 using x.' })
      return internet.run(argv)
    },
  })
  const through = (outside: Shell) =>
    verify(
      { boot: true },
      outside,
      new AbortController(),
      () => {},
      throughJump({ campus: { shell: outside, without: 'ipv6' } }, 'gate', own),
    )

  it('reaches the sample as a student does: by the account and key of the hand-out, else by its own', async () => {
    // Edsger brings a key, whose private half is his; Ada was given hers.
    await writeFile(join(dir, 'handouts', 'ada', 'id_ed25519'), 'private')
    brought = (login) => login !== 'ada'
    const asked: string[] = []
    const results = await through(campus(asked))
    expect(notYes(results).filter((line) => line.startsWith('sample/'))).toEqual([])
    const login = (group: string) => answer(results, `sample/os1/${group}/login`)
    expect(login('g1')).toMatchObject({
      vantage: 'the campus',
      seen: 'root on verify, through gate as ada from the campus',
    })
    expect(login('g2')?.seen).toBe('root on verify, through gate as bateau-probe from the campus')
    expect(
      asked.some((one) => one.includes(`-i ${join(dir, 'handouts', 'ada', 'id_ed25519')} -p 2222`)),
    ).toBe(true)
  })

  it('says that the jump host refuses the student, rather than blaming the instance', async () => {
    const results = await through(campus([], () => true))
    expect(answer(results, 'sample/os1/g2/login')).toMatchObject({
      verdict: 'no',
      fault: { code: 'sample-jump-refused' },
    })
    expect(answer(results, 'sample/os1/g2/removed')?.verdict).toBe('yes')
    expect(left()).toEqual([])
  })
})

describe('an end before the end', () => {
  it('leaves nothing after Ctrl-C, wherever it comes', async () => {
    for (const at of [1, 10, 60]) {
      const stop = new AbortController()
      let count = 0
      const run = verify({ boot: true }, internet, stop, () => {
        if (++count === at) stop.abort()
      })
      await expect(run).rejects.toSatisfy(
        (error) => error instanceof Stop || (error as Error).name === 'AbortError',
      )
      expect(left()).toEqual([])
    }
  })

  it('of a killed run is found and removed by the next', async () => {
    const total = fake.writes
    fake.faults = { ...fake.faults, cut: { write: total + 9, after: true } }
    await verify({ boot: true }).catch(() => {})
    expect(left()).not.toEqual([])
    fake.faults = { ...fake.faults, cut: undefined }
    const results = await verify({ boot: true })
    expect(notYes(results)).toEqual([])
    expect(left()).toEqual([])
  })
})

it('docs/verify.md lists every id, and no other', async () => {
  const page = await readFile('docs/verify.md', 'utf8')
  const told: string[] = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, id = '']) => id)
  expect(told.toSorted()).toEqual(
    [
      ...studentLooks.map((look) => `student/CLOUD/STUDENT/${look}`),
      ...walls.map(({ name }) => `wall/CLOUD/STUDENT/${name}`),
      'wall/CLOUD/decoy',
      ...sampleSteps.map((step) => `sample/CLOUD/GROUP/${step}`),
      'verify/CLOUD/left',
    ].toSorted(),
  )
})

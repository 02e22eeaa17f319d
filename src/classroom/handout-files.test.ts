// What the files of a hand-out say to a student, a team and a teacher, on one cloud and on several.
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { Address } from '../core/prefix.ts'
import { plainAbout } from './handout-course.fixture.ts'
import { handoutFiles, type HandoutState, sheetOf } from './handout-files.ts'
import type { ClassroomInput } from './input.ts'
import { plainPolicy } from './policy.fixture.ts'

const person = (login: string, team: string | null = null) => ({
  login,
  name: `${login}’s name`,
  email: null,
  team,
  sshKey: null,
})
const teacher = { login: 'prof', name: 'Alice', email: null, sshKey: 'ssh-ed25519 AAAA' }

function input(change: Partial<ClassroomInput> = {}, about: Partial<typeof plainAbout> = {}): ClassroomInput {
  return {
    course: 'nets',
    site: 'lyon',
    region: 'RegionOne',
    addressing: { public: null, transit: null, pool: null, tenants: [], tenantMtu: null },
    resolvers: [Address.of('2001:2::53')],
    groups: [{ name: 'g1', students: [person('ada', 'red'), person('grace', 'red')] }],
    policy: { ...plainPolicy, teachers: [teacher] },
    direct: true,
    size: { vcpus: 1, ramMiB: 512, diskGiB: 5 },
    instancesPerStudent: 1,
    image: {
      name: 'tiny',
      path: 'tiny.raw',
      digest: 'd',
      diskFormat: 'raw',
      minDiskGiB: 1,
      minRamMiB: 128,
      properties: {},
    },
    handouts: {
      dir: '/handouts',
      authUrl: 'https://[2001:2::1]/identity/v3',
      ca: 'PEM\n',
      dashboard: null,
      jumpKeys: null,
      about: { ...plainAbout, ...about },
    },
    ...change,
  }
}

const state: HandoutState = { instances: [], secrets: true, jumpKeys: null }
const files = (of: ClassroomInput, login: string, with_ = state) =>
  new Map(handoutFiles(of, login, with_).map(({ path, text }) => [path, text]))
const clouds = (of: ClassroomInput, login: string, path = `/handouts/${login}/clouds.yaml`, with_ = state) =>
  (parse(files(of, login, with_).get(path) ?? '') as { clouds: Record<string, { auth: object }> }).clouds

it('every file is for its owner alone', () => {
  expect(new Set(handoutFiles(input(), 'ada', state).map(({ mode }) => mode))).toEqual(new Set(['0600']))
})

it('only the languages of the course are there', () => {
  const names = [...files(input({}, { languages: ['en'] }), 'ada').keys()]
  expect(names).toContain('/handouts/ada/sheet.html')
  expect(names).not.toContain('/handouts/ada/fiche.html')
  expect(files(input({}, { languages: ['en'] }), 'ada').get('/handouts/ada/sheet.html')).not.toContain(
    'fiche',
  )
})

it('with application credentials programs log in by them, and the password is on the page alone', () => {
  const of = input({ policy: { ...plainPolicy, applicationCredentials: true } })
  expect(clouds(of, 'ada')).toMatchObject({
    nets: {
      auth_type: 'v3applicationcredential',
      auth: {
        username: 'ada',
        application_credential_name: 'bateau',
        application_credential_secret: '{{secret:student/ada/application-credential}}',
      },
    },
  })
  const all = files(of, 'ada')
  const holders = [...all].filter(([, text]) => text.includes('{{secret:student/ada}}')).map(([path]) => path)
  expect(holders).toEqual(['/handouts/ada/fiche.html', '/handouts/ada/sheet.html'])
})

it('without secrets there is no reference to any, and the programs ask', () => {
  for (const applicationCredentials of [true, false]) {
    const of = input({ policy: { ...plainPolicy, applicationCredentials } })
    const all = files(of, 'ada', { ...state, secrets: false })
    expect([...all.values()].join('\n')).not.toContain('{{')
    expect(all.get('/handouts/ada/openrc')).toContain('read -rs OS_PASSWORD')
    expect(clouds(of, 'ada', undefined, { ...state, secrets: false })['nets']?.auth).not.toHaveProperty(
      'password',
    )
  }
})

it('the key of the jump host is a file of its own, once it is known and where there is one', () => {
  const path = '/handouts/ada/jump_known_hosts'
  const jump = { host: 'jump.example', port: 2222, api: false }
  const known = { ...state, jumpKeys: '[jump.example]:2222 ssh-ed25519 AAAA\n' }
  expect(files(input({}, { jump }), 'ada', known).get(path)).toBe(known.jumpKeys)
  expect(files(input({}, { jump }), 'ada').has(path)).toBe(false)
  expect(files(input(), 'ada', known).has(path)).toBe(false)
})

it('a team shares a project, its quota and its network, and each has an own account', () => {
  const of = input({ policy: { ...plainPolicy, work: 'team', ownNetwork: true } }, { zone: 'course.example' })
  const [ada, grace] = [sheetOf(of, 'ada', state), sheetOf(of, 'grace', state)]
  expect(ada).toMatchObject({
    project: 'nets-red',
    team: { name: 'red', members: ['grace’s name'] },
    quota: { instances: 2 },
    domain: 'red.course.example',
    boot: { network: 'own-red' },
  })
  expect([grace.project, grace.password === ada.password]).toEqual(['nets-red', false])
})

it('a teacher has an entry for each project of the class, with the own password', () => {
  const all = clouds(input(), 'prof')
  expect(Object.keys(all)).toEqual(['nets', 'nets-ada', 'nets-grace'])
  expect(all['nets-ada']?.auth).toMatchObject({
    username: 'prof',
    project_name: 'nets-ada',
    password: '{{secret:student/prof}}',
  })
  expect(sheetOf(input(), 'prof', state)).toMatchObject({
    role: 'teacher',
    group: null,
    key: { kind: 'brought' },
  })
})

it('on several clouds a teacher has a directory for each, and a student is on one', () => {
  const of = input({}, { clouds: 2 })
  const paths = [...files(of, 'prof').keys()]
  expect(paths.every((path) => path.startsWith('/handouts/prof/lyon/'))).toBe(true)
  expect(Object.keys(clouds(of, 'prof', '/handouts/prof/lyon/clouds.yaml'))[0]).toBe('nets-lyon')
  expect([...files(of, 'ada').keys()][0]).toBe('/handouts/ada/fiche.html')
})

it('the first instance is made of what the course or the cloud has', () => {
  expect(sheetOf(input(), 'ada', state).boot).toEqual({
    image: 'tiny',
    flavor: 'course.small',
    network: 'direct',
    keypair: 'bateau',
    user: 'root',
  })
  const there = { id: 'i', name: 'there' }
  const foreign = {
    external: null,
    pool: null,
    direct: { ...there, mtu: null },
    image: { ...there, user: 'debian' },
    flavor: there,
  }
  expect(sheetOf(input({ foreign }), 'ada', state).boot).toMatchObject({
    image: 'there',
    flavor: 'there',
    network: 'there',
    user: 'debian',
  })
})

it('nobody else has a hand-out', () => {
  expect(() => sheetOf(input(), 'mallory', state)).toThrow(RangeError)
})

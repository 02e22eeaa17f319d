// `class handouts` against a fake cloud and a real SMTP server: from a course file to what a student holds in hand.
import { jumpHostOf, jumpKeysOf } from '../jump/place.ts'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Decrypter, generateIdentity, identityToRecipient } from 'age-encryption'
import { unzipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../../test/fake/clock.ts'
import { MailServer, partsOf } from '../../../test/fake/mail-server.ts'
import { FakeCloud } from '../../../test/fake/openstack/server.ts'
import { cloudBaseTasks } from '../../classroom/base.ts'
import { depsThrough } from '../../classroom/class.fixture.ts'
import { enrolTasks } from '../../classroom/enrol.ts'
import { handoutCourse } from '../../classroom/handout-course.ts'
import type { ClassroomInput } from '../../classroom/input.ts'
import { Survey } from '../../classroom/survey.ts'
import { throughSockets } from '../../cloud/open.ts'
import type { Course } from '../../course/course.ts'
import { readCourse } from '../../course/load.ts'
import { Address, Prefix } from '../../core/prefix.ts'
import { localShell } from '../../host/spawn.ts'
import type { RunEvent } from '../../run/events.ts'
import type { Face } from '../face.ts'
import { session } from '../session.ts'
import { type World, worldAt } from '../world.ts'
import { handOut, type HandoutOptions } from './handouts.ts'
import type { OpenClass } from './open-class.ts'

let fake: FakeCloud
let server: MailServer
let root: string
let world: World
let events: RunEvent[]
let answer: boolean
let asked: string[]
let identity: string
let recipient: string

const clock = new FakeClock()
const quiet = new AbortController().signal
const brought = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFLMplYnlvPDJkDWQLYTPsgKkzw9bZEEKxNWNEnbSYtp'

beforeEach(async () => {
  fake = await new FakeCloud().start()
  server = await new MailServer(null, 'none').start()
  root = mkdtempSync(join(tmpdir(), 'bateau-handouts-'))
  const at = (name: string) => join(root, name)
  world = worldAt(
    { state: at('state'), cache: at('cache'), config: at('config'), runtime: at('run') },
    'nets',
  )
  events = []
  asked = []
  answer = true
  identity = await generateIdentity()
  recipient = await identityToRecipient(identity)
  writeFileSync(at('tiny.raw'), 'x')
})
afterEach(async () => {
  await fake.stop()
  await server.stop()
  rmSync(root, { recursive: true, force: true })
})

const face: Face = {
  event: (event) => void events.push(event),
  ask: (question) => {
    asked.push(question)
    return Promise.resolve(answer)
  },
}

const roster = (lines: readonly string[]) =>
  ['login;name;email;group;ssh_key', ...lines].map((line) => `${line}\n`).join('')
const three = [
  'ada;Ada Lovelace;ada@univ.example;g1;',
  `grace;"Grace <Hopper> & {{secret:keystone/admin}}";grace@univ.example;g1;${brought}`,
  'edsger;Edsger Dijkstra;;g1;',
]

function courseOf(lines: readonly string[] = three, more = ''): Course {
  const text = `course: {name: nets, title: Réseaux, start: 2027-02-01, end: 2027-06-30}
students: {roster: roster.csv}
instances: {per_student: 1, ram: 512 MiB, disk: 5 GiB}
handouts: {languages: [fr, en], recipients: [${recipient}]}
mail: {server: localhost, port: ${server.port}, tls: none, from: alice@univ.example, per_minute: 600}
servers:
  - {name: os1, provider: adopted, address: os1.example, cores: 8, ram: 32 GiB, disks: [{kind: ssd, size: 500 GB}], ipv6: {delivery: routed, block: '2001:2:0:100::/56', gateway: ra}}
${more}`
  const read = readCourse(join(root, 'course.yaml'), text, { readFile: () => Buffer.from(roster(lines)) })
  if (!read.ok) throw new Error(JSON.stringify(read.faults))
  return read.value
}

function inputOf(course: Course): ClassroomInput {
  const block = Prefix.of('2001:2:0:100::/56')
  return {
    course: 'nets',
    site: 'os1',
    region: 'RegionOne',
    addressing: {
      block,
      service: block.host(1),
      public: { prefix: block, host: block.host(1) },
      transit: null,
      pool: null,
      tenants: [],
      tenantMtu: 1402,
    },
    resolvers: [Address.of('2001:2::53')],
    groups: course.groups,
    policy: course.class,
    direct: false,
    size: { vcpus: 1, ramMiB: 512, diskGiB: 5 },
    instancesPerStudent: 1,
    image: {
      name: 'tiny',
      path: join(root, 'tiny.raw'),
      digest: 'd',
      diskFormat: 'raw',
      minDiskGiB: 1,
      minRamMiB: 128,
      properties: {},
    },
    handouts: {
      dir: world.students,
      authUrl: 'https://[2001:2::1]/identity/v3',
      ca: 'PEM\n',
      dashboard: 'https://[2001:2::1]/',
      jumpKeys: jumpKeysOf(course, world),
      about: handoutCourse(course, jumpHostOf(course, null)),
    },
  }
}

/** One process of bateau: `enrol` first, and then the command. */
async function run(
  options: Partial<HandoutOptions> = {},
  course = courseOf(),
  enrol = true,
): Promise<number> {
  const connections = throughSockets(fake.sockets)
  const input = inputOf(course)
  events = []
  try {
    return await session('class handouts', world, face, quiet, async (run) => {
      const deps = { ...depsThrough(connections, { shell: localShell(), clock }), vault: run.vault }
      const survey = new Survey('nets', deps.cloud)
      if (enrol)
        await run.phase('enrolment', 'Students', [
          ...cloudBaseTasks(input, deps, survey),
          ...enrolTasks(input, deps, survey),
        ])
      await run.vault.save()
      const cloud = { name: 'os1', input, deps, survey, site: null }
      const opened = { run, course, file: 'course.yaml', world, rehearsal: false, clouds: [cloud], away: [] }
      const all: HandoutOptions = {
        file: null,
        zip: null,
        age: null,
        mail: false,
        withSecrets: false,
        again: false,
        dryRun: false,
        only: [],
        ...options,
      }
      // Plan and ground are for those who look at servers.
      return handOut(opened as unknown as OpenClass, all, face)
    })
  } finally {
    await connections.close()
  }
}

const faults = () => events.flatMap((event) => (event.type === 'fault' ? [event.fault.code] : []))
const at = (login: string, name: string) => join(world.students, login, name)
const text = (login: string, name: string) => readFileSync(at(login, name), 'utf8')
const mailTo = (login: string) => {
  const kept = server.kept.findLast(({ to }) => to === `${login}@univ.example`)
  return kept === undefined ? undefined : partsOf(kept)
}

describe('a hand-out', () => {
  it('has for each student all that is theirs, and nothing of another', async () => {
    expect(await run()).toBe(0)
    const files = [
      'clouds.yaml',
      'fiche.html',
      'nets-ca.pem',
      'openrc',
      'openrc.ps1',
      'sheet.html',
      'ssh_config',
    ]
    expect(readdirSync(join(world.students, 'grace'))).toEqual(files)
    expect(readdirSync(join(world.students, 'ada'))).toEqual(
      [...files, 'id_ed25519', 'id_ed25519.pub'].toSorted(),
    )
    const password = (login: string) => /password: "(\w+)"/.exec(text(login, 'clouds.yaml'))?.[1] ?? ''
    for (const [login, other] of [
      ['ada', 'grace'],
      ['grace', 'ada'],
    ] as const)
      for (const name of ['fiche.html', 'sheet.html', 'openrc', 'openrc.ps1', 'clouds.yaml']) {
        expect(text(login, name)).toContain(password(login))
        expect(text(login, name)).not.toContain(password(other))
        expect((statSync(at(login, name)).mode & 0o777).toString(8)).toBe('600')
      }
    expect(text('grace', 'fiche.html')).toContain(
      'Grace &lt;Hopper&gt; &amp; &#123;&#123;secret:keystone/admin',
    )
  })

  it('is not written again when nothing changed, and is when something did', async () => {
    await run()
    const inode = () => statSync(at('ada', 'fiche.html')).ino
    const before = inode()
    await run()
    expect(inode()).toBe(before)
    expect(events.filter(({ type }) => type === 'step.done')).toEqual([])
    await run({}, courseOf(three, 'jump: {server: os1, host: jump.example}\n'))
    expect(inode()).not.toBe(before)
    expect(text('ada', 'ssh_config')).toContain('HostName jump.example')
    expect(readdirSync(join(world.students, 'ada')).filter((name) => /\.\d+$/.test(name))).toEqual([])
  })

  it('names the instances that the student has by now', async () => {
    await run()
    const project = fake.state.projects.find(({ name }) => name === 'nets-ada')
    fake.state.servers.push({
      id: 's1',
      name: 'vm1',
      status: 'ACTIVE',
      tenant_id: project?.id ?? '',
      user_id: 'u',
      tags: [],
      key_name: 'bateau',
      addresses: { n: [{ addr: '2001:2:0:180::5', version: 6 }] },
    })
    await run({}, courseOf(), false)
    expect(text('ada', 'ssh_config')).toContain('HostName 2001:2:0:180::5')
    expect(text('grace', 'ssh_config')).not.toContain('HostName')
  })

  it('is not promised to one who has no account, and the others have theirs', async () => {
    await run()
    const more = [...three, 'barbara;Barbara Liskov;barbara@univ.example;g1;']
    expect(await run({ mail: true, only: ['ada', 'barbara'] }, courseOf(more), false)).toBe(1)
    expect(faults()).toEqual(['not-enrolled'])
    expect(existsSync(join(world.students, 'barbara'))).toBe(false)
    expect(server.kept.map(({ to }) => to)).toEqual(['ada@univ.example'])
  })

  it('of nobody is a fault that says who is near', async () => {
    expect(await run({ only: ['gracee'] })).toBe(1)
    expect(events).toContainEqual(
      expect.objectContaining({
        fault: expect.objectContaining({ code: 'no-such-login', why: 'grace is near' }),
      }),
    )
  })
})

describe('the archive', () => {
  it('is for its owner alone, the same when nothing changed, and holds a directory for each', async () => {
    const zip = join(root, 'out', 'handouts.zip')
    await run({ zip })
    const before = { bytes: readFileSync(zip), inode: statSync(zip).ino }
    expect((statSync(zip).mode & 0o777).toString(8)).toBe('600')
    const files = unzipSync(before.bytes)
    expect(new Set(Object.keys(files).map((name) => name.split('/').slice(0, 2).join('/')))).toEqual(
      new Set(['nets/ada', 'nets/edsger', 'nets/grace']),
    )
    expect(Buffer.from(files['nets/ada/id_ed25519'] ?? []).toString()).toBe(text('ada', 'id_ed25519'))
    await run({ zip })
    expect({ bytes: readFileSync(zip), inode: statSync(zip).ino }).toEqual(before)
  })

  it('encrypted opens for the recipients of the course file', async () => {
    const age = join(root, 'handouts.zip.age')
    await run({ age, only: ['ada'] })
    const decrypter = new Decrypter()
    decrypter.addIdentity(identity)
    const files = unzipSync(await decrypter.decrypt(readFileSync(age)))
    expect(Object.keys(files).every((name) => name.startsWith('nets/ada/'))).toBe(true)
    expect(readFileSync(age).subarray(0, 21).toString()).toBe('age-encryption.org/v1')
  })

  it('is not written through a file that somebody else put in its way', async () => {
    const zip = join(root, 'handouts.zip')
    const trap = join(root, 'trap')
    writeFileSync(trap, '', { mode: 0o644 })
    symlinkSync(trap, `${zip}.${process.pid}`)
    expect(await run({ zip })).toBe(0)
    expect(readFileSync(trap, 'utf8')).toBe('')
    expect((lstatSync(zip).mode & 0o777).toString(8)).toBe('600')
    expect(lstatSync(zip).isFile()).toBe(true)
  })

  it('that cannot be written is a fault, and leaves nothing behind', async () => {
    writeFileSync(join(root, 'file'), '')
    expect(await run({ zip: join(root, 'file', 'handouts.zip') })).toBe(1)
    expect(faults()).toEqual(['not-written'])
  })
})

describe('mail', () => {
  it('has neither password nor private key, and says so; who has no address is said', async () => {
    expect(await run({ mail: true })).toBe(1)
    expect(faults()).toEqual(['no-email'])
    expect(asked).toEqual(['Mail 2 hand-outs by localhost, without passwords and private keys?'])
    expect(server.kept.map(({ to }) => to).toSorted()).toEqual(['ada@univ.example', 'grace@univ.example'])
    const ada = mailTo('ada')
    expect([...(ada?.files.keys() ?? [])]).toEqual([
      'fiche.html',
      'sheet.html',
      'clouds.yaml',
      'openrc',
      'ssh_config',
      'nets-ca.pem',
    ])
    const secrets = [/password: "(\w+)"/.exec(text('ada', 'clouds.yaml'))?.[1] ?? '', 'PRIVATE KEY']
    const all = [ada?.text, ...(ada?.files.values() ?? [])].join('\n')
    for (const secret of secrets) expect(all).not.toContain(secret)
    expect(ada?.text).toContain('ni votre mot de passe ni votre clé privée')
    expect(mailTo('grace')?.text).toContain('votre mot de passe n’est pas')
  })

  it('carries them where that is asked for, each their own', async () => {
    await run({ mail: true, withSecrets: true, only: ['ada', 'grace'] })
    expect(asked[0]).toContain('WITH passwords and private keys')
    expect(mailTo('ada')?.files.get('id_ed25519')).toBe(text('ada', 'id_ed25519'))
    expect(mailTo('ada')?.files.get('fiche.html')).toBe(text('ada', 'fiche.html'))
    expect(mailTo('grace')?.files.has('id_ed25519')).toBe(false)
  })

  it('is not sent by a dry run, nor after a no, nor twice', async () => {
    const only = ['ada', 'grace']
    expect(await run({ mail: true, dryRun: true, only })).toBe(0)
    const report = events.find((event) => event.type === 'report' && event.kind === 'class-handouts-mail')
    expect(report).toMatchObject({ text: expect.stringContaining('ada  ada@univ.example  not mailed yet') })
    answer = false
    expect(await run({ mail: true, only })).toBe(3)
    expect(server.kept).toEqual([])
    answer = true
    expect(await run({ mail: true, only })).toBe(0)
    expect(await run({ mail: true, only })).toBe(0)
    expect(asked).toHaveLength(2)
    expect(server.kept).toHaveLength(2)
  })

  it('is not sent again because an instance was started, but because the page changed', async () => {
    await run({ mail: true, only: ['ada'] })
    const project = fake.state.projects.find(({ name }) => name === 'nets-ada')
    const started = {
      id: 's1',
      name: 'vm1',
      status: 'ACTIVE',
      tenant_id: project?.id,
      user_id: 'u',
      tags: [],
    }
    const addresses = { n: [{ addr: '2001:2:0:180::5', version: 6 }] }
    fake.state.servers.push({ ...started, addresses })
    await run({ mail: true, only: ['ada'] }, courseOf(), false)
    expect(server.kept).toHaveLength(1)
    await run(
      { mail: true, only: ['ada'] },
      courseOf(three, 'sessions: [{day: 2027-02-08, from: "08:00", to: "12:00"}]\n'),
    )
    expect(server.kept).toHaveLength(2)
  })

  it('takes the password of the server from a file that nobody else reads', async () => {
    const login = { user: 'alice', password: 'à l’école' }
    const strict = await new MailServer(login, 'none').start()
    try {
      const course = courseOf()
      const mail = course.mail && {
        ...course.mail,
        port: strict.port,
        user: 'alice',
        passwordFile: 'smtp.password',
      }
      const path = join(root, 'smtp.password')
      expect(await run({ mail: true, only: ['ada'] }, { ...course, mail })).toBe(1)
      expect(faults()).toEqual(['mail-password'])
      writeFileSync(path, `${login.password}\n`, { mode: 0o644 })
      chmodSync(path, 0o644)
      expect(await run({ mail: true, only: ['ada'] }, { ...course, mail })).toBe(1)
      chmodSync(path, 0o600)
      expect(await run({ mail: true, only: ['ada'] }, { ...course, mail })).toBe(0)
      expect(strict.kept[0]?.user).toBe('alice')
      expect(readFileSync(world.journal, 'utf8')).not.toContain(login.password)
    } finally {
      await strict.stop()
    }
  })
})

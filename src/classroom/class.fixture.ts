// Decides how tests carry out a class against a fake cloud: the input, log-ins, a run as a new process, a reconciliation.
// Leaves what is expected to the tests.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FakeClock } from '../../test/fake/clock.ts'
import { type Carried, carryOut } from '../../test/fake/openstack/run.ts'
import type { FakeCloud } from '../../test/fake/openstack/server.ts'
import { Address, Prefix } from '../core/prefix.ts'
import { Secret } from '../core/secret.ts'
import type { Shell } from '../core/shell.ts'
import { type Cloud, openCloud, throughSockets } from '../cloud/open.ts'
import { layOut } from '../plan/addressing.ts'
import { cloudBaseTasks } from './base.ts'
import { enrolTasks } from './enrol.ts'
import type { ClassroomDeps, ClassroomInput } from './input.ts'
import type { LeavingRules } from './leaving.ts'
import { plainAbout } from './handout-course.fixture.ts'
import { plainPolicy } from './policy.fixture.ts'
import { type Reconciling, reconcile } from './reconcile.ts'
import { Survey } from './survey.ts'

export const key = (login: string) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${login}`
export const student = (login: string, more: { team?: string; sshKey?: string | null } = {}) => ({
  login,
  name: login,
  email: null,
  team: more.team ?? null,
  sshKey: more.sshKey === undefined ? key(login) : more.sshKey,
})

/** Two groups in a /56, as plan/addressing lays it out. */
export function classInput(
  dir: string,
  change: Partial<Omit<ClassroomInput, 'policy'>> & { policy?: Partial<ClassroomInput['policy']> } = {},
): ClassroomInput {
  const policy = { ...plainPolicy, ...change.policy }
  const groups = change.groups ?? [
    { name: 'g1', students: [student('ada'), student('grace')] },
    { name: 'g2', students: [student('edsger')] },
  ]
  const names = groups.map(({ name }) => name)
  const seats = Math.max(...groups.map(({ students }) => students.length))
  const own = policy.ownNetwork ? { router: policy.router, groups: names, seats } : null
  const laid = layOut(Prefix.of('2001:2:0:100::/56'), names, null, null, own)
  if (!laid.ok) throw new RangeError(laid.faults[0]?.title)
  return {
    course: 'nets-2026',
    site: 'os1',
    region: 'RegionOne',
    addressing: laid.value,
    resolvers: [Address.of('2001:2::53')],
    direct: true,
    size: { vcpus: 1, ramMiB: 1024, diskGiB: 5 },
    instancesPerStudent: 2,
    image: {
      name: 'tiny',
      path: join(dir, 'tiny.raw'),
      digest: 'd1',
      diskFormat: 'raw',
      minDiskGiB: 1,
      minRamMiB: 128,
      properties: { os_distro: 'debian' },
    },
    handouts: {
      dir: join(dir, 'handouts'),
      authUrl: 'https://[2001:2::1]/identity/v3',
      ca: 'PEM\n',
      dashboard: null,
      jumpKeys: null,
      about: plainAbout,
    },
    ...change,
    groups,
    policy,
  }
}

/** Stands for ssh-keygen, and for reading what it made, where the keys themselves do not matter. */
export const keygen: Shell = {
  name: 'keygen',
  async run(argv) {
    if (argv[0] === 'cat') return { code: 0, stdout: await readFile(argv[1] ?? '', 'utf8'), stderr: '' }
    const after = (flag: string) => argv[argv.indexOf(flag) + 1] ?? ''
    await writeFile(after('-f'), 'private', { mode: 0o600 })
    await writeFile(`${after('-f')}.pub`, `${key(after('-C').replace('@', ''))} ${after('-C')}\n`)
    return { code: 0, stdout: '', stderr: '' }
  },
}

const vault = { get: (name: string) => new Secret(`password of ${name}`) }

export type Sockets = ReturnType<typeof throughSockets>
/** Calls of a process end when `signal` aborts, but for those of clearing up. */
type Process = { shell: Shell; clock: FakeClock; signal?: AbortSignal | undefined }

/** Of one process: it logs in through these sockets, as the administrator once. */
export function depsThrough(sockets: Sockets, { shell, clock, signal }: Process): ClassroomDeps {
  const log = (user: string, project: string, password: Secret, until = signal) =>
    openCloud({
      authUrl: 'http://[::1]:5000',
      credentials: { kind: 'password', user, project, password },
      region: 'RegionOne',
      interface: 'internal',
      dispatcherFor: sockets.dispatcherFor,
      clock,
      random: () => 0.5,
      ...(until ? { signal: until } : {}),
    })
  const logAdmin = (until?: AbortSignal) => log('admin', 'admin', new Secret('admin-password'), until)
  let admin: Promise<Cloud> | undefined
  return {
    cloud: () => (admin ??= logAdmin()),
    cloudUntil: logAdmin,
    cloudAs: ({ user, project, password }) => log(user, project, password),
    vault,
    shell,
    clock,
  }
}

/** A new process: own log-in, own survey, nothing remembered. */
export async function asProcess<T>(
  on: FakeCloud,
  input: ClassroomInput,
  body: (deps: ClassroomDeps, survey: Survey) => Promise<T>,
  shell: Shell = keygen,
  clock = new FakeClock(),
): Promise<T> {
  const sockets = throughSockets(on.sockets)
  const deps = depsThrough(sockets, { shell, clock })
  try {
    return await body(deps, new Survey(input.course, deps.cloud))
  } finally {
    await sockets.close()
  }
}

/** The cloud's own things and every student's, as `up` makes them. */
export const enrolled = (input: ClassroomInput, deps: ClassroomDeps, survey: Survey): Promise<Carried> =>
  carryOut([...cloudBaseTasks(input, deps, survey), ...enrolTasks(input, deps, survey)])

const ordinary: LeavingRules = { today: '2027-02-08', keep: 14, now: [], elsewhere: () => null }

/** What there is to do, as the command reads it. */
export const planned = (
  on: FakeCloud,
  input: ClassroomInput,
  rules: Partial<LeavingRules> = {},
  deep = false,
): Promise<Reconciling> =>
  asProcess(on, input, (deps, survey) => {
    survey.deep = deep
    return reconcile(
      input,
      deps,
      survey,
      { base: cloudBaseTasks(input, deps, survey), seats: enrolTasks(input, deps, survey) },
      { ...ordinary, ...rules },
    )
  })

/** Reads and carries out, as the command does with consent; what failed is tried once more. */
export const applied = (
  on: FakeCloud,
  input: ClassroomInput,
  rules: Partial<LeavingRules> = {},
  deep = false,
  clock = new FakeClock(),
): Promise<Carried> =>
  asProcess(
    on,
    input,
    async (deps, survey) => {
      survey.deep = deep
      const { tasks } = await reconcile(
        input,
        deps,
        survey,
        { base: cloudBaseTasks(input, deps, survey), seats: enrolTasks(input, deps, survey) },
        { ...ordinary, ...rules },
      )
      return carryOut(tasks)
    },
    keygen,
    clock,
  )

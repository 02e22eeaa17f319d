// Decides what the classroom of a cloud that exists already is given: its entry of clouds.yaml, what is used of it, where hand-outs go.
// Leaves what is made in the cloud to classroom/, and clouds that bateau made to classroom-of.
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { type Fault, Trouble } from '../core/fault.ts'
import { readForeign } from '../classroom/foreign.ts'
import { jumpHostOf, jumpKeysOf } from './jump/place.ts'
import { handoutCourse } from '../classroom/handout-course.ts'
import type { ClassroomDeps, ClassroomInput } from '../classroom/input.ts'
import { classNetwork } from '../classroom/input.ts'
import { Survey } from '../classroom/survey.ts'
import { systemClock } from '../cloud/clock.ts'
import { type CloudAccess, readCloudsYaml } from '../cloud/clouds-yaml.ts'
import type { Credentials } from '../cloud/credentials.ts'
import { type Cloud, openCloud } from '../cloud/open.ts'
import { dispatcherOf } from '../cloud/tls.ts'
import { nearest } from '../course/suggest.ts'
import { openToOthers } from '../dns/credentials.ts'
import { tinyDigest, tinyImage, tinyImagePath } from '../image/tiny.ts'
import type { PlannedCloud } from '../plan/draft.ts'
import type { Plan } from '../plan/plan.ts'
import { type Classroom, groupsPlaced, tasksOf } from './classroom-of.ts'
import { thisMachine } from './reach.ts'
import { courseImages } from './course-images.ts'
import type { Session } from './session.ts'

/** A cloud that is away is said soon: the others wait for it. */
const patience = 5_000

/**
 * Logs in and reads what the course uses of the cloud. Throws Trouble: those of readCloudsYaml, of a log-in and of
 * readForeign, `cloud-not-admin` and `cloud-region`.
 */
export async function adoptedClassroom(
  session: Session,
  plan: Plan,
  planned: PlannedCloud,
): Promise<Classroom> {
  const { vault, signal } = session
  const access = accessOf(plan, planned)
  warn(session, planned.name, access)
  const connections = dispatcherOf(access)
  const again = `openstack --os-cloud ${planned.cloud.entry} token issue`
  const open = (credentials: Credentials, fix: string, until = signal): Promise<Cloud> =>
    openCloud({
      ...access,
      credentials,
      patience,
      loginFix: fix,
      dispatcherFor: connections.dispatcherFor,
      signal: until,
    })
  const mend = `correct the entry in ${access.file}, and see that this works with it: ${again}`
  let admin: Promise<Cloud> | undefined
  const cloud = () =>
    (admin ??= open(access.credentials, mend).catch((error: unknown) => {
      admin = undefined
      throw error
    }))
  const deps: ClassroomDeps = {
    cloud,
    cloudUntil: (until) => open(access.credentials, mend, until),
    cloudAs: ({ user, project, password }) =>
      open({ kind: 'password', user, project, password }, 'enrol the class anew: bateau up'),
    vault,
    shell: thisMachine,
    clock: systemClock,
  }
  try {
    const opened = await cloud()
    const input = await inputOf(session, plan, planned, access, opened)
    const survey = new Survey(input.course, cloud)
    return { input, deps, survey, tasks: tasksOf(input, deps, survey), close: () => connections.close() }
  } catch (error) {
    await connections.close()
    throw error instanceof Trouble ? new Trouble(told(error.fault, planned, access, again)) : error
  }
}

function accessOf({ course }: Plan, { cloud }: PlannedCloud): CloudAccess {
  const file = cloud.file === null ? null : resolve(dirname(course.source.file), cloud.file)
  const read = readCloudsYaml(cloud.entry, file, {
    readFile: textOf,
    cwd: process.cwd(),
    home: homedir(),
    env: process.env,
    nearest,
  })
  if (read.ok) return read.value
  const [fault] = read.faults
  throw new Trouble({ ...(fault as Fault), host: cloud.name })
}

const warned = new WeakMap<Session, Set<string>>()

/** Who else may have the administrator's password: said once a run, as it is the operator's choice and not refused. */
function warn(session: Session, name: string, { file, authUrl, tls }: CloudAccess): void {
  const before = warned.get(session) ?? new Set()
  warned.set(session, before)
  const { protocol, hostname } = new URL(authUrl)
  const readable = openToOthers(file)
  const texts = [
    ...(protocol === 'https:' && !tls.verify
      ? [
          `the certificate of ${name} is not checked (verify: false in ${file}): whoever is on the way can read the administrator's password; name its authority there instead: cacert`,
        ]
      : []),
    ...(protocol === 'http:' && !isHere(hostname)
      ? [`the administrator's password goes to ${name} in clear: ${authUrl} is not https`]
      : []),
    ...(readable === null ? [] : [readable]),
  ]
  for (const text of texts) {
    if (before.has(text)) continue
    before.add(text)
    session.emit({ type: 'note', text })
  }
}

const isHere = (host: string) => /^(localhost|127\.[0-9.]+|\[?::1\]?)$/.test(host)

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined
    throw error
  }
}

async function inputOf(
  session: Session,
  { course }: Plan,
  { name, cloud: wish, placed }: PlannedCloud,
  access: CloudAccess,
  cloud: Cloud,
): Promise<ClassroomInput> {
  if (!cloud.roles.includes('admin')) throw new Trouble(notAdmin(access, cloud))
  if (cloud.region === null) throw new Trouble(noRegion(access))
  const foreign = await readForeign(cloud, wish, course.networks.class || course.class.ownNetwork)
  const groups = groupsPlaced(course, placed)
  const { vcpus, ramMiB, diskGiB, perStudent } = course.instances
  return {
    course: course.name,
    site: name,
    region: cloud.region,
    addressing: {
      public: null,
      transit: null,
      pool: null,
      tenants: course.networks.class
        ? groups.map((group) => ({
            name: classNetwork(group.name),
            group: group.name,
            prefix: null,
            via: null,
          }))
        : [],
      tenantMtu: null,
    },
    foreign,
    resolvers: course.networks.resolvers,
    groups,
    policy: course.class,
    direct: foreign.direct !== null && course.networks.direct,
    size: { vcpus, ramMiB, diskGiB },
    instancesPerStudent: perStudent,
    image: {
      ...tinyImage,
      name: `${course.name}-${tinyImage.name}`,
      path: tinyImagePath(session.world.cache),
      digest: tinyDigest,
    },
    images: await courseImages(course, session.world.cache),
    handouts: {
      dir: session.world.students,
      authUrl: cloud.publicIdentity ?? access.authUrl,
      ca: access.tls.ca,
      dashboard: null,
      jumpKeys: jumpKeysOf(course, session.world),
      about: handoutCourse(course, jumpHostOf(course, null)),
    },
  }
}

/** What the calls say is of clouds that bateau made; of this one there is no host to look at. */
function told(fault: Fault, { name, cloud }: PlannedCloud, access: CloudAccess, again: string): Fault {
  const of = { ...fault, host: name }
  switch (fault.code) {
    case 'cloud-unreachable':
      return {
        ...of,
        title: `the cloud ${name} does not answer`,
        why: `${fault.why} (entry ${cloud.entry} of ${access.file})`,
        fix: `see whether it answers others: ${again}`,
      }
    case 'cloud-forbidden':
      return { ...of, fix: `let the account have the role admin, and see: ${again}` }
    default:
      return of
  }
}

function notAdmin({ file }: CloudAccess, { roles }: Cloud): Fault {
  return {
    code: 'cloud-not-admin',
    title: 'the account has no role admin in its project',
    why: `${file}: it has ${roles.join(', ') || 'no role'}; making projects, users and quotas needs admin`,
    fix: 'ask the operator of the cloud for an account with the role admin, or to run bateau for you',
  }
}

function noRegion({ file }: CloudAccess): Fault {
  return {
    code: 'cloud-region',
    title: 'the cloud has several regions',
    why: `${file}: the entry names none`,
    fix: 'write the one that is meant: region_name: …',
  }
}

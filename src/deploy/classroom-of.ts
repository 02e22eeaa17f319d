// Decides what the classroom of one server is given: its part of the plan, a way to its API, the image, where hand-outs go.
// Leaves what is made in the cloud to classroom/.
import { Trouble } from '../core/fault.ts'
import type { Site } from '../core/site.ts'
import type { Task } from '../core/task.ts'
import { cloudBaseTasks } from '../classroom/base.ts'
import { enrolTasks } from '../classroom/enrol.ts'
import { handoutCourse } from '../classroom/handout-course.ts'
import type { ClassroomDeps, ClassroomInput } from '../classroom/input.ts'
import { proofInstanceTasks } from '../classroom/proof.ts'
import { teamsApart } from '../classroom/seats.ts'
import { Survey } from '../classroom/survey.ts'
import { systemClock } from '../cloud/clock.ts'
import { type Cloud, openCloud, throughSockets } from '../cloud/open.ts'
import type { Credentials } from '../cloud/credentials.ts'
import { paths } from '../engine/certificate.ts'
import { engineOf } from '../engine/engine.ts'
import { publicUrl, region } from '../engine/urls.ts'
import { secretName } from '../engine/secrets.ts'
import { forwardPorts } from '../host/forward.ts'
import { tinyDigest, tinyImage, tinyImagePath } from '../image/tiny.ts'
import type { Course, Group } from '../course/course.ts'
import type { Placed } from '../plan/placement.ts'
import type { Plan } from '../plan/plan.ts'
import { courseImages } from './course-images.ts'
import type { Ground } from './ground.ts'
import { jumpHostOf, jumpKeysOf } from './jump/place.ts'
import { thisMachine } from './reach.ts'
import type { Session } from './session.ts'

export type Classroom = {
  input: ClassroomInput
  deps: ClassroomDeps
  survey: Survey
  tasks: Task[]
  /** Ends the connections to the cloud. */
  close(): Promise<void>
}

export async function classroomOf(
  session: Session,
  plan: Plan,
  site: Site,
  ground: Ground,
): Promise<Classroom> {
  const { world, vault, signal } = session
  const { authUrl, ports } = engineOf(site).api(site)
  const sockets = await forwardPorts(ground.reach.target(site.name), world.control, world.sockets, ports)
  const connections = throughSockets(sockets)
  const open = (credentials: Credentials, until = signal): Promise<Cloud> =>
    openCloud({
      authUrl,
      credentials,
      region,
      interface: 'internal',
      dispatcherFor: connections.dispatcherFor,
      signal: until,
    })
  const administrator = (): Credentials => ({
    kind: 'password',
    user: 'admin',
    project: 'admin',
    password: vault.get(secretName(site, 'keystone/admin')),
  })
  let admin: Promise<Cloud> | undefined
  const cloud = () =>
    (admin ??= open(administrator()).catch((error: unknown) => {
      // The next task that asks tries anew.
      admin = undefined
      throw error
    }))
  const deps: ClassroomDeps = {
    cloud,
    cloudUntil: (until) => open(administrator(), until),
    cloudAs: ({ user, project, password }) => open({ kind: 'password', user, project, password }),
    vault,
    shell: thisMachine,
    clock: systemClock,
  }
  const input = await inputOf(session, plan, site, ground)
  const survey = new Survey(input.course, cloud)
  return {
    input,
    deps,
    survey,
    tasks: tasksOf(input, deps, survey),
    close: () => connections.close(),
  }
}

/** From the cloud's base to the instances of the proof. */
export const tasksOf = (input: ClassroomInput, deps: ClassroomDeps, survey: Survey): Task[] => [
  ...cloudBaseTasks(input, deps, survey),
  ...enrolTasks(input, deps, survey),
  ...proofInstanceTasks(input, deps, survey),
]

async function inputOf(session: Session, plan: Plan, site: Site, ground: Ground): Promise<ClassroomInput> {
  const { course } = plan
  const planned = plan.servers.find(({ name }) => name === site.name)
  const { vcpus, ramMiB, diskGiB, perStudent } = course.instances
  return {
    course: course.name,
    site: site.name,
    region,
    addressing: site.addressing,
    resolvers: site.resolvers,
    groups: groupsPlaced(course, planned?.placed ?? []),
    policy: course.class,
    direct: course.networks.direct,
    size: { vcpus, ramMiB, diskGiB },
    instancesPerStudent: perStudent,
    image: { ...tinyImage, path: tinyImagePath(session.world.cache), digest: tinyDigest },
    images: await courseImages(course, session.world.cache),
    handouts: {
      dir: session.world.students,
      authUrl: publicUrl(site, '/identity/v3'),
      ca: await authorityOf(site, ground),
      dashboard: publicUrl(site, '/'),
      jumpKeys: jumpKeysOf(course, session.world),
      about: handoutCourse(course, jumpHostOf(course, plan.policy.rehearsal ? ground : null)),
    },
  }
}

/** The groups of one cloud; of a group that is split over clouds, its students there. */
export function groupsPlaced({ groups }: Course, placed: readonly Placed[]): Group[] {
  const here = new Map(placed.map((part) => [part.group, new Set(part.students.map(({ login }) => login))]))
  return teamsApart(groups).flatMap((group) => {
    const logins = here.get(group.name)
    return logins === undefined
      ? []
      : [{ ...group, students: group.students.filter(({ login }) => logins.has(login)) }]
  })
}

/** The certificate of the course's authority, which students' clients must know. Throws Trouble. */
async function authorityOf(site: Site, ground: Ground): Promise<string> {
  const ran = await ground.reach.shell(site.name).run(['cat', paths.ca])
  if (ran.code === 0) return ran.stdout
  throw new Trouble({
    code: 'no-authority',
    title: `${site.name} has no certificate authority`,
    why: ran.stderr.trim(),
    fix: 'run the same command again; the engine makes it',
    host: site.name,
  })
}
